// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The buckets of all sources in bounded memory.
///
/// A bucket leaves the table only when it is full and the store knows of all that was taken from it, because then nothing
/// is lost. Were the oldest dropped instead, an attacker with many addresses could push out, and so refill, the bucket of
/// the one that matters. When there is no room, sources without a bucket of their own share a fixed number of slots, chosen
/// by a hash that is keyed per process: that is stricter for some of them, and never more lenient for any. Slots are this
/// process's alone.
struct RateLimitTable {
    struct Key: Hashable {
        let limitClass: LimitClass
        let source: IPAddress

        /// The same in every process.
        var name: String { "\(limitClass.rawValue) \(source)" }
    }

    /// What is to be told to the store about one bucket.
    struct Report {
        let key: Key
        let use: BucketUse
    }

    private let capacity: Int
    private var buckets: [Key: SharedBucket] = [:]
    private var slots: [TokenBucket?]
    /// The buckets from which something was taken that is in no report.
    private var due: Set<Key> = []
    private var nextSweep = Timestamp(microseconds: .min)

    init(capacity: Int = 65_536, slots: Int = 16_384) {
        self.capacity = capacity
        self.slots = Array(repeating: nil, count: max(1, slots))
    }

    /// The number of sources that have a bucket of their own.
    var count: Int { buckets.count }

    /// Whether there is anything to report.
    var isReportDue: Bool { !due.isEmpty }

    mutating func take(
        _ key: Key, at now: Timestamp, under rule: TokenBucket.Rule, sharing: SharedBucket.Sharing
    ) -> SharedBucket.Answer {
        if let index = buckets.index(forKey: key) {
            let wasUnreported = buckets.values[index].isUnreported
            let answer = buckets.values[index].take(at: now, under: rule, sharing: sharing)
            if !wasUnreported, buckets.values[index].isUnreported { due.insert(key) }
            return answer
        }
        sweepIfCrowded(at: now)
        guard buckets.count >= capacity else {
            var bucket = SharedBucket()
            let answer = bucket.take(at: now, under: rule, sharing: sharing)
            buckets[key] = bucket
            if bucket.isUnreported { due.insert(key) }
            return answer
        }
        // `hashValue` is seeded at random in each process, so nobody can choose whom to share a slot with.
        let slot = Int(UInt(bitPattern: key.hashValue) % UInt(slots.count))
        var bucket = slots[slot] ?? TokenBucket()
        let outcome = bucket.take(at: now, under: rule)
        slots[slot] = bucket
        return .decided(outcome)
    }

    /// Whether a report about the bucket is under way.
    func isBeingSettled(_ key: Key) -> Bool {
        buckets[key]?.isBeingSettled ?? false
    }

    /// Begins reports about some buckets and, as far as there is room, about any others that are due.
    mutating func beginReports(
        urgent: [Key], limit: Int, rule: (LimitClass) -> TokenBucket.Rule?
    ) -> [Report] {
        var reports: [Report] = []
        // The ones that are due are copied out first, as they leave the set on the way.
        for key in urgent + Array(due.prefix(limit)) {
            guard reports.count < limit else { break }
            guard let rule = rule(key.limitClass), let index = buckets.index(forKey: key),
                let use = buckets.values[index].beginReport(under: rule)
            else { continue }
            due.remove(key)
            reports.append(Report(key: key, use: use))
        }
        return reports
    }

    /// Takes over the store's bucket, with what was reported.
    mutating func settled(_ report: Report, _ stored: TokenBucket) {
        guard let index = buckets.index(forKey: report.key) else { return }
        buckets.values[index].settled(stored)
    }

    /// Takes back a report that may not have arrived.
    mutating func failed(_ report: Report) {
        guard let index = buckets.index(forKey: report.key) else { return }
        buckets.values[index].reportFailed()
        due.insert(report.key)
    }

    /// Drops what may be forgotten, at most once a second so that a crowded table does not make each request slow.
    private mutating func sweepIfCrowded(at now: Timestamp) {
        guard buckets.count >= capacity, now >= nextSweep else { return }
        nextSweep = now + .seconds(1)
        buckets = buckets.filter { !$0.value.isForgettable(at: now) }
    }
}
