// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Glibc
import Testing

/// One of several daemons dies, or loses its way to the database.
@Suite("Failures among several daemons", .oneAtATime, .timeLimit(.minutes(10)))
struct FleetFailureTests {
    @Test("answered writes outlive a killed daemon, and it catches up after a restart")
    func killed() async throws {
        try await Installation.withFleet(["RATE_LIMIT_ENABLED": "false"]) { fleet in
            let victim = fleet.daemons[0]
            let survivors = Array(fleet.daemons.dropFirst())
            let root = try await fleet.installation.administrator(of: survivors[0])
            let older = try await fleet.openSessions(of: ["ada", "grace"], each: 8)
            try await fleet.expect(200, for: older.flatMap(\.self))

            // Every second user signs out again.
            let scripts = (0..<1_000).map { number in
                let user = "user-\(number)"
                var out = victim.signingIn(user)
                out.path = "/auth/logout"
                out.json = nil
                out.token = "${access_token}"
                return [[victim.registering(user)], [victim.signingIn(user)]] + (number % 2 == 0 ? [[out]] : [])
            }
            let writers = try Clients([.init(clients: 8, scripts: scripts)], in: fleet.installation.directory)
            try await writers.succeeded(60)
            _ = await victim.kill()
            let answers = try await writers.answered()[0]
            let meanwhile = [
                survivors[1].signingOut(older[0][0], "all"),
                .init(
                    base: survivors[0].base, method: "PATCH", path: "/users/\(older[1][0].userID)", token: root.access,
                    json: #"{"is_active":false}"#),
            ]
            #expect(try await fleet.send(meanwhile).map(\.status) == [200, 200])
            let restarted = try await RunningDaemon(fleet.installation)
            let all = [restarted] + survivors

            // Not "soon": it has to know before its first answer.
            try await fleet.expect(401, for: older.flatMap(\.self), at: [restarted], "revoked while it was down")
            var open: [OpenSession] = []
            var ended: [OpenSession] = []
            var registered: [String] = []
            for (number, stages) in answers.enumerated() {
                let statuses = stages.map { $0[0].status }
                // A busy server may refuse, and without what was refused the next request fails.
                let refused = statuses.firstIndex { [0, 503].contains($0) } ?? statuses.count
                #expect(statuses.prefix(refused).allSatisfy { [200, 201].contains($0) }, "\(stages)")
                #expect(statuses.dropFirst(refused).allSatisfy { [0, 200, 201, 401, 503].contains($0) }, "\(stages)")
                if statuses[0] == 201 { registered.append("user-\(number)") }
                guard statuses[1] == 200 else { continue }
                let session = try OpenSession(stages[1][0])
                if statuses.count == 2 { open.append(session) } else if statuses[2] == 200 { ended.append(session) }
            }
            #expect(!open.isEmpty && !ended.isEmpty)
            print("acknowledged before the kill: \(registered.count) users, \(open.count) + \(ended.count) sessions")
            try await fleet.expect(200, for: open, at: all, "signed in")
            try await fleet.expect(401, for: ended, at: all, "signed out")
            let again = try await fleet.send(registered.map { restarted.signingIn($0, until: 200) })
            #expect(again.allSatisfy { $0.status == 200 }, "\(again)")
            let refreshed = try await fleet.send(
                open.enumerated().map { number, session in all[number % 3].refreshing(session.refresh) })
            #expect(refreshed.allSatisfy { $0.status == 200 }, "\(refreshed)")
            try await restarted.stop()
        }
    }

    /// How the way to the database is lost and found again.
    enum Loss: String, CaseIterable, CustomTestStringConvertible {
        case reset = "every connection is reset"
        case frozen = "nothing moves, and then everything"
        case forgotten = "nothing moves, and old connections never again"

        var testDescription: String { rawValue }
    }

    @Test(
        "a daemon that cannot follow revocations says so, and catches up before it trusts a token",
        arguments: Loss.allCases)
    func cutOff(_ loss: Loss) async throws {
        try await Installation.withFleet(of: 1, ["RATE_LIMIT_ENABLED": "false"]) { fleet in
            let here = fleet.daemons[0]
            let root = try await fleet.installation.administrator(of: here)
            let relay = try TCPRelay(to: try await PostgresCluster.shared.port)
            defer { relay.close() }
            let database = fleet.database.replacing(/@127\.0\.0\.1:[0-9]+/, with: "@127.0.0.1:\(relay.port)")
            let beyond = fleet.installation.with([
                "DATABASE_URL": database, "DB_CONNECT_TIMEOUT": "5", "DB_POOL_TIMEOUT": "5",
                "DB_STATEMENT_TIMEOUT": "3",
            ])
            let strict = try await RunningDaemon(beyond)
            let lenient = try await RunningDaemon(beyond.with(["REVOCATION_FEED_STALE": "accept"]))
            let afar = [strict, lenient]
            let lost = try await fleet.openSessions(of: ["ada", "grace"], each: 2).flatMap(\.self)
            let kept = try await fleet.openSessions(of: ["mary"], each: 1)[0][0]
            let unseen = try await fleet.openSessions(of: ["emmy"], each: 1)[0][0]
            try await fleet.expect(200, for: lost + [kept], at: afar)

            relay.turn(loss == .reset ? .cut : .frozen)

            // Whatever needs the database is refused in words, and what does not is answered.
            let refused = try await fleet.send(
                afar.flatMap { [$0.signingIn("mary", until: 503), $0.whoIs(unseen, until: 503)] })
            for answer in refused { #expect(answer.status == 503 && answer.retryAfter != nil, "\(answer)") }
            for daemon in afar { try await daemon.send("GET", "/health").expect(200) }
            // Meanwhile more happens elsewhere than the feed is read at once, and what matters comes last.
            _ = try await fleet.execute(
                """
                WITH head AS (UPDATE authd.feed_head SET cursor = cursor + 1200 RETURNING cursor)
                INSERT INTO authd.change_feed (cursor, at_us, kind, user_id)
                SELECT cursor - 1200 + n, extract(epoch FROM now()) * 1000000, 'user_changed', '\(kept.userID)'
                FROM head, generate_series(1, 1200) n
                """)
            let revocations = [
                here.signingOut(lost[0]),
                .init(
                    base: here.base, method: "PATCH", path: "/users/\(lost[2].userID)", token: root.access,
                    json: #"{"is_active":false}"#),
            ]
            #expect(try await fleet.send(revocations).map(\.status) == [200, 200])
            // The daemon that refuses shows that the time has come for both.
            let silent = try await fleet.send([strict.whoIs(kept, until: 503)])
            #expect(silent.map(\.status) == [503], "\(silent)")
            try await fleet.expect(503, for: [kept, lost[0]], at: [strict])
            try await fleet.expect(200, for: [kept, lost[0]], at: [lenient])
            try await strict.send("GET", "/health/database").expectProblem(503, "unavailable")

            switch loss {
            case .reset, .frozen: relay.turn(.open)
            case .forgotten: relay.openToNewOnes()
            }

            // From silence it goes straight to the truth: 503 and then 401, but never 200.
            let revoked = [lost[0], lost[2], lost[3]]
            let first = try await fleet.send(revoked.map { strict.whoIs($0, unless: 503) })
            #expect(first.allSatisfy { $0.status == 401 }, "\(first)")
            let answers = try await fleet.send(
                revoked.map { lenient.whoIs($0, until: 401) }
                    + afar.flatMap { [$0.whoIs(kept, until: 200), $0.whoIs(lost[1], until: 200)] })
            #expect(answers.map(\.status) == [401, 401, 401, 200, 200, 200, 200], "\(answers)")
            print("\(loss.rawValue): caught up after \(first.map(\.seconds).summary)")
            let refreshed = try await fleet.send(afar.map { $0.refreshing(lost[0].refresh) })
            #expect(refreshed.map(\.status) == [401, 401], "\(refreshed)")
            let signIn = try await fleet.send(afar.map { $0.signingIn("mary", until: 200) })
            #expect(signIn.map(\.status) == [200, 200], "\(signIn)")
            for daemon in afar { try await daemon.stop() }
        }
    }
}
