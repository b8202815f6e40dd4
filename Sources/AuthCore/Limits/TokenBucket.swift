// SPDX-License-Identifier: Apache-2.0

/// A bucket that holds a limited number of tokens, gains one at a steady pace and gives one to each admitted request.
///
/// The whole state is one instant: when the bucket will be full again. A bucket that is full now is therefore the same
/// as one that was never used, and may be forgotten.
public struct TokenBucket: Hashable, Sendable {
    /// How much a bucket holds and how fast it fills.
    public struct Rule: Hashable, Sendable {
        /// The tokens of a full bucket: how many requests may follow each other at once.
        ///
        /// At least 1.
        public let capacity: Int
        /// The time in which one token is gained.
        ///
        /// At least a microsecond.
        public let interval: Duration

        /// Admits `capacity` requests at once, and as many more in each `period` as they are regained.
        public init(_ capacity: Int, per period: Duration) {
            self.capacity = min(max(capacity, 1), Self.largestCapacity)
            self.interval = max(period / self.capacity, .microseconds(1))
        }

        private init(capacity: Int, interval: Duration) {
            self.capacity = min(max(capacity, 1), Self.largestCapacity)
            self.interval = max(interval, .microseconds(1))
        }

        /// The rule of a bucket that many share: so many times the capacity, and tokens gained so many times as fast.
        ///
        /// The interval is rounded up to whole microseconds and is at least one, and the capacity is at most
        /// ``largestCapacity``, so a bucket that is large already gains less than asked. A factor below 1 counts as 1.
        public func multiplied(by factor: Int) -> Rule {
            let factor = Int64(max(factor, 1))
            let (product, overflow) = Int64(capacity).multipliedReportingOverflow(by: factor)
            let interval = interval.microseconds.dividedRoundingUp(by: factor)
            return Rule(
                capacity: overflow ? Self.largestCapacity : Int(product), interval: .microseconds(interval))
        }

        /// The most tokens that any bucket holds.
        public static let largestCapacity = 1_000_000

        /// The time in which an empty bucket becomes full.
        var wholePeriod: Duration { interval * capacity }
    }

    /// The outcome for one request.
    public enum Outcome: Hashable, Sendable {
        /// It is admitted; so many more could follow at once.
        case admitted(remaining: Int)
        /// It is rejected; after this time one would be admitted.
        case refused(retryAfter: Duration)
    }

    /// When the bucket will be full.
    public private(set) var fullAt: Timestamp

    /// A full bucket.
    public init() {
        fullAt = Timestamp(microseconds: .min)
    }

    /// A bucket that will be full at an instant.
    public init(fullAt: Timestamp) {
        self.fullAt = fullAt
    }

    /// Whether the bucket is full, so that forgetting it changes nothing.
    public func isFull(at now: Timestamp) -> Bool {
        fullAt <= now
    }

    /// Takes a token, if there is one.
    ///
    /// A clock that steps back, by however much, at most makes the bucket look empty.
    public mutating func take(at now: Timestamp, under rule: Rule) -> Outcome {
        take(at: now, under: rule, debt: .zero)
    }

    /// Takes a token if there is one, from a bucket that may owe some.
    mutating func take(at now: Timestamp, under rule: Rule, debt: Duration) -> Outcome {
        self = believed(at: now, under: rule, debt: debt)
        let next = max(fullAt, now) + rule.interval
        let excess = next - now - rule.wholePeriod
        guard excess <= .zero else { return .refused(retryAfter: excess) }
        fullAt = next
        let remaining = rule.capacity - Int((next - now).microseconds.dividedRoundingUp(by: rule.interval.microseconds))
        return .admitted(remaining: max(0, remaining))
    }

    /// The bucket, or an empty one where it owes more than it can: it was written by a clock that has been set back
    /// since.
    func believed(at now: Timestamp, under rule: Rule, debt: Duration) -> TokenBucket {
        fullAt > now + rule.wholePeriod + debt ? TokenBucket(fullAt: now + rule.wholePeriod) : self
    }
}

extension Int64 {
    fileprivate func dividedRoundingUp(by divisor: Int64) -> Int64 {
        self / divisor + (self % divisor > 0 ? 1 : 0)
    }
}
