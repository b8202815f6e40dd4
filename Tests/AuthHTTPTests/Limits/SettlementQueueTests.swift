// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import Testing

@testable import AuthHTTP

@Suite("Settling limits with the store") final class SettlementQueueTests {
    static let start = Timestamp(seconds: 1_800_000_000)
    static let rule = TokenBucket.Rule(10, per: .seconds(60))

    /// Waiters are numbers here.
    private var queue = SettlementQueue<Int>(table: RateLimitTable(limits))

    private static var limits: RateLimits {
        var limits = RateLimits()
        limits.rules = [.signIn: rule]
        return limits
    }

    @Test("a request beyond the lease begins a settlement, and others of its bucket wait for the same")
    func together() throws {
        let key = Self.key(1)
        exhaustLease(key)

        let reports = try Self.begun(queue.wait(1, for: key, at: Self.start))
        try Self.later(queue.wait(2, for: key, at: Self.start))
        #expect(reports.map(\.use.count) == [2])

        let followUp = queue.ended(reports, with: [TokenBucket()], at: Self.start)
        #expect(followUp.woken == [1, 2])
        #expect(followUp.reports.isEmpty)
        #expect(queue.counts == SettlementCounts(settled: 1, failed: 0, unsettled: 0))
    }

    @Test("a request that is too late for a settlement is in the next")
    func latecomers() throws {
        exhaustLease(Self.key(1))
        let first = try Self.begun(queue.wait(1, for: Self.key(1), at: Self.start))
        exhaustLease(Self.key(2))
        try Self.later(queue.wait(2, for: Self.key(2), at: Self.start))
        #expect(queue.begin().map(\.key) == [], "one at a time")

        let followUp = queue.ended(first, with: [TokenBucket()], at: Self.start)
        #expect(followUp.woken == [1])
        #expect(followUp.reports.map(\.key) == [Self.key(2)])

        #expect(queue.ended(followUp.reports, with: [TokenBucket()], at: Self.start).woken == [2])
    }

    @Test("a settlement includes the reports of other buckets")
    func company() throws {
        exhaustLease(Self.key(1))
        _ = take(Self.key(2), at: Self.start)

        let reports = try Self.begun(queue.wait(1, for: Self.key(1), at: Self.start))

        #expect(reports.map(\.key) == [Self.key(1), Self.key(2)])
        #expect(!queue.isReportDue)
    }

    @Test("after a failure the process decides alone for a second, and everything is reported again")
    func failure() throws {
        let key = Self.key(1)
        exhaustLease(key)
        let reports = try Self.begun(queue.wait(1, for: key, at: Self.start))
        try Self.later(queue.wait(2, for: Self.key(2), at: Self.start))

        #expect(queue.ended(reports, with: nil, at: Self.start).woken == [1, 2])

        let soon = Self.start + .milliseconds(999)
        #expect(take(key, at: soon) == .decided(.admitted(remaining: 7)))
        try Self.over(queue.wait(3, for: key, at: soon))
        #expect(queue.counts == SettlementCounts(settled: 0, failed: 1, unsettled: 1))
        #expect(queue.isReportDue)
        let later = Self.start + .seconds(1)
        #expect(take(key, at: later) == .mustSettle)
        #expect(queue.begin().map(\.use.count) == [3])
    }

    @Test("an answer of the wrong length is a failure")
    func mismatch() throws {
        exhaustLease(Self.key(1))
        let reports = try Self.begun(queue.wait(1, for: Self.key(1), at: Self.start))

        #expect(queue.ended(reports, with: [], at: Self.start).woken == [1])
        #expect(queue.counts.failed == 1)
    }

    @Test("requests do not wait for a settlement that takes too long, until it has ended")
    func overdue() throws {
        let key = Self.key(1)
        exhaustLease(key)
        let reports = try Self.begun(queue.wait(1, for: key, at: Self.start))
        try Self.later(queue.wait(2, for: Self.key(2), at: Self.start))

        #expect(queue.becameOverdue() == [1, 2])

        #expect(queue.becameOverdue() == [])
        #expect(take(key, at: Self.start) == .decided(.admitted(remaining: 7)))
        try Self.over(queue.wait(3, for: key, at: Self.start))
        let stored = try #require(reports.first).use.applied(to: TokenBucket(), at: Self.start)
        #expect(queue.ended(reports, with: [stored], at: Self.start).woken == [])
        #expect(take(key, at: Self.start) == .decided(.admitted(remaining: 6)))
        #expect(take(key, at: Self.start) == .mustSettle)
    }

    @Test("a settlement has a limited number of buckets")
    func batches() {
        let batch = SettlementQueue<Int>.batch
        for number in 0..<(batch + 10) { _ = take(Self.key(number), at: Self.start) }

        let first = queue.begin()
        _ = queue.ended(first, with: first.map { $0.use.applied(to: TokenBucket(), at: Self.start) }, at: Self.start)
        let second = queue.begin()

        #expect([first.count, second.count] == [batch, 10])
        #expect(Set((first + second).map(\.key)).count == batch + 10)
    }

    @Test("a request that finds the batch full keeps its place in the queue")
    func order() throws {
        let batch = SettlementQueue<Int>.batch
        exhaustLease(Self.key(0))
        let first = try Self.begun(queue.wait(0, for: Self.key(0), at: Self.start))
        for number in 1...batch + 2 {
            exhaustLease(Self.key(number))
            try Self.later(queue.wait(number, for: Self.key(number), at: Self.start))
        }

        let second = queue.ended(first, with: [TokenBucket()], at: Self.start)
        exhaustLease(Self.key(9_999))
        try Self.later(queue.wait(9_999, for: Self.key(9_999), at: Self.start))
        let third = queue.ended(
            second.reports, with: second.reports.map { _ in TokenBucket() }, at: Self.start)

        #expect(second.woken == [0])
        #expect(second.reports.count == batch)
        #expect(third.woken == Array(1...batch))
        #expect(third.reports.map(\.key) == [batch + 1, batch + 2, 9_999].map(Self.key))
    }

    // MARK: Shorthand

    private static func key(_ number: Int) -> RateLimitTable.Key {
        RateLimitTable.Key(limitClass: .signIn, owner: .network(LimitNetwork(sourceOf: IPAddress(v4: UInt32(number)))))
    }

    private func take(_ key: RateLimitTable.Key, at now: Timestamp) -> SharedBucket.Answer? {
        guard case .network(let source) = key.owner else { return nil }
        return queue.take(.signIn, .source(source), at: now)?.answer
    }

    private func exhaustLease(_ key: RateLimitTable.Key) {
        for _ in 0..<Self.rule.lease { _ = take(key, at: Self.start) }
    }

    private static func begun(_ waiting: SettlementQueue<Int>.Waiting) throws -> [RateLimitTable.Report] {
        guard case .begin(let reports) = waiting else { throw Unexpected() }
        return reports
    }

    private static func later(_ waiting: SettlementQueue<Int>.Waiting) throws {
        guard case .later = waiting else { throw Unexpected() }
    }

    private static func over(_ waiting: SettlementQueue<Int>.Waiting) throws {
        guard case .over = waiting else { throw Unexpected() }
    }

    struct Unexpected: Error {}
}
