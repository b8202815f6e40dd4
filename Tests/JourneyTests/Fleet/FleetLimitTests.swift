// SPDX-License-Identifier: Apache-2.0

import Testing

/// Limits on guessing that several daemons keep together.
@Suite("limits among several daemons", .oneAtATime, .timeLimit(.minutes(10)))
struct FleetLimitTests {
    // ASVS 6.3.1
    // Behaviour H118, H119
    @Test("guesses at one user spread over all daemons share one budget, and the owner's device is spared at each")
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
                let stranger = try await fleet.send([daemon.signingIn("ada", from: "192.0.2.1")])
                #expect(stranger.map(\.status) == [401], "\(stranger)")
                let home = try await fleet.send([daemon.greeting("ada", device)])
                #expect(home.map(\.status) == [200], "\(home)")
            }
        }
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
