// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthTesting
import Testing

@testable import AuthHTTP

/// Floods from many addresses in simulated time: one request is one call of the limiter.
@Suite("Rate limits under a flood of addresses") struct AddressFloodTests {
    /// A limiter with the default limits, and a clock that the test moves.
    struct Fixture {
        let clock = ManualClock()
        let limiter: RateLimiter

        init(_ limits: RateLimits = RateLimits()) {
            let clock = clock
            limiter = RateLimiter(limits: limits, now: { clock.now })
        }

        /// Whether a request is admitted.
        func admits(_ limitClass: LimitClass, _ source: IPAddress) throws -> Bool {
            let client = ClientAddress(peer: source, values: [], trust: ProxyTrust(), isForwarded: false)
            guard case .decided(let verdict) = try limiter.admit(limitClass, from: client),
                case .admitted = verdict.outcome
            else { return false }
            return true
        }

        /// Sends one request from each of `count` /64 networks of a prefix, 15,000 a second.
        func flood(_ limitClasses: [LimitClass], from high: UInt64, _ numbers: Range<UInt64> = 0..<40_000) throws {
            for number in numbers {
                for limitClass in limitClasses { _ = try admits(limitClass, IPAddress(v6: high + number, 1)) }
                if number % 15 == 0 { clock.advance(by: .milliseconds(1)) }
            }
        }
    }

    /// The first /64 of a /48 in 2001:db8::/32.
    private func network(_ number: UInt64) -> UInt64 { 0x2001_0db8_0000_0000 + number << 16 }

    @Test("50,000 phones of one IPv6 /36 sign in within ten minutes, and none is refused")
    func phones() throws {
        let fixture = Fixture()
        var refused = 0

        for phone in 0..<UInt64(50_000) {
            // Spread over the 28 bits of the /36.
            let high = 0x2001_0db8_1000_0000 + (phone * 5_368) & 0x0fff_ffff
            if try !fixture.admits(.signIn, IPAddress(v6: high, phone)) { refused += 1 }
            fixture.clock.advance(by: .milliseconds(12))
        }

        #expect(refused == 0)
    }

    @Test("a flood of registrations and mails from one /48 does not keep other users from signing in")
    func floodOfOtherClasses() throws {
        let fixture = Fixture()

        try fixture.flood([.register, .mail], from: network(1))

        // Never seen before: of other /32s, of other /48s of the same /32, of IPv4, and of the attacking /48 itself.
        for number in 0..<UInt64(60) {
            for source in [
                IPAddress(v6: 0x2a02_0000_0000_0000 + number << 32, 1), IPAddress(v6: network(100 + number), 1),
                IPAddress(v4: 0xc633_6400 + UInt32(number) << 8), IPAddress(v6: network(1) + number, 1),
            ] {
                #expect(try fixture.admits(.signIn, source), "\(source)")
            }
        }
    }

    @Test(
        "while one /48 attacks, every other /48 of its /32 is served", arguments: [LimitClass.signIn, .register])
    func neighboursOfOne(_ limitClass: LimitClass) throws {
        let fixture = Fixture()
        var refused = 0

        for round in 0..<UInt64(20) {
            try fixture.flood([limitClass], from: network(1), round * 1_000..<round * 1_000 + 2_000)
            for neighbour in 0..<UInt64(5)
            where try !fixture.admits(
                limitClass, IPAddress(v6: network(100 + round * 5 + neighbour), 1))
            { refused += 1 }
        }

        #expect(refused == 0)
    }

    @Test("while three /48 of one /32 attack, the others are served", arguments: [LimitClass.signIn, .register])
    func neighboursOfThree(_ limitClass: LimitClass) throws {
        let fixture = Fixture()
        var refused = 0

        for round in 0..<UInt64(12) {
            for attacker in UInt64(1)...3 {
                try fixture.flood([limitClass], from: network(attacker), round * 2_000..<round * 2_000 + 2_000)
            }
            for neighbour in 0..<UInt64(15)
            where try !fixture.admits(
                limitClass, IPAddress(v6: network(100 + round * 15 + neighbour), 1))
            { refused += 1 }
        }

        #expect(refused == 0)
    }

    @Test("a source that was admitted before a flood keeps its own bucket while the flood lasts")
    func earlierSources() throws {
        let fixture = Fixture()
        let office = IPAddress(v6: 0x2a02_0000_0001_0000, 1)
        #expect(try fixture.admits(.register, office))

        try fixture.flood([.register], from: network(1))

        let admitted = try (0..<10).count { _ in try fixture.admits(.register, office) }
        #expect(admitted == 4)
    }
}
