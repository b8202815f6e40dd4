// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Mails are rows of the database: they outlive the daemon that promised them and the mail server's absence.
@Suite("Mails after kill -9 and without a mail server", .oneAtATime, .timeLimit(.minutes(10)))
struct OutboxJourneyTests {
    private static let newPassword = "nanoseconds of wire"

    /// Settings for a mail server on a port where none may be listening.
    private static func mail(_ port: UInt16) -> [String: String] {
        [
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": "\(port)", "SMTP_SECURITY": "none",
            "EMAILS_FROM_EMAIL": "accounts@example.com", "RATE_LIMIT_ENABLED": "false",
            "VERIFY_ON_REGISTRATION": "false",
        ]
    }

    /// The rows that `authd outbox list` shows.
    private static func rows(_ installation: Installation, _ arguments: String...) async throws -> [JSONValue] {
        let listed = try await installation.run(["outbox", "list", "--json", "--limit", "1000"] + arguments)
        try #require(listed.succeeded, "\(listed)")
        return try #require(try JSONValue(parsing: listed.output).array)
    }

    @Test("a daemon that is killed before a mail was sent loses none", arguments: DatabaseKind.allCases)
    func killed(_ database: DatabaseKind) async throws {
        let port = try LoopbackSocket.freePort()
        try await Installation.with(database, Self.mail(port)) { installation in
            let daemon = try await RunningDaemon(installation)
            let ada = try await daemon.signUp("ada")
            let changed = try await daemon.send(
                "POST", "/auth/password/change", token: ada.access,
                json: #"{"current_password":"\#(RunningDaemon.password)","new_password":"\#(Self.newPassword)"}"#)
            changed.expect(200)
            // It has tried, and written that down.
            _ = await daemon.log(with: "mail not sent")
            _ = await daemon.kill()

            let waiting = try await Self.rows(installation)
            #expect(waiting.compactMap { $0["kind"]?.string } == ["password_changed"])
            #expect(waiting.compactMap { $0["state"]?.string } == ["due"])
            #expect(waiting.compactMap { $0["recipient"]?.string } == ["ada@example.com"])

            let server = try await MailServer(port: port, in: installation.directory)
            let letters = try await installation.serving { _ in
                let letters = try await server.letters(atLeast: 1)
                while try await !Self.rows(installation).isEmpty {}
                return letters
            }
            await server.stop()
            #expect(letters.map(\.recipient) == ["ada@example.com"])
        }
    }

    @Test("three daemons on one database, of which one is killed, send each mail once")
    func fleet() async throws {
        let port = try LoopbackSocket.freePort()
        try await Installation.withFleet(Self.mail(port)) { fleet in
            let users = (0..<40).map { "user-\($0)" }
            let scripts = users.enumerated().map { number, user in
                let daemon = fleet.daemon(number)
                var change = daemon.signingIn(user, until: 200)
                change.path = "/auth/password/change"
                change.json =
                    #"{"current_password":"\#(RunningDaemon.password)","new_password":"\#(Self.newPassword)"}"#
                change.token = "${access_token}"
                var register = daemon.registering(user, until: 201)
                register.json = """
                    {"username":"\(user)","email":"\(user)@example.com","password":"\(RunningDaemon.password)"}
                    """
                let reset = Clients.Request(
                    base: daemon.base, method: "POST", path: "/auth/password/reset/request",
                    json: #"{"email":"\#(user)@example.com"}"#)
                return [[register], [daemon.signingIn(user, until: 200)], [change], [reset]]
            }
            let answers = try await Clients.play(scripts, clients: 6, in: fleet.installation.directory)
            for stages in answers {
                #expect(stages.flatMap(\.self).map(\.status) == [201, 200, 200, 200], "\(stages)")
            }
            // In development, a reset is written before its answer; so all of them are rows by now.
            let promised = try await Self.rows(fleet.installation)
            #expect(promised.count == 2 * users.count)
            #expect(promised.allSatisfy { $0["state"]?.string == "due" })
            _ = await fleet.daemons[0].log(with: "mail not sent")
            _ = await fleet.daemons[0].kill()

            let server = try await MailServer(port: port, in: fleet.installation.directory)
            let retried = try await fleet.installation.authd("outbox", "retry", "--all")
            #expect(retried.succeeded, "\(retried)")
            _ = try await server.letters(atLeast: 2 * users.count)
            while try await !Self.rows(fleet.installation).isEmpty {}
            let letters = try await server.letters(atLeast: 2 * users.count)
            await server.stop()

            #expect(letters.count == 2 * users.count)
            #expect(Set(letters).count == letters.count)
            for user in users {
                let subjects = letters.filter { $0.recipient == "\(user)@example.com" }.map(\.subject)
                #expect(subjects.count == 2, "\(user) \(subjects)")
            }
        }
    }

    @Test("the commands of the page on mail succeed")
    func page() async throws {
        let text = try MarkdownPage(try AuthdBinary.text(of: "docs/mail.md")).text(
            "What waits and what was given up #1")
        try await Installation.with(.sqlite, Self.mail(try LoopbackSocket.freePort())) { installation in
            try installation.linkBinary(at: "bin/authd")
            try await installation.serving { daemon in
                _ = try await daemon.signUp("ada")
                let requested = try await daemon.send(
                    "POST", "/auth/password/reset/request", json: #"{"email":"ada@example.com"}"#)
                requested.expect(200)
            }
            #expect(try await Self.rows(installation).count == 1)

            let outcome = try await installation.shell(text)

            #expect(outcome.succeeded, "\(outcome)")
            #expect(try await Self.rows(installation).isEmpty)
        }
    }

    @Test("an operator sees why a mail was given up, has it sent, and drops what is left")
    func operating() async throws {
        let port = try LoopbackSocket.freePort()
        try await Installation.with(.sqlite, Self.mail(port)) { installation in
            try await installation.serving { daemon in
                let ada = try await daemon.signUp("ada")
                let changed = try await daemon.send(
                    "POST", "/auth/password/change", token: ada.access,
                    json: #"{"current_password":"\#(RunningDaemon.password)","new_password":"\#(Self.newPassword)"}"#)
                changed.expect(200)
                _ = await daemon.log(with: "mail not sent")
            }
            let row = try #require(try await Self.rows(installation, "--lane", "notice").first)
            let id = try #require(row["id"]?.number.map { String(Int($0)) })
            #expect(row["failure"]?.string?.isEmpty == false)
            #expect(try await Self.rows(installation, "--state", "dead").isEmpty)
            let table = try await installation.authd("outbox", "list")
            #expect(table.output.hasPrefix("id\tlane\tkind\tstate\tattempts\tcreated_at\tdue_at\tuser\tfailure\n"))

            let retried = try await installation.authd("outbox", "retry", id)
            #expect(retried.output == "1 row is due now.\n", "\(retried)")
            let unknown = try await installation.authd("outbox", "retry", "99")
            #expect(unknown.end == .exited(1) && unknown.errors.contains("There is no row 99."), "\(unknown)")
            let both = try await installation.authd("outbox", "drop", id, "--all")
            #expect(both.end == .exited(64), "\(both)")
            let unconfirmed = try await installation.authd("outbox", "drop", id)
            #expect(unconfirmed.end == .exited(1), "\(unconfirmed)")
            #expect(try await Self.rows(installation).count == 1)

            let dropped = try await installation.authd("outbox", "drop", "--all", "--yes")
            #expect(dropped.output == "1 row is deleted.\n", "\(dropped)")
            #expect(try await Self.rows(installation).isEmpty)
            let audit = try await installation.authd("audit", "list", "--action", "mail_failed")
            #expect(audit.output.contains("dropped"), "\(audit)")
        }
    }
}
