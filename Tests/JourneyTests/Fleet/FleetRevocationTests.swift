// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// What is revoked through one of several daemons, as the others know it.
@Suite("Revocations among several daemons", .oneAtATime, .timeLimit(.minutes(10)))
struct FleetRevocationTests {
    /// The cheapest passwords that are allowed, and no limits.
    private static let cheap = [
        "RATE_LIMIT_ENABLED": "false", "ARGON2_MEMORY_KIB": "7168", "ARGON2_ITERATIONS": "5",
    ]

    /// How users of a kind lose their sessions.
    private enum Loss: CaseIterable {
        case endedOneByOne, signedOut, signedOutEverywhere, disabled, deleted

        var users: Int {
            switch self {
            case .endedOneByOne, .signedOut: 20
            case .signedOutEverywhere: 8
            case .disabled, .deleted: 6
            }
        }

        var sessionsOfEach: Int {
            switch self {
            case .endedOneByOne, .signedOut: 20
            case .signedOutEverywhere, .disabled, .deleted: 10
            }
        }
    }

    // ASVS 7.4.1, 7.4.2, 7.4.5
    // Behaviour D63
    @Test("a thousand revoked sessions end at the next request on the same daemon, and soon on the others")
    func thousand() async throws {
        try await Installation.withFleet(Self.cheap) { fleet in
            let root = try await fleet.installation.administrator(of: fleet.daemons[0])
            let users = Loss.allCases.flatMap { loss in (0..<loss.users).map { (loss, "\(loss)-\($0)") } }
            var sessions: [[OpenSession]] = []
            for loss in Loss.allCases {
                let names = users.filter { $0.0 == loss }.map { $0.1.lowercased() }
                sessions += try await fleet.openSessions(of: names, each: loss.sessionsOfEach)
            }
            #expect(sessions.map(\.count).reduce(0, +) == 1_000)
            // From now on every daemon answers for each of them from memory.
            try await fleet.expect(200, for: sessions.flatMap(\.self))

            let scripts = zip(users, sessions).enumerated().map { number, user in
                script(user.0.0, user.1, number: number, root: root, in: fleet)
            }
            let answers = try await Clients.play(scripts, clients: 12, in: fleet.installation.directory)

            var elsewhere: [Double] = []
            for stages in answers {
                for (number, stage) in stages.enumerated() where number % 2 == 0 {
                    for answer in stage { #expect([200, 204].contains(answer.status), "\(answer)") }
                }
                for (number, stage) in stages.enumerated() where number % 2 == 1 {
                    for answer in stage { #expect(answer.status == 401, "\(answer)") }
                    // Of three requests the first goes to the daemon that revoked.
                    elsewhere += stage.enumerated().filter { $0.offset % 3 != 0 }.map(\.element.seconds)
                }
            }
            #expect(elsewhere.count == 2_000)
            print("revoked here, refused elsewhere after: \(elsewhere.summary)")
            try await fleet.expect(401, for: sessions.flatMap(\.self))
        }
    }

    /// Revokes in one stage, and in the next asks the same daemon once and the others until they refuse.
    private func script(
        _ loss: Loss, _ sessions: [OpenSession], number: Int, root: SignedIn, in fleet: Fleet
    ) -> [[Clients.Request]] {
        func stages(_ request: (RunningDaemon) -> Clients.Request, _ ended: [OpenSession], at number: Int)
            -> [[Clients.Request]]
        {
            let here = fleet.daemon(number)
            let questions = ended.flatMap { session in
                [
                    here.whoIs(session), fleet.daemon(number + 1).whoIs(session, until: 401),
                    fleet.daemon(number + 2).whoIs(session, until: 401),
                ]
            }
            return [[request(here)], questions]
        }
        func administrator(_ method: String, _ json: String? = nil) -> [[Clients.Request]] {
            let user = "/users/\(sessions[0].userID)"
            return stages(
                { .init(base: $0.base, method: method, path: user, token: root.access, json: json) }, sessions,
                at: number)
        }

        switch loss {
        case .endedOneByOne:
            return sessions.enumerated().flatMap { index, session in
                // The last one ends itself.
                let token = sessions[sessions.count - 1].access
                return stages(
                    {
                        .init(base: $0.base, method: "DELETE", path: "/auth/sessions/\(session.id)", token: token)
                    }, [session], at: number + index)
            }
        case .signedOut:
            return sessions.enumerated().flatMap { index, session in
                stages({ $0.signingOut(session) }, [session], at: number + index)
            }
        case .signedOutEverywhere: return stages({ $0.signingOut(sessions[0], "all") }, sessions, at: number)
        case .disabled: return administrator("PATCH", #"{"is_active":false}"#)
        case .deleted: return administrator("DELETE")
        }
    }

    @Test("no daemon misses a change whose transaction began first and ended last")
    func orderOfCommits() async throws {
        try await Installation.withFleet { fleet in
            let sessions = try await fleet.openSessions(of: ["ada", "grace", "mary"], each: 1).flatMap(\.self)
            try await fleet.expect(200, for: sessions)
            let slow = try await PostgresCluster.shared.session(in: fleet.database)

            // It has a transaction id and a snapshot, and has not come to the feed yet.
            try await slow.run("BEGIN; SELECT pg_current_xact_id(); SELECT count(*) FROM authd.change_feed")
            let overtaking = try await fleet.send([fleet.daemons[1].signingOut(sessions[1])])
            #expect(overtaking.map(\.status) == [200])
            try await fleet.expectAtLast(401, for: sessions[1])
            try await slow.run(Self.ending(sessions[0]))
            // Another one waits for the feed now, and takes its place in it after the first.
            let waiting = try Clients(
                [.init(clients: 1, scripts: [[[fleet.daemons[2].signingOut(sessions[2])]]])],
                in: fleet.installation.directory)
            try await fleet.expectWaitingWriter()
            // Meanwhile clients that end no session are served.
            let signIn = try await fleet.send([fleet.daemons[2].signingIn("ada")])
            #expect(signIn.map(\.status) == [200])
            try await slow.run("COMMIT")

            #expect(try await waiting.answered().flatMap { $0.flatMap { $0.flatMap(\.self) } }.map(\.status) == [200])
            for session in sessions { try await fleet.expectAtLast(401, for: session) }
            let order = try await fleet.execute(
                "SELECT session_id FROM authd.change_feed WHERE kind = 'session_ended' ORDER BY cursor")
            #expect(order == [sessions[1].id, sessions[0].id, sessions[2].id])
            await slow.close()
        }
    }

    /// What a daemon does that ends a session, under the lock of the feed.
    private static func ending(_ session: OpenSession) -> String {
        """
        SELECT cursor FROM authd.feed_head FOR UPDATE;
        UPDATE authd.sessions SET ended_at_us = rotated_at_us, end_reason = 'revoked' WHERE id = '\(session.id)';
        UPDATE authd.feed_head SET cursor = cursor + 1;
        INSERT INTO authd.change_feed (cursor, at_us, kind, user_id, session_id)
        SELECT cursor, extract(epoch FROM now()) * 1000000, 'session_ended', '\(session.userID)', '\(session.id)'
        FROM authd.feed_head
        """
    }

    // Behaviour E73
    @Test("a key rotation at one daemon reaches all, and earlier tokens stay valid at each")
    func keys() async throws {
        try await Installation.withFleet { fleet in
            let before = try await fleet.openSessions(of: ["ada"], each: 3).flatMap(\.self)
            let first = try #require(before.first).keyID
            #expect(before.allSatisfy { $0.keyID == first })

            let rotated = try await fleet.installation.authd("key", "rotate")
            #expect(rotated.succeeded, "\(rotated)")
            // For ten minutes it is only published, which the test does not wait for.
            let aged = try await fleet.execute(
                """
                UPDATE authd.signing_keys SET state_changed_at_us = state_changed_at_us - 600000000, \
                created_at_us = created_at_us - 600000000 WHERE state = 'pending' RETURNING id
                """)
            let second = try #require(aged.first)
            let due = try await fleet.installation.authd("key", "rotate")
            #expect(due.succeeded, "\(due)")

            for daemon in fleet.daemons {
                var session = try OpenSession(try await fleet.send([daemon.signingIn("ada")])[0])
                // The feed brings the key within a moment.
                for _ in 0..<1_000 where session.keyID == first {
                    session = try OpenSession(try await fleet.send([daemon.refreshing(session.refresh)])[0])
                }
                #expect(session.keyID == second)
                try await fleet.expect(200, for: [session])
            }
            try await fleet.expect(200, for: before)
        }
    }
}

extension Fleet {
    /// Waits until a transaction waits for the feed's lock.
    fileprivate func expectWaitingWriter() async throws {
        let waiting = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
            """
        for _ in 0..<1_000 where try await execute(waiting) != ["0"] { return }
        throw Failure("no transaction waits for the feed")
    }
}
