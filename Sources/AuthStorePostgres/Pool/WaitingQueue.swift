// SPDX-License-Identifier: Apache-2.0

/// Operations in the order in which they are served, any of which may leave.
///
/// Every step costs constant time, spread over many: those that left stay in the array as gaps until they come up.
struct WaitingQueue {
    typealias Instant = ContinuousClock.Instant

    private struct Entry {
        var job: UInt64
        var arrivedAt: Instant
    }

    private var returned: [Entry] = []
    private var entries: [Entry] = []
    private var head = 0
    private var waiting: Set<UInt64> = []

    /// How many wait.
    var count: Int { waiting.count }

    /// When the first one arrived.
    var firstArrival: Instant? {
        returned.last?.arrivedAt ?? (head < entries.count ? entries[head].arrivedAt : nil)
    }

    mutating func append(_ job: UInt64, arrivedAt now: Instant, isFirst: Bool) {
        waiting.insert(job)
        if isFirst {
            returned.append(Entry(job: job, arrivedAt: now))
        } else {
            entries.append(Entry(job: job, arrivedAt: now))
        }
    }

    mutating func popFirst() -> UInt64? {
        let job: UInt64
        if let entry = returned.popLast() {
            job = entry.job
        } else if head < entries.count {
            job = entries[head].job
            head += 1
        } else {
            return nil
        }
        waiting.remove(job)
        skipGaps()
        return job
    }

    mutating func remove(_ job: UInt64) {
        guard waiting.remove(job) != nil else { return }
        skipGaps()
    }

    /// Keeps whatever comes first one that waits.
    private mutating func skipGaps() {
        while let entry = returned.last, !waiting.contains(entry.job) { returned.removeLast() }
        while head < entries.count, !waiting.contains(entries[head].job) { head += 1 }
        if head > 64, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
    }
}
