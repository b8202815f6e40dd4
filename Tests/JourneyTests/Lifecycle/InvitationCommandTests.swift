// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Invitations from the command line, whose mails the daemon sends.
@Suite("Commands about invitations", .oneAtATime, .timeLimit(.minutes(10)))
struct InvitationCommandTests {
    @Test(
        "an invitation is mailed by the daemon, listed and revoked, and its user goes with it",
        arguments: DatabaseKind.allCases)
    func life(on database: DatabaseKind) async throws {
        let port = try LoopbackSocket.freePort()
        let settings = [
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": "\(port)", "SMTP_SECURITY": "none",
            "EMAILS_FROM_EMAIL": "accounts@example.com", "REGISTRATION": "invitation",
        ]
        try await Installation.with(database, settings) { installation in
            let server = try await MailServer(port: port, in: installation.directory)
            try await installation.serving { _ in
                func open() async throws -> [JSONValue] {
                    let listed = try await installation.run(["invitation", "list", "--open", "--json"])
                    try #require(listed.succeeded, "\(listed)")
                    return try #require(try JSONValue(parsing: listed.output).array)
                }
                let words = ["user", "invite", "ada@example.com", "--role", "admin", "--name", "Ada L"]
                let invited = try await installation.run(words)
                #expect(invited.succeeded && invited.errors.contains("ada@example.com is invited"), "\(invited)")
                let id = invited.output.trimmingCharacters(in: .whitespacesAndNewlines)
                let letters = try await server.letters(atLeast: 1)
                #expect(letters.map(\.recipient) == ["ada@example.com"])
                let again = try await installation.run(words)
                #expect(again.end == .exited(1) && again.errors.contains("authd invitation resend"), "\(again)")

                let listed = try await open()
                #expect(listed.compactMap { $0["id"]?.string } == [id])
                #expect(listed.compactMap { $0["role"]?.string } == ["admin"])
                let revoked = try await installation.authd("invitation", "revoke", id)
                #expect(revoked.succeeded && revoked.output == "The invitation is revoked.\n", "\(revoked)")
                #expect(try await open().isEmpty)
                let gone = try await installation.authd("user", "show", "ada@example.com")
                #expect(gone.end == .exited(1), "\(gone)")
                let unknown = try await installation.authd("invitation", "revoke", id)
                #expect(unknown.end == .exited(1) && unknown.errors.contains("There is no such invitation."))
                let none = try await installation.authd("invitation", "revoke", "none")
                #expect(none.end == .exited(64) && none.errors.contains("is not the id of an invitation"))
            }
            await server.stop()
        }
    }
}
