// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Buckets that processes share") struct SharedBucketTests {
    static let start = Timestamp(seconds: 1_800_000_000)
    let rule = TokenBucket.Rule(10, per: .seconds(60))

    struct Lease: Sendable, CustomTestStringConvertible {
        let capacity: Int
        let lease: Int
        var testDescription: String { "\(capacity)" }
    }

    @Test(
        "the lease is a quarter of the capacity, and at least one",
        arguments: [
            Lease(capacity: 1, lease: 1), Lease(capacity: 5, lease: 1), Lease(capacity: 10, lease: 2),
            Lease(capacity: 60, lease: 15), Lease(capacity: 120, lease: 30), Lease(capacity: 300, lease: 75),
        ])
    func leases(_ sample: Lease) {
        #expect(TokenBucket.Rule(sample.capacity, per: .seconds(60)).lease == sample.lease)
    }

    @Test("a process admits its lease, then must settle")
    func edge() {
        var bucket = SharedBucket()

        let answers = (0..<3).map { _ in bucket.take(at: Self.start, under: rule, sharing: .leased) }

        #expect(
            answers == [
                .decided(.admitted(remaining: 9)), .decided(.admitted(remaining: 8)), .mustSettle,
            ])
        #expect(bucket.isUnreported)
    }

    @Test("a report counts against the lease until it has arrived")
    func underWay() throws {
        var bucket = taken(2)

        let report = bucket.beginReport(under: rule)
        let use = try #require(report)

        #expect(use == BucketUse(rule: rule, count: 2, from: Self.start, until: Self.start + .seconds(12)))
        #expect(bucket.isBeingSettled && !bucket.isUnreported)
        #expect(bucket.take(at: Self.start, under: rule, sharing: .leased) == .mustSettle)
        #expect(bucket.beginReport(under: rule) == nil, "one report at a time")
        bucket.settled(use.applied(to: TokenBucket(), at: Self.start))
        #expect(bucket.take(at: Self.start, under: rule, sharing: .leased) == .decided(.admitted(remaining: 7)))
    }

    @Test("settling takes over the tokens of other processes, and keeps those taken meanwhile")
    func learning() throws {
        var bucket = taken(1)
        let report = bucket.beginReport(under: rule)
        let use = try #require(report)
        _ = bucket.take(at: Self.start, under: rule, sharing: .leased)

        // Others have taken seven.
        bucket.settled(use.applied(to: TokenBucket(fullAt: Self.start + .seconds(42)), at: Self.start))

        #expect(bucket.take(at: Self.start, under: rule, sharing: .leased) == .decided(.admitted(remaining: 0)))
        #expect(
            bucket.take(at: Self.start, under: rule, sharing: .leased) == .decided(.refused(retryAfter: .seconds(6))))
    }

    @Test("an empty view rejects without settling, until the debt is regained")
    func debt() throws {
        var bucket = taken(2)
        let report = bucket.beginReport(under: rule)
        let use = try #require(report)
        // Others have taken everything.
        bucket.settled(use.applied(to: TokenBucket(fullAt: Self.start + .seconds(60)), at: Self.start))

        #expect(
            bucket.take(at: Self.start, under: rule, sharing: .leased) == .decided(.refused(retryAfter: .seconds(18))))
        let last = Self.start + .seconds(18)
        #expect(
            bucket.take(at: last - .microseconds(1), under: rule, sharing: .leased)
                == .decided(.refused(retryAfter: .microseconds(1))))
        #expect(bucket.take(at: last, under: rule, sharing: .leased) == .decided(.admitted(remaining: 0)))
    }

    @Test("a failed report is repeated, with the tokens taken meanwhile")
    func failure() throws {
        var bucket = taken(1)
        _ = bucket.beginReport(under: rule)
        _ = bucket.take(at: Self.start + .seconds(1), under: rule, sharing: .leased)

        bucket.reportFailed()

        #expect(bucket.take(at: Self.start, under: rule, sharing: .leased) == .mustSettle)
        let again = bucket.beginReport(under: rule)
        #expect(again == BucketUse(rule: rule, count: 2, from: Self.start, until: Self.start + .seconds(12)))
    }

    @Test("while the store does not answer, the view decides, and keeps the tokens to report")
    func silence() throws {
        var bucket = SharedBucket()

        let answers = (0..<11).map { _ in bucket.take(at: Self.start, under: rule, sharing: .unsettled) }

        #expect(answers.last == .decided(.refused(retryAfter: .seconds(6))))
        let report = bucket.beginReport(under: rule)
        #expect(report?.count == 10)
    }

    @Test("a bucket may be forgotten only when it is full and fully reported")
    func forgetting() throws {
        var bucket = taken(1)
        let later = Self.start + .seconds(100)
        #expect(!bucket.isForgettable(at: later), "the store does not know of the token")

        let report = bucket.beginReport(under: rule)
        let use = try #require(report)
        #expect(!bucket.isForgettable(at: later), "the report has not arrived")

        bucket.settled(use.applied(to: TokenBucket(), at: Self.start))
        #expect(!bucket.isForgettable(at: Self.start + .seconds(5)), "it is not full")
        #expect(bucket.isForgettable(at: Self.start + .seconds(6)))
    }

    @Test("a clock that is set back at most empties a shared bucket that owes more than it can")
    func clockStepsBack() throws {
        var bucket = taken(2)
        let earlier = Self.start - .seconds(3_600)
        #expect(bucket.take(at: earlier, under: rule, sharing: .leased) == .decided(.refused(retryAfter: .seconds(6))))

        let report = bucket.beginReport(under: rule)
        let use = try #require(report)
        let stored = TokenBucket(fullAt: Self.start + .seconds(3_600))
        #expect(use.applied(to: stored, at: earlier).fullAt <= earlier + .seconds(72))
    }

    private func taken(_ count: Int) -> SharedBucket {
        var bucket = SharedBucket()
        for _ in 0..<count { _ = bucket.take(at: Self.start, under: rule, sharing: .leased) }
        return bucket
    }
}
