// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The history of the database changes under several daemons that run on.
@Suite("A change feed that changes under several daemons", .oneAtATime, .timeLimit(.minutes(10)))
struct FleetHistoryTests {
    private static let settings = [
        "RATE_LIMIT_ENABLED": "false", "CHANGE_FEED_SECRETS": RouteStage.serviceSecret,
        "TOKEN_ISSUER": "https://id.example.test",
    ]

    @Test("entries that were deleted are noticed by every daemon, and later revocations are heard")
    func deletedEntries() async throws {
        try await Installation.withFleet(Self.settings) { fleet in
            let sessions = try await fleet.openSessions(of: ["ada", "grace", "mary"], each: 1).flatMap(\.self)
            try await fleet.expect(200, for: sessions)
            try await fleet.revoke(sessions[0], at: 0)
            // The numbers that are given again come to the same place.
            _ = try await fleet.execute("DELETE FROM authd.change_feed")
            _ = try await fleet.execute("UPDATE authd.feed_head SET cursor = 0")

            for daemon in fleet.daemons { try await daemon.expectNewHistory() }

            try await fleet.revoke(sessions[1], at: 1)
            try await fleet.expect(401, for: [sessions[0]], "a revocation that the feed has lost")
            try await fleet.expect(200, for: [sessions[2]])
        }
    }

    /// How a dump takes the place of the tables.
    enum Restoration: String, CaseIterable, CustomTestStringConvertible {
        case atOnce = "in one transaction"
        case inSteps = "table by table"

        var options: String {
            switch self {
            case .atOnce: "--clean --if-exists --single-transaction"
            case .inSteps: "--clean"
            }
        }

        var testDescription: String { rawValue }
    }

    @Test(
        "a dump that is restored under daemons hides no later revocation, from them or from a follower over HTTP",
        arguments: Restoration.allCases)
    func restoredDump(_ restoration: Restoration) async throws {
        try await Installation.withFleet(Self.settings) { fleet in
            let here = fleet.daemons[0]
            let directory = fleet.installation.directory
            let database = try PostgresCluster.databaseName(in: fleet.database)
            let server = try await PostgresCluster.shared
            let first = try await fleet.openSessions(of: ["ada"], each: 3).flatMap(\.self)
            try await fleet.revoke(first[0], at: 0)
            let dumped = try await server.shell("pg_dump -Fc \(database) >backup", in: directory)
            #expect(dumped.succeeded, "\(dumped)")

            let lost = try await fleet.openSessions(of: ["grace"], each: 5).flatMap(\.self) + [first[1]]
            for (number, session) in lost.enumerated() { try await fleet.revoke(session, at: number) }
            let secret = RouteStage.serviceSecret
            let cursor = try await here.send("GET", "/auth/changes", token: secret).text("cursor")
            async let waited = fleet.daemons[1].send("GET", "/auth/changes?after=\(cursor)&wait=30", token: secret)
            try await fleet.daemons[1].awaitFollower()

            let restored = try await server.shell(
                """
                psql -Xqd \(database) -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()" >/dev/null
                pg_restore \(restoration.options) -d \(database) backup
                """, in: directory)
            #expect(restored.succeeded, "\(restored)")

            for daemon in fleet.daemons { try await daemon.expectNewHistory() }
            let answered = try await waited
            #expect([410, 503].contains(answered.status), "\(answered)")
            // As many and more than were lost.
            for round in 0...lost.count {
                let session = try OpenSession(try await fleet.send([here.signingIn("ada", until: 200)])[0])
                try await fleet.expectAtLast(200, for: session)
                try await fleet.revoke(session, at: round)
                for daemon in fleet.daemons {
                    let answer = try await daemon.send("GET", "/auth/changes?after=\(cursor)&wait=0", token: secret)
                    answer.expectProblem(410, "cursor_expired")
                }
            }
            try await fleet.expect(401, for: [first[0]] + lost, "a revocation that was acknowledged")
            try await fleet.expect(200, for: [first[2]])
            let anew = try await here.send("GET", "/auth/changes", token: secret)
            #expect(try anew.json["changes"]?.array?.count == lost.count + 2)
        }
    }

    @Test("daemons whose tables are missing or empty in the middle of a restore run on, and trust no token")
    func missingTables() async throws {
        try await Installation.withFleet(Self.settings) { fleet in
            let database = try PostgresCluster.databaseName(in: fleet.database)
            let server = try await PostgresCluster.shared
            let sessions = try await fleet.openSessions(of: ["ada"], each: 3).flatMap(\.self)
            let (early, lost, kept) = (sessions[0], sessions[1], sessions[2])
            try await fleet.revoke(early, at: 0)
            func run(_ command: String) async throws {
                let outcome = try await server.shell(command, in: fleet.installation.directory)
                #expect(outcome.succeeded, "\(outcome)")
            }
            try await run("pg_dump -Fc \(database) >backup")
            try await fleet.revoke(lost, at: 1)
            try await fleet.expect(200, for: [kept])

            _ = try await fleet.execute("DROP SCHEMA authd CASCADE")

            // As when the server is down: for the first ten seconds what was heard last holds.
            try await fleet.expectAtLast(503, for: kept)
            try await fleet.expect(notReady: [kept, lost])

            try await run("pg_restore --section=pre-data -d \(database) backup")

            for daemon in fleet.daemons { _ = await daemon.log(with: "change feed replaced") }
            try await fleet.expect(notReady: [kept, lost])

            try await run("pg_restore --section=data --section=post-data -d \(database) backup")

            for daemon in fleet.daemons { try await daemon.expectNewHistory() }
            try await fleet.expectAtLast(200, for: kept)
            try await fleet.expect(401, for: [early, lost])
            try await fleet.revoke(kept, at: 2)
        }
    }
}

extension Fleet {
    /// Signs a session out at one daemon, and waits until every other refuses it.
    fileprivate func revoke(_ session: OpenSession, at number: Int) async throws {
        let signedOut = try await send([daemon(number).signingOut(session)])
        #expect(signedOut.map(\.status) == [200], "\(signedOut)")
        let answers = try await send([daemon(number + 1), daemon(number + 2)].map { $0.whoIs(session, until: 401) })
        for answer in answers { #expect(answer.status == 401, "\(answer)") }
    }
}

extension Fleet {
    /// Expects that every daemon runs, is not ready, and answers no token.
    fileprivate func expect(notReady sessions: [OpenSession]) async throws {
        try await expect(503, for: sessions)
        for daemon in daemons {
            try await daemon.send("GET", "/health").expect(200)
            let readiness = try await daemon.send("GET", "/health/database").status
            #expect([500, 503].contains(readiness))
        }
    }
}

extension RunningDaemon {
    /// Waits until the daemon has noticed that its place in the feed is gone, and has caught up.
    fileprivate func expectNewHistory() async throws {
        let log = await log(with: "change feed replaced")
        #expect(log.contains("fail-over") && log.contains("restored"), "\(log)")
        _ = try await poll(for: 200, "/health/database")
        let metrics = try await send("GET", "/metrics").body
        func value(_ name: String) -> Double? {
            metrics.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
                .flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
        }
        #expect(value("authd_feed_history_changes_total").map { $0 >= 1 } == true, "\(metrics)")
        #expect(value("authd_feed_silence_seconds").map { $0 < 10 } == true, "\(metrics)")
    }
}
