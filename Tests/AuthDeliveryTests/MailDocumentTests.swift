// SPDX-License-Identifier: Apache-2.0

import AuthService
import Foundation
import Testing

@testable import AuthDelivery

@Suite("Page on mail")
struct MailDocumentTests {
    private let page: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        page = try String(contentsOf: root.appending(path: "docs/mail.md"), encoding: .utf8)
    }

    /// The cells of the table whose first column has this head, without their code quotes.
    private func rows(_ head: String) -> [[String]] {
        page.split(separator: "\n").drop { !$0.hasPrefix("| \(head) |") }.dropFirst(2).prefix { $0.hasPrefix("| ") }
            .map { line in
                line.split(separator: "|").map { cell in
                    cell.filter { $0 != "`" }.trimmingCharacters(in: .whitespaces)
                }
            }
    }

    @Test("it names every mail, and no other")
    func names() {
        #expect(rows("name").map { $0[0] }.sorted() == MailTemplate.all.map(\.name).sorted())
    }

    @Test("it names the values of every mail, and no others")
    func values() {
        let rows = rows("value")
        for template in MailTemplate.all {
            let documented = rows.filter { row in
                row[1] == "every mail" || row[1] == "mails with an action" && template.action != nil
                    || row[1] == template.name
            }
            #expect(documented.map { $0[0] }.sorted() == MailVariables.names(of: template).sorted(), "\(template.name)")
        }
        let known = Set(MailTemplate.all.flatMap { MailVariables.names(of: $0) })
        #expect(Set(rows.map { $0[0] }) == known)
    }
}
