// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Glibc
import Testing

/// Two thousand people sign in at once.
@Suite("Burst of sign-ins", .oneAtATime, .timeLimit(.minutes(10)))
struct StormTests {
    private static let count = 2_000
    private static let clients = 400
    private static let settings = ["TRUSTED_PROXIES": "127.0.0.1", "HASH_THREADS": "2"]

    // Behaviour H121
    @Test("every sign-in gets an answer, and signed-in users are not affected")
    func calm() async throws {
        try await Installation.withFleet(of: 1, Self.settings) { fleet in
            let daemon = fleet.daemons[0]
            let users = try await Self.users(in: fleet)
            let idle = try daemon.process.memory().now

            let storm = try Clients(
                [
                    .init(clients: Self.clients, scripts: Self.signIns(at: daemon)),
                    .init(clients: 2, scripts: users.map { [[daemon.whoIs($0)]] }, repeats: true, pause: 0.01),
                    .init(
                        clients: 2, scripts: users.enumerated().map { Self.refreshing($1, of: $0, at: daemon) },
                        repeats: true, pause: 0.02),
                ], in: fleet.installation.directory)
            let answers = try await storm.answered().map { group in group.flatMap { $0.flatMap(\.self) } }
            let peak = try daemon.process.memory().peak

            let (signIns, calm, refreshes) = (answers[0], answers[1], answers[2])
            let admitted = try Self.expectWords(signIns)
            #expect(signIns.count == Self.count)
            let refused = signIns.filter { $0.status == 503 }
            #expect(!admitted.isEmpty && !refused.isEmpty, "\(admitted.count) admitted, \(refused.count) refused")
            #expect(calm.allSatisfy { $0.status == 200 }, "\(calm.filter { $0.status != 200 })")
            #expect(refreshes.allSatisfy { $0.status == 200 }, "\(refreshes.filter { $0.status != 200 })")
            let waits = signIns.filter { $0.status == 200 }.map(\.seconds)
            print("sign-ins, let in: \(waits.summary)")
            print("sign-ins, 503: \(refused.map(\.seconds).summary)")
            print("GET /auth/me: \(calm.map(\.seconds).summary)")
            print("POST /auth/refresh: \(refreshes.map(\.seconds).summary)")
            print("memory: \(idle / 1_024) MiB before, \(peak / 1_024) MiB at most")
            #expect(calm.map(\.seconds).quantile(0.5) < waits.quantile(0.5))
            #expect(refreshes.map(\.seconds).quantile(0.5) < waits.quantile(0.5))
            #expect(peak <= idle + Self.growth)
            try await Self.expectStored(admitted, in: fleet)
            try await fleet.expect(200, for: admitted)
            let next = admitted.enumerated().map { daemon.refreshing($1.refresh, from: Self.source(50_000 + $0)) }
            let refreshed = try await fleet.send(next)
            #expect(refreshed.allSatisfy { $0.status == 200 }, "\(refreshed.filter { $0.status != 200 })")
        }
    }

    // Behaviour H121
    @Test("SIGTERM during the burst ends the daemon with 0, with every answered sign-in stored")
    func terminated() async throws {
        try await Installation.withFleet(of: 1, Self.settings) { fleet in
            let daemon = fleet.daemons[0]
            _ = try await Self.users(in: fleet)
            let storm = try Clients(
                [.init(clients: Self.clients, scripts: Self.signIns(at: daemon, unless: 503))],
                in: fleet.installation.directory)
            try await storm.succeeded(5)

            try await daemon.stop()

            // Clients that connect after the end find no server.
            let answers = try await storm.answered()[0].flatMap { $0.flatMap(\.self) }
            let admitted = try Self.expectWords(answers.filter { $0.status != 0 })
            #expect(admitted.count >= 5)
            try await Self.expectStored(admitted, in: fleet)
            let again = try await RunningDaemon(fleet.installation)
            try await fleet.expect(200, for: admitted, at: [again])
            try await again.stop()
        }
    }

    /// What `docs/deployment.md` reckons beyond a process at rest, in KiB: a hash for each thread, and 64 for each
    /// connection whose request waits.
    private static let growth = 2 * 19_456 + (clients + 4) * 64

    private static let names = (0..<100).map { "user-\($0)" }

    /// Registers everybody and signs each in once.
    private static func users(in fleet: Fleet) async throws -> [OpenSession] {
        let daemon = fleet.daemons[0]
        let scripts = names.enumerated().map { number, name in
            [
                [daemon.registering(name, from: source(60_000 + number), until: 201)],
                [daemon.signingIn(name, from: source(60_000 + number), until: 200)],
            ]
        }
        let answers = try await Clients.play(scripts, clients: 4, in: fleet.installation.directory)
        return try answers.map { try OpenSession($0[1][0]) }
    }

    /// One sign-in for each of many addresses; every twentieth with a wrong password.
    ///
    /// A client asks again at the status `unless`. With 503 the burst goes on until the daemon has checked each password
    /// or ends, however little time a busy machine leaves it for hashes.
    private static func signIns(at daemon: RunningDaemon, unless: Int? = nil) -> [[[Clients.Request]]] {
        (0..<count).map { number in
            let password = number % 20 == 19 ? "a wrong guess" : RunningDaemon.password
            var request = daemon.signingIn(names[number % names.count], password: password, from: source(number))
            request.unless = unless
            return [[request]]
        }
    }

    /// The same session's next pair, each time.
    private static func refreshing(
        _ session: OpenSession, of number: Int, at daemon: RunningDaemon
    ) -> [[Clients.Request]] {
        var first = daemon.refreshing("${refresh_token}", from: source(60_000 + number))
        first.variables = ["refresh_token": session.refresh]
        first.keepsBody = false
        return [[first]]
    }

    /// An address of its own for each number.
    private static func source(_ number: Int) -> String {
        "10.\(number / 65_536).\(number / 256 % 256).\(number % 256)"
    }

    /// Expects that each was let in, refused for its password, or asked to come back.
    ///
    /// - Returns: The sessions of those let in.
    private static func expectWords(_ answers: [Clients.Answer]) throws -> [OpenSession] {
        for answer in answers {
            #expect([200, 401, 503].contains(answer.status), "\(answer)")
            if answer.status == 503 { #expect(answer.retryAfter.flatMap { Int($0) } != nil, "\(answer)") }
        }
        return try answers.filter { $0.status == 200 }.map { try OpenSession($0) }
    }

    /// Expects the sessions in the database.
    private static func expectStored(_ sessions: [OpenSession], in fleet: Fleet) async throws {
        let stored = Set(try await fleet.execute("SELECT id FROM authd.sessions WHERE ended_at_us IS NULL"))
        let missing = sessions.filter { !stored.contains($0.id) }
        #expect(missing.isEmpty, "\(missing.map(\.id))")
    }
}
