// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

/// Attackers against the whole service; what they learn is what the audit calls a wrong password, not what they sent.
@Suite("Attacks on passwords", .timeLimit(.minutes(5)))
struct AttackTests {
    /// A service with some users, the first of whom has a known device.
    struct Fixture {
        let authority: TestAuthority
        let names: [String]
        private(set) var device: DeviceToken?

        init(users: Int) async throws {
            authority = try await TestAuthority()
            names = (0..<users).map { "user-\($0)" }
            for name in names { try await authority.register(name) }
            device = try await authority.attempt(names[0], from: Self.home).deviceToken
        }

        static let home = ClientContext(source: "203.0.113.5")

        /// One wrong guess.
        func guess(_ name: String, from source: Int) async {
            let source = ClientContext(source: "10.\(source >> 16).\(source >> 8 & 0xff).\(source & 0xff)")
            _ = try? await authority.attempt(name, "not the password", from: source)
            // One event for each attempt: what is counted together is another test's matter.
            await authority.service.completeDeferredWork()
        }

        /// The owner comes back to a known device, from wherever, and must get in at the first try.
        mutating func ownerSignsIn(from source: ClientContext = home) async throws {
            device = try await authority.attempt(names[0], device: device, from: source).deviceToken
        }

        /// When passwords were really compared for the attacker, by user.
        func guesses() async throws -> [UserID: [Timestamp]] {
            let events = try await authority.store.auditEvents(before: nil, limit: 1_000_000).map(\.event)
            var times: [UserID: [Timestamp]] = [:]
            for event in events.reversed() where event.refusal == SignInRefusal.wrongPassword.rawValue {
                if let target = event.target { times[target, default: []].append(event.at) }
            }
            return times
        }

        /// When something was noticed, by what and where from.
        func notices() async throws -> [AuditAction: [String: [Timestamp]]] {
            let events = try await authority.store.auditEvents(before: nil, limit: 1_000_000).map(\.event)
            var times: [AuditAction: [String: [Timestamp]]] = [:]
            for event in events.reversed()
            where [.passwordSprayingNoticed, .credentialStuffingNoticed].contains(event.action) {
                times[event.action, default: [:]][event.source ?? "", default: []].append(event.at)
            }
            return times
        }

        /// The most guesses in any hour.
        static func busiestHour(_ times: [Timestamp]) -> Int {
            times.indices.map { first in
                times[first...].prefix { $0 < times[first] + .seconds(3_600) }.count
            }.max() ?? 0
        }
    }

    // ASVS 6.3.1
    @Test("one source that tries one user every second gets seventeen guesses in an hour and four in each later one")
    func oneSource() async throws {
        var fixture = try await Fixture(users: 1)
        for second in 0..<(3 * 3_600) {
            await fixture.guess("user-0", from: 1)
            if second.isMultiple(of: 600) { try await fixture.ownerSignsIn() }
            fixture.authority.clock.advance(by: .seconds(1))
        }

        let times = try #require(try await fixture.guesses().values.first)
        #expect(Fixture.busiestHour(times) == 17)
        #expect(times.count == 25)
        // The same address as the attacker, as behind one NAT.
        try await fixture.ownerSignsIn(from: ClientContext(source: "10.0.0.1"))
    }

    // ASVS 6.3.1
    // Behaviour H119
    @Test("ten thousand sources that try one user together get a hundred guesses in an hour")
    func manySources() async throws {
        var fixture = try await Fixture(users: 1)
        for source in 0..<10_000 {
            await fixture.guess("user-0", from: source)
            if source.isMultiple(of: 500) { try await fixture.ownerSignsIn() }
            fixture.authority.clock.advance(by: .milliseconds(1_440))
        }

        let times = try #require(try await fixture.guesses().values.first)
        #expect(Fixture.busiestHour(times) <= SignInThrottle.failuresOfUserPerHour)
        #expect(times.count >= 200, "the attack lasts four hours and uses up what there is")
        await fixture.guess("user-0", from: 10_000)
        // The price: somewhere new, the owner is a stranger like the others, until the attack ends.
        await #expect(throws: AuthError.invalidCredentials) {
            try await fixture.authority.attempt("user-0", from: ClientContext(source: "203.0.113.77"))
        }
        fixture.authority.clock.advance(by: .seconds(72))
        _ = try await fixture.authority.attempt("user-0", from: ClientContext(source: "203.0.113.77"))
    }

    // ASVS 6.3.1
    @Test("password spraying over many users leaves each of them with their own limits")
    func spraying() async throws {
        var fixture = try await Fixture(users: 40)
        for round in 0..<60 {
            for name in fixture.names { await fixture.guess(name, from: round % 3) }
            if round.isMultiple(of: 10) { try await fixture.ownerSignsIn() }
            fixture.authority.clock.advance(by: .seconds(60))
        }

        let guesses = try await fixture.guesses()
        #expect(guesses.count == 40)
        #expect(guesses.values.map(Fixture.busiestHour).max() ?? 0 <= 3 * 17)
        // Each of the three sources comes back every three minutes.
        let notices = try await fixture.notices()
        #expect(Array(notices.keys) == [.passwordSprayingNoticed])
        let times = try #require(notices[.passwordSprayingNoticed])
        #expect(times.keys.sorted() == ["10.0.0.0", "10.0.0.1", "10.0.0.2"])
        for times in times.values {
            #expect(times.count == 5)
            #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= FailureHistory.window })
        }
        #expect(fixture.authority.service.limits.noticedAttacks.spraying == 15)
    }

    // ASVS 6.3.1
    @Test("credential stuffing is reported once, whatever the answers")
    func stuffing() async throws {
        let fixture = try await Fixture(users: 10)
        for number in 0..<100 {
            await fixture.guess(number.isMultiple(of: 10) ? "user-\(number / 10)" : "stranger-\(number)", from: 1)
            fixture.authority.clock.advance(by: .seconds(1))
        }

        let notices = try await fixture.notices()
        #expect(notices.mapValues { $0.mapValues(\.count) } == [.credentialStuffingNoticed: ["10.0.0.1": 1]])
        #expect(fixture.authority.service.limits.noticedAttacks.stuffing == 1)
    }

    @Test("a family behind one address with a few typos is not reported")
    func family() async throws {
        var fixture = try await Fixture(users: 5)
        for _ in 0..<3 {
            for name in fixture.names {
                await fixture.guess(name, from: 1)
                await fixture.guess("\(name)@example.test", from: 1)
                await fixture.guess("not a name", from: 1)
            }
            try await fixture.ownerSignsIn(from: ClientContext(source: "10.0.0.1"))
            fixture.authority.clock.advance(by: .seconds(60))
        }

        #expect(try await fixture.notices() == [:])
    }

    @Test("attacks are not reported without limits or without an address")
    func unwatched() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.limitsPasswordAttempts = false
        for (settings, source) in [(settings, "10.0.0.1"), (AuthSettings(issuer: settings.issuer), nil)] {
            let authority = try await TestAuthority(settings: settings)
            for number in 0..<20 {
                _ = try? await authority.attempt("stranger-\(number)", from: ClientContext(source: source))
            }
            #expect(authority.service.limits.noticedAttacks == NoticedAttacks())
        }
    }
}
