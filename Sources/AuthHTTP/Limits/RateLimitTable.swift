// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The buckets of all sources in bounded memory.
///
/// A bucket leaves the table only when it is full, because then nothing is lost. Were the oldest dropped instead, an
/// attacker with many addresses could push out, and so refill, the bucket of the one that matters. When there is no room,
/// sources without a bucket of their own share a fixed number of slots, chosen by a hash that is keyed per process: that
/// is stricter for some of them, and never more lenient for any.
struct RateLimitTable {
    struct Key: Hashable {
        let limitClass: LimitClass
        let source: IPAddress
    }

    private let capacity: Int
    private var buckets: [Key: TokenBucket] = [:]
    private var shared: [TokenBucket?]
    private var nextSweep = Timestamp(microseconds: .min)

    init(capacity: Int = 65_536, sharedSlots: Int = 16_384) {
        self.capacity = capacity
        self.shared = Array(repeating: nil, count: max(1, sharedSlots))
    }

    /// The number of sources that have a bucket of their own.
    var count: Int { buckets.count }

    mutating func take(_ key: Key, at now: Timestamp, under rule: TokenBucket.Rule) -> TokenBucket.Outcome {
        if var bucket = buckets[key] {
            let outcome = bucket.take(at: now, under: rule)
            buckets[key] = bucket
            return outcome
        }
        sweepIfCrowded(at: now)
        var bucket = TokenBucket()
        guard buckets.count >= capacity else {
            let outcome = bucket.take(at: now, under: rule)
            buckets[key] = bucket
            return outcome
        }
        // `hashValue` is seeded at random in each process, so nobody can choose whom to share a slot with.
        let slot = Int(UInt(bitPattern: key.hashValue) % UInt(shared.count))
        bucket = shared[slot] ?? TokenBucket()
        let outcome = bucket.take(at: now, under: rule)
        shared[slot] = bucket
        return outcome
    }

    /// Drops full buckets, at most once a second so that a crowded table does not make each request slow.
    private mutating func sweepIfCrowded(at now: Timestamp) {
        guard buckets.count >= capacity, now >= nextSweep else { return }
        nextSweep = now + .seconds(1)
        buckets = buckets.filter { !$0.value.isFull(at: now) }
    }
}
