// SPDX-License-Identifier: Apache-2.0

import Testing

/// Limits on guessing that several daemons keep together.
@Suite("Limits among several daemons", .oneAtATime, .timeLimit(.minutes(10)))
struct FleetLimitTests {
    // ASVS 6.3.1
    // Behaviour H118, H119
    @Test("brute force on one user over all daemons shares one budget, and the user's known device signs in at each")
    func budgetOfUser() async throws {
        let settings = ["TRUSTED_PROXIES": "127.0.0.1", "HASH_THREADS": "1"]
        try await Installation.withFleet(settings) { fleet in
            let owner = fleet.daemons[0]
            let known = try await fleet.send(
                [owner.registering("ada", from: "198.51.100.1"), owner.greeting("ada", "")], clients: 1)
            #expect(known.map(\.status) == [201, 200], "\(known)")
            let device = try #require(try JSONValue(parsing: known[1].body ?? "")["device_token"]?.string)

            let began = ContinuousClock.now
            let guesses = (0..<150).map { number in
                fleet.daemon(number).signingIn(
                    "ada", password: "a wrong guess", from: "203.0.113.\(number + 1)", until: 401)
            }
            let answers = try await fleet.send(guesses, clients: 6)
            let passed = began.duration(to: .now)

            #expect(answers.allSatisfy { $0.status == 401 }, "\(answers)")
            let counted = try await fleet.execute(
                "SELECT count(*) FROM authd.audit_events WHERE action = 'sign_in' AND refusal = 'wrong_password'")
            // Fifty at once and one more each 72 seconds; beyond it each hashing thread may have one under way.
            let allowed = 50 + Int(passed / .seconds(72)) + 1 + fleet.daemons.count
            #expect((50...allowed).contains(try #require(counted.first.flatMap { Int($0) })), "\(counted)")
            // Strangers are refused even with the right password, and the owner is let in at the first try.
            for daemon in fleet.daemons {
                // The wrong guess takes what the budget has got back since the last one.
                let strangers = try await fleet.send(
                    [
                        daemon.signingIn("ada", password: "a wrong guess", from: "192.0.2.2", until: 401),
                        daemon.signingIn("ada", from: "192.0.2.1"),
                    ], clients: 1)
                #expect(strangers.map(\.status) == [401, 401], "\(strangers)")
                let home = try await fleet.send([daemon.greeting("ada", device)])
                #expect(home.map(\.status) == [200], "\(home)")
            }
        }
    }

    /// How many sign-ins a process admits before it asks the others, as `docs/abuse.md` says.
    private static let lease = 2

    // ASVS 6.3.1
    @Test("one source gets no more from three daemons than from one, except for one lease each")
    func budgetOfSource() async throws {
        try await Installation.withFleet(["TRUSTED_PROXIES": "127.0.0.1", "RATE_LIMIT_SIGN_IN": "10/60s"]) { fleet in
            for round in 1...20 {
                let source = "203.0.113.\(round)"
                let unsettled = try await fleet.unsettled()
                let began = ContinuousClock.now
                let guesses = (0..<90).map { fleet.daemon($0).signingIn("nobody-\($0)", from: source) }
                let answers = try await fleet.send(guesses, clients: 12)
                let passed = began.duration(to: .now)

                #expect(
                    answers.allSatisfy { $0.status != 429 || $0.retryAfter.flatMap { Int($0) } != nil }, "\(answers)")
                let admitted = answers.count { [401, 503].contains($0.status) }
                #expect(admitted + answers.count { $0.status == 429 } == answers.count, "\(answers)")
                // Where the store is too slow to be asked, each goes on by what it knows alone, and says so.
                guard try await fleet.unsettled() == unsettled else { continue }
                // Ten at once, one more each six seconds, and what two of them have not told yet.
                let allowed = 10 + Int(passed / .seconds(6)) + (fleet.daemons.count - 1) * Self.lease
                #expect((10...allowed).contains(admitted), "\(admitted) in \(passed)")
                print("one source at three daemons: \(admitted) of \(answers.count) admitted in \(passed)")
                return
            }
            Issue.record("the store is too slow for the daemons to ask each other")
        }
    }
}

extension Fleet {
    /// How many requests were decided without the store because it did not answer in time.
    fileprivate func unsettled() async throws -> Double {
        var count = 0.0
        for daemon in daemons {
            let metrics = try await daemon.send("GET", "/metrics").body.split(separator: "\n")
            let line = try #require(metrics.first { $0.hasPrefix("authd_rate_limit_unsettled_total") })
            count += try #require(line.split(separator: " ").last.flatMap { Double($0) })
        }
        return count
    }
}

extension RunningDaemon {
    /// Signs in from a device that was seen before, or is to be known from now on.
    fileprivate func greeting(_ username: String, _ device: String) -> Clients.Request {
        .init(
            base: base, method: "POST", path: "/auth/login",
            json: #"{"username":"\#(username)","password":"\#(Self.password)","device_token":"\#(device)"}"#,
            source: "198.51.100.1", keepsBody: true)
    }
}
