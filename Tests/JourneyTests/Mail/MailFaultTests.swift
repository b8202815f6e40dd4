// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Mailed actions while the mail server fails in every way that one can, and daemons are killed.
@Suite("Mailed actions, kill -9 and a mail server that fails", .oneAtATime, .timeLimit(.minutes(10)))
struct MailFaultTests {
    /// Longer than a lease of a row, shorter than the life of a code.
    private static let lease = 240
    /// How a server fails whom a client reaches: each once, whichever mail it meets.
    private static let faults = [
        "fault rcpt 451 4.3.0 later", "fault rcpt 452 4.2.2 full", "fault data within", "fault content hangup",
        "fault auth 454 4.7.0 later", "fault content slow 1", "fault mail hangup", "fault connect 421 4.3.2 closing",
    ]

    // Behaviour A13, F94
    @Test("three daemons lose no mailed action and send none to another user, whatever fails and whichever is killed")
    func fleet() async throws {
        try await MailPost.with { post in
            try await Installation.withFleet(post.settings) { fleet in
                let late = try await Self.play(fleet, post)
                try await late.stop()
            }
        }
    }

    /// - Returns: A daemon that was started meanwhile.
    private static func play(_ fleet: Fleet, _ post: MailPost) async throws -> RunningDaemon {
        let wanted = MailAction.allCases.flatMap { action in (0..<4).map { (action, "ada-\(action.rawValue)-\($0)") } }
        let registered = try await fleet.send(
            wanted.enumerated().map { fleet.daemon($0).registeringAddress(of: $1.1) }, clients: 4)
        try #require(registered.allSatisfy { $0.status == 201 }, "\(registered)")

        // While no mail server is there. The last ones are asked for at one daemon, which is killed at once.
        let (first, last) = (wanted.prefix(10), wanted.dropFirst(10))
        var answers = try await fleet.send(
            first.enumerated().map { fleet.daemons[1 + $0 % 2].asking(for: $1.0, of: $1.1) }, clients: 4)
        answers += try await fleet.send(last.map { fleet.daemons[0].asking(for: $0.0, of: $0.1) }, clients: 6)
        _ = await fleet.daemons[0].kill()
        let pending = try zip(wanted, answers).map { try PendingAction($0.0, of: $0.1, $1) }
        let refused = try #require(pending.last?.email)

        // It comes, takes whole mails, and answers nothing; then another daemon is killed.
        var server = try await post.server()
        server.tell("refuse \(refused) 550 5.1.1 no such user", "always content hold")
        let held = try await server.faults(atLeast: 2)
        _ = await fleet.daemons[1].kill()
        try post.clock.set(ahead: lease)
        server.tell(faults + ["never content", "release"])
        let late = try await RunningDaemon(fleet.installation)
        _ = try await server.faults(atLeast: held + faults.count)
        _ = try await server.letters(atLeast: 6)
        // It goes in the middle of its work, and comes back.
        await server.stop()
        server = try await post.server()
        server.tell("refuse \(refused) 550 5.1.1 no such user")
        _ = try await server.letters(atLeast: pending.count - 1)
        while try await fleet.installation.outbox("--state", "dead").isEmpty {}
        while try await !fleet.installation.outbox("--state", "due").isEmpty {}
        try expectOneEach(of: pending.dropLast(), in: try server.lettersSoFar())

        let dead = try await fleet.installation.outbox("--state", "dead")
        #expect(dead.compactMap { $0["recipient"]?.string } == [refused])
        let audit = try await fleet.installation.authd("audit", "list", "--action", "mail_failed")
        #expect(audit.output.contains("not_delivered"), "\(audit)")
        server.tell("accept \(refused)")
        let retried = try await fleet.installation.authd("outbox", "retry", "--all", "--state", "dead")
        #expect(retried.output == "1 row is due now.\n", "\(retried)")
        let letters = try await server.letters(atLeast: pending.count)
        await server.stop()
        try await complete(pending, with: letters, at: [fleet.daemons[2], late])
        return late
    }

    @Test("a daemon that is killed right after its answers has their mails sent when it is started again")
    func restarted() async throws {
        try await MailPost.with { post in
            try await Installation.with(.sqlite, post.settings) { installation in
                let daemon = try await RunningDaemon(installation)
                let wanted = MailAction.allCases.map { ($0, "ada-\($0.rawValue)") }
                let registered = try await Clients.send(
                    wanted.map { daemon.registeringAddress(of: $0.1) }, clients: 4, in: installation.directory)
                try #require(registered.allSatisfy { $0.status == 201 }, "\(registered)")
                let answers = try await Clients.send(
                    wanted.map { daemon.asking(for: $0.0, of: $0.1) }, clients: 4, in: installation.directory)
                _ = await daemon.kill()
                let pending = try zip(wanted, answers).map { try PendingAction($0.0, of: $0.1, $1) }
                try post.clock.set(ahead: Self.lease)

                let server = try await post.server()
                try await installation.serving { daemon in
                    let letters = try await server.letters(atLeast: pending.count)
                    try Self.expectOneEach(of: pending[...], in: letters)
                    try await Self.complete(pending, with: letters, at: [daemon])
                }
                await server.stop()
            }
        }
    }

    /// Expects one mail for each action; a mail comes again only where its first copy was not acknowledged.
    private static func expectOneEach(of pending: ArraySlice<PendingAction>, in letters: [MailServer.Letter]) throws {
        let mails = Dictionary(grouping: letters) { $0.messageID }
        #expect(mails.count == pending.count)
        #expect(Set(mails.values.compactMap { $0.first?.recipient }) == Set(pending.map(\.email)))
        for (id, copies) in mails {
            #expect(copies.count { $0.isAcknowledged } == 1, "\(id) \(copies)")
            #expect(Set(copies.map(\.content)).count == 1, "\(id) \(copies)")
            #expect(copies.allSatisfy { $0.isEncrypted && $0.isAuthenticated }, "\(id) \(copies)")
        }
    }

    /// Completes every action with the code that came to its user, which serves no other one.
    private static func complete(
        _ pending: [PendingAction], with letters: [MailServer.Letter], at daemons: [RunningDaemon]
    ) async throws {
        var code: [String: String] = [:]
        for letter in letters { code[letter.recipient] = letter.code }
        for (number, one) in pending.enumerated() {
            let daemon = daemons[number % daemons.count]
            let other = pending[(number + 1) % pending.count]
            let strange = try await daemon.complete(one.action, handle: one.handle, code: code[other.email])
            strange.expectProblem(400, "wrong_code")
            #expect(try strange.json["tries_left"]?.number == 4, "\(strange)")

            let done = try await daemon.complete(one.action, handle: one.handle, code: code[one.email])
            done.expect(200, one.username)
            switch one.action {
            case .verify: break
            case .unlock: #expect(try done.text("device_token").hasPrefix("adt_"))
            case .reset:
                _ = try await daemon.signIn(one.username, password: MailAction.newPassword)
            case .signIn:
                let me = try await daemon.exchange("GET", "/auth/me", token: try done.text("access_token"))
                #expect(try me.text("email") == one.email)
            }
            let status = try await daemon.exchange(
                "POST", "/auth/flows/status", json: #"{"handle":"\#(one.handle)"}"#)
            #expect(try status.json["ended"] == .bool(true), "\(status)")
        }
    }
}

/// What mail of a test goes through: the certificate of a server that comes and goes, and the clock of those who send.
struct MailPost: Sendable {
    let clock: SystemClockShim
    private let directory: TemporaryDirectory
    private let certificate: MailCertificate
    private let port: UInt16

    static func with(_ body: (MailPost) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try await body(
            MailPost(
                clock: SystemClockShim(in: directory), directory: directory,
                certificate: MailCertificate(in: directory), port: LoopbackSocket.freePort()))
    }

    /// The settings of a daemon that sends through it.
    var settings: [String: String] {
        [certificate.settings(port), clock.environment].reduce(Installation.mailing) { $0.merging($1) { $1 } }
    }

    /// Starts a server.
    func server() async throws -> MailServer {
        try await MailServer(port: port, in: directory, certificate: certificate)
    }
}
