// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import Testing

@testable import AuthHTTP

@Suite("Table of rate limits") final class RateLimitTableTests {
    let start = Timestamp(seconds: 1_800_000_000)

    private static var limits: RateLimits {
        var limits = RateLimits()
        limits.rules = [.signIn: .init(3, per: .seconds(30)), .register: .init(3, per: .seconds(30))]
        return limits
    }

    private var table = RateLimitTable(
        limits, sizes: .init(networks: .init(sources: 64, neighbourhoods: 16, regions: 4), holders: 4))

    private static func v6(_ site: UInt64, _ number: UInt64 = 0, provider: UInt64 = 0x2001_0db8) -> LimitNetwork {
        LimitNetwork(sourceOf: IPAddress(v6: provider << 32 + site << 16 + number, 1))
    }

    private func take(
        _ source: LimitNetwork, _ limitClass: LimitClass = .signIn, at seconds: Int64 = 0,
        sharing: SharedBucket.Sharing = .alone
    ) -> RateLimitTable.Taking? {
        table.take(limitClass, .source(source), at: start + .seconds(seconds), sharing: sharing)
    }

    /// At whose bucket a request is counted.
    private func home(_ source: LimitNetwork, at seconds: Int64 = 0) -> String? {
        take(source, at: seconds)?.key.name
    }

    /// Fills three quarters of the places from as many neighbourhoods and regions.
    private func crowd(at seconds: Int64 = 0) {
        for number in 0..<UInt64(48) { _ = take(Self.v6(1, provider: 0x2a00_0000 + number), at: seconds) }
    }

    @Test("the networks around a source are a /48 and a /32, or a /24 and a /16")
    func networks() throws {
        let six = LimitNetwork(sourceOf: try #require(IPAddress("2001:db8:1:2:3::4")))
        let four = LimitNetwork(sourceOf: try #require(IPAddress("198.51.100.7")))

        #expect(
            [six, six.neighbourhood, six.region].map(\.description)
                == ["2001:db8:1:2::", "2001:db8:1::/48", "2001:db8::/32"])
        #expect(
            [four, four.neighbourhood, four.region].map(\.description)
                == ["198.51.100.7", "198.51.100.0/24", "198.51.0.0/16"])
        #expect(four.neighbourhood.region == four.region)
    }

    @Test("without a flood every source of a network has a bucket of its own")
    func uncrowded() {
        for number in 0..<UInt64(48) {
            #expect(home(Self.v6(1, number)) == "sign_in \(Self.v6(1, number))")
        }
    }

    @Test("in a flood a /48 gets no more than its share of places, and its other sources share a bucket")
    func shareOfNeighbourhood() {
        crowd()

        #expect(home(Self.v6(1, 1)) == "sign_in 2001:db8:1:1::")
        #expect(home(Self.v6(1, 2)) == "sign_in 2001:db8:1::/48")
        #expect(home(Self.v6(1, 1)) == "sign_in 2001:db8:1:1::", "a source that has a place keeps it")
        #expect(home(Self.v6(2, 1)) == "sign_in 2001:db8:2:1::")
    }

    @Test("in a flood a /32 gets no more than an eighth of the places")
    func shareOfRegion() {
        crowd()

        let homes = (1...9).map { home(Self.v6($0)) }

        #expect(homes.prefix(8).allSatisfy { $0?.contains("/") == false })
        #expect(homes.last == "sign_in 2001:db8:9::/48")
    }

    @Test("a /32 that fills the shared buckets of neighbourhoods gets one for all of it")
    func regions() {
        crowd()
        for site in 1...UInt64(100) { _ = take(Self.v6(site)) }

        #expect(home(Self.v6(101)) == "sign_in 2001:db8::/32")
        #expect(home(Self.v6(1, provider: 0x2a0a_0000)) == "sign_in 2a0a:0:1::", "others have places")
        // And where sources have none left, others have shared buckets of neighbourhoods.
        for number in 0..<UInt64(8) { _ = take(Self.v6(1, provider: 0x2a0b_0000 + number)) }
        #expect(home(Self.v6(1, provider: 0x2a0c_0000)) == "sign_in 2a0c:0:1::/48")
    }

    @Test("a full table counts new sources against their neighbourhood, and if those are full against their region")
    func full() {
        for number in 0..<UInt64(64) { _ = take(Self.v6(1, provider: 0x2a00_0000 + number)) }
        #expect(table.sourceCount(.signIn) == 64)
        #expect(home(Self.v6(1)) == "sign_in 2001:db8:1::/48")

        for number in 0..<UInt64(15) { _ = take(Self.v6(1, provider: 0x2c00_0000 + number)) }
        #expect(home(Self.v6(2)) == "sign_in 2001:db8::/32")
        // Regions have room in any case: none is refused for another.
        for number in 0..<UInt64(40) {
            #expect(take(Self.v6(1, provider: 0x2b00_0000 + number))?.answer.isAdmitted == true, "\(number)")
        }
    }

    @Test("shared buckets have 64 and 4,096 times the rate of one source")
    func rates() throws {
        crowd()
        for number in 0..<UInt64(4) { _ = take(Self.v6(1, number)) }
        let key = try #require(take(Self.v6(1, 4))?.key)
        #expect(key.name == "sign_in 2001:db8:1::/48")

        var admitted = 4
        while admitted < 1_000, take(Self.v6(1, 5))?.answer.isAdmitted == true { admitted += 1 }

        #expect(admitted == 3 * 64)
        #expect(take(Self.v6(1, 6))?.answer == .decided(.refused(retryAfter: .microseconds(156_250))))
        #expect(take(Self.v6(2, 6))?.answer.isAdmitted == true)
    }

    @Test("after a flood, sources have buckets of their own again")
    func afterwards() {
        crowd()
        for number in 0..<UInt64(4) { _ = take(Self.v6(1, number)) }
        #expect(home(Self.v6(1, 9)) == "sign_in 2001:db8:1::/48")

        // A token is regained in ten seconds.
        #expect(home(Self.v6(1, 9), at: 10) == "sign_in 2001:db8:1:9::")
        #expect(home(Self.v6(1, 10), at: 10) == "sign_in 2001:db8:1:a::")
    }

    @Test("a network has its whole share again when its places were emptied, also during a flood")
    func shareAgain() {
        crowd()
        for site in 1...UInt64(8) { _ = take(Self.v6(site)) }
        #expect(home(Self.v6(9)) == "sign_in 2001:db8:9::/48")

        crowd(at: 60)
        // Each newcomer has a few places looked at, so that these come to where the forgettable ones are.
        let homes = (10...30).map { home(Self.v6($0), at: 60) }

        #expect(homes.count { $0?.contains("/") == false } == 8, "\(homes)")
    }

    @Test("a bucket that is not full is never dropped, however many sources come")
    func memory() {
        let victim = Self.v6(7)
        for _ in 0..<3 { _ = take(victim) }

        for number in 0..<UInt64(5_000) { _ = take(Self.v6(number & 0xff + 100, number)) }

        #expect(take(victim)?.answer == .decided(.refused(retryAfter: .seconds(10))))
        #expect(table.sourceCount(.signIn) <= 64)
    }

    @Test("full buckets are dropped for new sources, a few at a time")
    func sweeping() {
        for number in 0..<UInt64(48) { _ = take(Self.v6(number, provider: 0x2a00_0000 + number)) }

        for number in 0..<UInt64(8) { _ = take(Self.v6(1, number), at: 60) }

        #expect(table.sourceCount(.signIn) <= 8)
    }

    @Test("classes have separate places")
    func classes() {
        for number in 0..<UInt64(5_000) { _ = take(Self.v6(number & 0xff, number), .register) }

        #expect(table.sourceCount(.signIn) == 0)
        #expect(home(Self.v6(1, 1)) == "sign_in 2001:db8:1:1::")
    }

    @Test("a bucket with unreported tokens keeps its place")
    func unreported() throws {
        for number in 0..<UInt64(64) {
            _ = take(Self.v6(1, provider: 0x2a00_0000 + number), sharing: .leased)
        }

        let key = try #require(take(Self.v6(1), at: 600, sharing: .leased)?.key)

        #expect(key.name == "sign_in 2001:db8:1::/48")
        #expect(table.isReportDue)
        #expect(table.beginReports(urgent: [], limit: 99).count == 65)
    }

    @Test("a shared bucket is settled with the store by its network and with its own rule")
    func settling() throws {
        for number in 0..<UInt64(64) { _ = take(Self.v6(1, provider: 0x2a00_0000 + number)) }
        let key = try #require(take(Self.v6(1), sharing: .leased)?.key)

        let reports = table.beginReports(urgent: [key], limit: 1)

        #expect(reports.map(\.key.name) == ["sign_in 2001:db8:1::/48"])
        #expect(reports.map(\.use.rule) == [TokenBucket.Rule(192, per: .seconds(30))])
        #expect(table.isBeingSettled(key))
        table.settled(reports[0], TokenBucket(fullAt: start + .seconds(30)))
        #expect(take(Self.v6(1), sharing: .leased)?.answer.isAdmitted == false, "another process has taken the rest")
    }

    @Test("a session is held to its own bucket, and all sessions of a user to four times that")
    func holders() {
        func admitted(_ session: UInt64) -> Int {
            let holder = LimitHolder(id: .init(high: 1, low: session), user: .init(high: 2, low: 0))
            return (0..<10).count { _ in
                self.table.take(.signIn, .holder(holder), at: start, sharing: .alone)?.answer.isAdmitted == true
            }
        }

        #expect((1...6).map { admitted($0) } == [3, 3, 3, 3, 0, 0])
    }

    @Test("the number of sessions with buckets is bounded, and no session is rejected for others")
    func manyHolders() {
        for number in 0..<UInt64(100) {
            let holder = LimitHolder(id: .init(high: 1, low: number), user: .init(high: 2, low: number))
            let answer = table.take(.signIn, .holder(holder), at: start, sharing: .leased)?.answer
            #expect(answer?.isAdmitted == true, "\(number)")
        }

        #expect(table.holderCount(.signIn) == 4)
        // What is evicted leaves nothing behind that a report would look for in vain.
        #expect(table.beginReports(urgent: [], limit: 99).count == 4)
        #expect(!table.isReportDue)
    }

    @Test("sources of a listed network may send a multiple, and the smallest network around a source counts")
    func multipliers() throws {
        var limits = Self.limits
        limits.multipliers = RateMultipliers([
            (try #require(IPNetwork("198.51.0.0/16")), 2), (try #require(IPNetwork("198.51.100.0/24")), 5),
            (try #require(IPNetwork("2001:db8::/32")), 3),
        ])
        table = RateLimitTable(limits)
        func admitted(_ address: String) throws -> Int {
            let source = LimitNetwork(sourceOf: try #require(IPAddress(address)))
            return (0..<100).count { _ in
                self.table.take(.signIn, .source(source), at: start, sharing: .alone)?.answer.isAdmitted == true
            }
        }

        #expect(try admitted("198.51.100.9") == 15)
        #expect(try admitted("198.51.99.9") == 6)
        #expect(try admitted("198.52.100.9") == 3)
        #expect(try admitted("2001:db8:9::1") == 9)
        #expect(try admitted("2001:db9::1") == 3)
        // A shared bucket has the multiple only where all of its sources have one.
        let office = LimitNetwork(sourceOf: try #require(IPAddress("198.51.100.9")))
        #expect(limits.multipliers.factor(for: office.neighbourhood) == 5)
        #expect(limits.multipliers.factor(for: office.region) == 2)
    }

    @Test("a table whose every place is taken needs no more than 34 MiB")
    func bytes() {
        #expect(RateLimitTable.Sizes().byteBound <= 34 << 20)
    }
}

extension SharedBucket.Answer {
    /// Whether the act is admitted.
    var isAdmitted: Bool {
        switch self {
        case .decided(.admitted): true
        case .decided(.refused), .mustSettle: false
        }
    }
}
