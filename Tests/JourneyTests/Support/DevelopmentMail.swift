// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation

/// A mail with a link and a code, as a daemon in development writes it to its file.
struct DevelopmentMail: Sendable {
    /// The path of the page and its query.
    let link: String
    let token: String
    let code: String

    /// Reads one; `nil` for a text without both.
    private init?(_ text: Substring) {
        guard let link = text.firstMatch(of: #/https?://[^/\s]+(/actions/[^\s]+[?]token=([^\s]+))/#),
            let code = text.firstMatch(of: #/\n([0-9A-Z]{4}-[0-9A-Z]{4})\n/#)
        else { return nil }
        self.link = String(link.output.1)
        token = String(link.output.2)
        self.code = String(code.output.1)
    }

    /// The last mail to an address that leads to the page of an action, once it is there.
    static func last(
        to address: String, for action: String, _ installation: Installation, _ daemon: RunningDaemon
    ) async throws -> DevelopmentMail {
        for _ in 0..<1_000 {
            let file = try? String(contentsOfFile: installation.directory.file("mail.log"), encoding: .utf8)
            let mails = (file ?? "").split(separator: "\n---- ").filter { $0.contains("\nTo: \(address)\n") }
                .compactMap { DevelopmentMail($0) }
            if let found = mails.last(where: { $0.link.hasPrefix("/actions/\(action)?") }) { return found }
            // The mail is written behind the answer that has promised it.
            _ = try await daemon.send("GET", "/health")
        }
        throw Failure("no mail of \(action) to \(address)")
    }
}
