// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// B1 to B3: the rate limit buckets of sources.
enum SourceLimitChecks {
    static let all: [StoreCheck] = [
        StoreCheck("B1", "a bucket that is not stored is full", on: first),
        StoreCheck("B1", "settled uses add up as the rule says, separately for each bucket", on: sequence),
        StoreCheck("B1", "a key that is named twice counts twice", on: repeated),
        StoreCheck("B1", "settling no uses returns no buckets", on: nothing),
        StoreCheck("B2", "concurrent settlements both count", on: concurrent),
        StoreCheck("B2", "concurrent settlements in different orders do not deadlock", on: crossed),
        StoreCheck("B3", "settling leaves no trace in log and feed", on: silence),
        StoreCheck(
            "A8", "a bucket is purged once it has been full for as long as a use may be late, and not before",
            on: purging),
    ]

    private static let rule = TokenBucket.Rule(10, per: .seconds(60))
    private static let one = [UInt8](repeating: 1, count: 32)
    private static let other = [UInt8](repeating: 2, count: 32)

    /// A use of `count` tokens, the first of them taken at `seconds` from a bucket that seemed full.
    private static func use(_ key: [UInt8], _ count: Int, at seconds: Int64 = 0) -> SourceUse {
        let from = StoreUnderTest.start + .seconds(seconds)
        return SourceUse(
            key: key, use: BucketUse(rule: rule, count: count, from: from, until: from + rule.interval * count))
    }

    private static func full(at seconds: Int64) -> TokenBucket {
        TokenBucket(fullAt: StoreUnderTest.start + .seconds(seconds))
    }

    private static func first(_ test: StoreUnderTest) async throws {
        let buckets = try await test.store.settle([use(one, 3)], at: test.context().now)
        try requireEqual(buckets, [full(at: 18)], "the bucket")
    }

    private static func sequence(_ test: StoreUnderTest) async throws {
        var expected = TokenBucket()
        for second in Int64(0)..<6 {
            let use = use(one, Int(second) + 1, at: second)
            let now = test.context(second).now
            expected = use.use.applied(to: expected, at: now)
            try requireEqual(try await test.store.settle([use], at: now), [expected], "after use \(second + 1)")
        }
        let now = test.context(5).now
        let both = try await test.store.settle([use(other, 1, at: 5), use(one, 1, at: 5)], at: now)
        try requireEqual(both.first, full(at: 11), "the bucket of another")
        try requireEqual(both.last, use(one, 1, at: 5).use.applied(to: expected, at: now), "the bucket beside it")
    }

    private static func repeated(_ test: StoreUnderTest) async throws {
        let buckets = try await test.store.settle([use(one, 2), use(other, 1), use(one, 3)], at: test.context().now)
        try requireEqual(buckets, [full(at: 30), full(at: 6), full(at: 30)], "the buckets")
    }

    private static func nothing(_ test: StoreUnderTest) async throws {
        try requireEqual(try await test.store.settle([], at: test.context().now), [], "the buckets")
    }

    private static func concurrent(_ test: StoreUnderTest) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask { _ = try await test.store.settle([use(one, 1)], at: test.context().now) }
            }
            try await group.waitForAll()
        }
        let buckets = try await test.store.settle([use(one, 1)], at: test.context().now)
        try requireEqual(buckets, [full(at: 66)], "the bucket after eleven")
    }

    private static func crossed(_ test: StoreUnderTest) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<10 {
                let uses = [use(one, 1), use(other, 1)]
                group.addTask {
                    _ = try await test.store.settle(
                        round.isMultiple(of: 2) ? uses : uses.reversed(), at: test.context().now)
                }
            }
            try await group.waitForAll()
        }
        let buckets = try await test.store.settle([use(one, 1), use(other, 1)], at: test.context().now)
        try requireEqual(buckets, [full(at: 66), full(at: 66)], "the buckets after eleven")
    }

    private static func silence(_ test: StoreUnderTest) async throws {
        _ = try await test.store.settle([use(one, 3)], at: test.context().now)
        try requireEqual(try await test.audit(), [], "the audit log")
        try requireEqual(try await test.feed(), [], "the change feed")
    }

    private static func purging(_ test: StoreUnderTest) async throws {
        let now = test.context().now
        func purge(at instant: Timestamp) async throws(StoreError) -> Int {
            try await test.store.purge(
                expiredAt: instant + BucketUse.longestDelay, endedBefore: now, limit: 100)
        }
        _ = try await test.store.settle([use(one, 3)], at: now)

        let early = try await purge(at: now + .seconds(18) - .microseconds(1))
        try requireEqual(early, 0, "the rows removed just before")
        let kept = try await test.store.settle([use(one, 1)], at: now)
        try requireEqual(kept, [full(at: 24)], "the bucket that was kept")
        let removed = try await purge(at: now + .seconds(24))
        try requireEqual(removed, 1, "the rows removed")
        let fresh = try await test.store.settle([use(one, 1)], at: now)
        try requireEqual(fresh, [full(at: 6)], "the bucket after it was removed")
    }
}
