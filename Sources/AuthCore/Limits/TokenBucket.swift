// SPDX-License-Identifier: Apache-2.0

/// A bucket that holds at most some tokens, gains one at a steady pace and gives one to each admitted act.
///
/// The whole state is one instant: when the bucket will be full again. A bucket that is full now is therefore the same
/// as one that was never used, and may be forgotten.
public struct TokenBucket: Hashable, Sendable {
    /// How much a bucket holds and how fast it fills.
    public struct Rule: Hashable, Sendable {
        /// The tokens of a full bucket: how many acts may follow each other at once.
        ///
        /// At least 1.
        public let capacity: Int
        /// The time in which one token is gained.
        ///
        /// At least a microsecond.
        public let interval: Duration

        /// Admits `capacity` acts in any stretch of `period`, of which all may come at once.
        public init(_ capacity: Int, per period: Duration) {
            self.capacity = min(max(capacity, 1), 1_000_000)
            self.interval = max(period / self.capacity, .microseconds(1))
        }
    }

    /// What became of an act.
    public enum Outcome: Hashable, Sendable {
        /// It may proceed; so many more could follow at once.
        case admitted(remaining: Int)
        /// It may not; after this time one could.
        case refused(retryAfter: Duration)
    }

    /// When the bucket will be full.
    public private(set) var fullAt: Timestamp

    /// A full bucket.
    public init() {
        fullAt = Timestamp(microseconds: .min)
    }

    /// Whether the bucket is full, so that forgetting it changes nothing.
    public func isFull(at now: Timestamp) -> Bool {
        fullAt <= now
    }

    /// Takes a token if there is one.
    ///
    /// A clock that steps back, by however much, makes the bucket look empty at most.
    public mutating func take(at now: Timestamp, under rule: Rule) -> Outcome {
        let wholePeriod = rule.interval * rule.capacity
        fullAt = min(fullAt, now + wholePeriod)
        let next = max(fullAt, now) + rule.interval
        let excess = next - now - wholePeriod
        guard excess <= .zero else { return .refused(retryAfter: excess) }
        fullAt = next
        let remaining = rule.capacity - Int((next - now).microseconds.dividedRoundingUp(by: rule.interval.microseconds))
        return .admitted(remaining: max(0, remaining))
    }
}

extension Int64 {
    fileprivate func dividedRoundingUp(by divisor: Int64) -> Int64 {
        self / divisor + (self % divisor > 0 ? 1 : 0)
    }
}
