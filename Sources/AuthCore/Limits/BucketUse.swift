// SPDX-License-Identifier: Apache-2.0

/// What one process took from a shared bucket since it last settled with the store.
public struct BucketUse: Hashable, Sendable {
    /// The bucket's rule.
    public let rule: TokenBucket.Rule
    /// How many tokens were taken; at least 1.
    public let count: Int
    /// From when on they count: when the first was taken, or when the bucket would have been full before it.
    public let from: Timestamp
    /// When the bucket would be full again, had no other process taken tokens.
    public let until: Timestamp

    /// How late a use may reach the store.
    ///
    /// A bucket is kept for as long after it is full: a late use belongs before the tokens that others took since, and
    /// would find no bucket to be added to.
    public static let longestDelay = Duration.seconds(600)

    /// Describes a use; `from` is moved back where the clock was set back, as each token takes an interval to regain.
    public init(rule: TokenBucket.Rule, count: Int, from: Timestamp, until: Timestamp) {
        self.rule = rule
        self.count = max(count, 1)
        self.from = min(from, until - rule.interval * self.count)
        self.until = until
    }

    /// The store's bucket with this use.
    ///
    /// If no other process took tokens since `from`, it is exactly what this process has seen. Otherwise the order of
    /// these tokens and those of others is unknown, and of two bounds, neither of which is ever more lenient than the
    /// true order, the milder counts: these after those of the others, with the pauses between them, or all of them
    /// now.
    ///
    /// A stored bucket that owes more than it can counts as empty: it was written by a clock that has been set back
    /// since.
    public func applied(to stored: TokenBucket, at now: Timestamp) -> TokenBucket {
        let stored = stored.believed(at: now, under: rule, debt: rule.deepestDebt).fullAt
        let afterOthers = max(stored, from) + (until - from)
        let allNow = max(stored, now) + rule.interval * count
        let limit = now + rule.wholePeriod + rule.deepestDebt
        return TokenBucket(fullAt: min(afterOthers, allNow, limit))
    }
}

/// A use of the bucket of one source.
public struct SourceUse: Hashable, Sendable {
    /// A keyed digest of the bucket's source, of 32 octets, which reveals nothing to a reader of the store.
    public let key: [UInt8]
    /// The tokens that were taken.
    public let use: BucketUse

    /// Describes a use.
    public init(key: [UInt8], use: BucketUse) {
        self.key = key
        self.use = use
    }
}
