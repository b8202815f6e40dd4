// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Page on troubleshooting")
struct TroubleshootingDocumentTests {
    @Test("its part on settings is what the program prints; `make docs` writes it")
    func settings() throws {
        let page = try Repository.text("docs/troubleshooting.md")
        let start = try #require(page.firstRange(of: "\n" + TroubleshootingPage.heading))
        #expect(String(page[start.lowerBound...].dropFirst()) == TroubleshootingPage.settings)
    }

    @Test("it has a section for each thing that fails on a first day")
    func sections() throws {
        let page = try Repository.text("docs/troubleshooting.md")
        for heading in [
            "Tokens", "Clock", "CORS", "CSRF", "Proxies", "Connection pool", "Mail", "Secrets in files", "Settings",
        ] {
            #expect(page.contains("\n## \(heading)\n"), "\(heading)")
        }
    }

    @Test("a table row of it has three cells, whatever its values are")
    func rows() {
        for line in TroubleshootingPage.settings.split(separator: "\n") where line.hasPrefix("|") {
            let bars = line.replacing("\\|", with: "").count { $0 == "|" }
            #expect(bars == 4, "\(line)")
        }
    }
}
