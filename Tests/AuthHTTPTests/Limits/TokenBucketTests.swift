// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@testable import AuthHTTP

@Suite("rate limits") struct TokenBucketTests {
    let rule = TokenBucket.Rule(3, per: .seconds(30))
    let start = Timestamp(seconds: 1_800_000_000)

    @Test("a full bucket admits its capacity at once, then one act per interval")
    func pace() {
        var bucket = TokenBucket()

        let first = (0..<4).map { _ in bucket.take(at: start, under: rule) }

        #expect(
            first == [
                .admitted(remaining: 2), .admitted(remaining: 1), .admitted(remaining: 0),
                .refused(retryAfter: .seconds(10)),
            ])
        #expect(
            bucket.take(at: start + .microseconds(9_999_999), under: rule) == .refused(retryAfter: .microseconds(1)))
        #expect(bucket.take(at: start + .seconds(10), under: rule) == .admitted(remaining: 0))
        #expect(bucket.take(at: start + .seconds(10), under: rule) == .refused(retryAfter: .seconds(10)))
    }

    @Test("refused acts cost nothing")
    func refusalsAreFree() {
        var bucket = TokenBucket()
        for _ in 0..<100 { _ = bucket.take(at: start, under: rule) }

        #expect(bucket.take(at: start + .seconds(10), under: rule) == .admitted(remaining: 0))
    }

    @Test("a clock that steps back an hour does not shut anybody out for an hour")
    func clockStepsBack() {
        var bucket = TokenBucket()
        for _ in 0..<3 { _ = bucket.take(at: start, under: rule) }
        let earlier = start - .seconds(3_600)

        #expect(bucket.take(at: earlier, under: rule) == .refused(retryAfter: .seconds(10)))
        #expect(bucket.take(at: earlier + .seconds(10), under: rule) == .admitted(remaining: 0))
    }

    @Test("a bucket is full again after its period, and not before")
    func fills() {
        var bucket = TokenBucket()
        for _ in 0..<3 { _ = bucket.take(at: start, under: rule) }

        #expect(!bucket.isFull(at: start + .microseconds(29_999_999)))
        #expect(bucket.isFull(at: start + .seconds(30)))
    }

    @Test("a crowded table never forgets a bucket that is not full")
    func evictionDoesNotReset() throws {
        var table = RateLimitTable(capacity: 4, slots: 2)
        let victim = key("192.0.2.1")
        for _ in 0..<3 { _ = take(victim, from: &table) }

        for index in 0..<200 { _ = take(key("198.51.100.\(index)"), from: &table) }

        #expect(take(victim, from: &table) == .decided(.refused(retryAfter: .seconds(10))))
        #expect(table.count == 4)
    }

    @Test("sources beyond the table's capacity are limited all the same")
    func overflowIsLimited() {
        var table = RateLimitTable(capacity: 0, slots: 1)

        let outcomes = (0..<4).map { take(key("198.51.100.\($0)"), from: &table) }

        #expect(outcomes.last == .decided(.refused(retryAfter: .seconds(10))))
    }

    @Test("full buckets make room")
    func sweep() {
        var table = RateLimitTable(capacity: 4, slots: 1)
        for index in 0..<4 { _ = take(key("198.51.100.\(index)"), from: &table) }

        _ = take(key("192.0.2.1"), from: &table, at: 60)

        #expect(table.count == 1)
    }

    // Behaviour H117
    @Test("an unknown source is refused rather than sharing one bucket with all others")
    func unknownSource() {
        let limiter = RateLimiter(limits: RateLimits(), now: { Timestamp(seconds: 1_800_000_000) })
        let nobody = ClientAddress(peer: nil, values: [], trust: ProxyTrust(), isForwarded: false)

        #expect(throws: Refusal(.forbidden)) { try limiter.admit(.signIn, from: nobody) }
    }

    @Test("a crowded table keeps a bucket of which the store does not know all")
    func unreported() {
        var table = RateLimitTable(capacity: 1, slots: 1)
        _ = table.take(key("192.0.2.1"), at: start, under: rule, sharing: .leased)

        _ = table.take(key("192.0.2.2"), at: start + .seconds(60), under: rule, sharing: .leased)

        #expect(table.isReportDue)
        #expect(table.beginReports(urgent: [], limit: 9) { _ in rule }.map(\.key) == [key("192.0.2.1")])
    }

    private func take(
        _ key: RateLimitTable.Key, from table: inout RateLimitTable, at seconds: Int64 = 0
    ) -> SharedBucket.Answer {
        table.take(key, at: start + .seconds(seconds), under: rule, sharing: .alone)
    }

    private func key(_ address: String) -> RateLimitTable.Key {
        RateLimitTable.Key(limitClass: .signIn, source: IPAddress(address) ?? IPAddress(v4: 0))
    }
}
