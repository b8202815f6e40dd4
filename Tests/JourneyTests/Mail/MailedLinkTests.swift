// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// What opens a link before its reader does: the scanner of a mail server, a preview, a program that fetches ahead.
@Suite("Links that are opened by programs", .oneAtATime, .timeLimit(.minutes(10)))
struct MailedLinkTests {
    /// Where no daemon listens: what the links are to begin with.
    private static let publicURL = "http://localhost:8000"

    // Behaviour A12, A13, F80, F86, F87
    @Test("links of mails begin with the public URL, are not used up by HEAD and GET, and work once")
    func scanners() async throws {
        let port = try LoopbackSocket.freePort()
        let settings = Installation.mailing.merging([
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": "\(port)", "SMTP_SECURITY": "none",
            "EMAILS_FROM_EMAIL": "accounts@example.com", "PUBLIC_URL": Self.publicURL,
        ]) { $1 }
        try await Installation.with(.sqlite, settings) { installation in
            let server = try await MailServer(port: port, in: installation.directory)
            try await installation.serving { daemon in
                let wanted = MailAction.allCases.map { ($0, "ada-\($0.rawValue)") }
                let registered = try await Clients.send(
                    wanted.map { daemon.registeringAddress(of: $0.1) }, clients: 4, in: installation.directory)
                try #require(registered.allSatisfy { $0.status == 201 }, "\(registered)")
                for (action, user) in wanted {
                    // The one who asks chooses the `Host` field.
                    let asked = try await daemon.exchange(
                        "POST", action.requestPath, json: #"{"email":"\#(user)@example.com"}"#,
                        fields: ["X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"])
                    asked.expect(200)
                }
                let letters = try await server.letters(atLeast: wanted.count)
                for (action, user) in wanted {
                    let letter = try #require(letters.first { $0.recipient == "\(user)@example.com" })
                    try await Self.scan(letter, of: daemon)
                    try await Self.complete(action, with: letter, at: daemon)
                }
                let ada = try await daemon.signIn("ada-reset", password: MailAction.newPassword)
                let me = try await daemon.exchange("GET", "/auth/me", token: ada.access)
                #expect(try me.json["is_verified"] == .bool(true), "\(me)")
            }
            await server.stop()
        }
    }

    /// Opens a link as scanners do, and looks at the page.
    private static func scan(_ letter: MailServer.Letter, of daemon: RunningDaemon) async throws {
        let link = try #require(letter.link)
        try #require(link.hasPrefix(publicURL + "/actions/"), "\(link)")
        let target = String(link.dropFirst(publicURL.count))
        for method in ["HEAD", "GET", "HEAD", "GET"] {
            let page = try await daemon.exchange(method, target)
            page.expect(200, method)
            #expect(page[field: "referrer-policy"] == "no-referrer")
            #expect(page[field: "cache-control"]?.contains("no-store") == true)
            #expect(page.values(of: "set-cookie").isEmpty, "\(page)")
            // Nothing is fetched from elsewhere, and no script runs.
            let policy = try #require(page[field: "content-security-policy"])
            #expect(policy.contains("default-src 'none'") && !policy.contains("script-src"), "\(policy)")
            guard method == "GET" else { continue }
            let html = try HTMLPage(page.body)
            #expect(!html.elements.contains { ["script", "img", "iframe"].contains($0.name) })
            #expect(html.values(of: "src").isEmpty)
            #expect(html.elements.contains { $0.name == "form" && $0.attributes["method"] == "post" }, "\(page)")
        }
    }

    /// Completes an action with what its mail has, which then is used up.
    private static func complete(
        _ action: MailAction, with letter: MailServer.Letter, at daemon: RunningDaemon
    ) async throws {
        // A sign-in and an unlock need more than the link.
        let code = [.signIn, .unlock].contains(action) ? letter.code : nil
        let done = try await daemon.complete(action, token: letter.token, code: code)
        done.expect(200, action.rawValue)
        let again = try await daemon.complete(action, token: letter.token, code: code)
        #expect(again.status == 400, "\(again)")
    }
}
