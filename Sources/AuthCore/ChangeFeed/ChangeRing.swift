// SPDX-License-Identifier: Apache-2.0

/// The newest entries of the change feed, up to a capacity, from which a process answers followers.
///
/// Invariant: every entry of the feed behind ``start`` and up to ``end`` is held, in order, and all of them are of one
/// history.
package struct ChangeRing: Sendable {
    private let capacity: Int
    private var entries: [StoreChange] = []

    /// The place behind which no entry is missing.
    package private(set) var start: FeedPlace
    /// The place of the last entry that is held, or was.
    package var end: FeedPlace { entries.last?.place ?? start }

    /// Begins behind `place`, with nothing.
    package init(capacity: Int, startingAt place: FeedPlace) {
        self.capacity = max(capacity, 1)
        start = place
    }

    /// Takes in what was read of the feed behind `place`; what is held already is left out.
    ///
    /// Where the place is not held, what was read has no connection with what is held: the ring then begins anew at it.
    package mutating func append(_ changes: [StoreChange], behind place: FeedPlace) {
        if index(behind: place) == nil { self = ChangeRing(capacity: capacity, startingAt: place) }
        let held = end.cursor
        entries += changes.drop { $0.cursor <= held }
        // By half a ring at a time, so that each entry is moved once on average.
        guard entries.count > capacity + capacity / 2 else { return }
        let dropped = entries.count - capacity
        start = entries[dropped - 1].place
        entries.removeFirst(dropped)
    }

    /// At most `limit` entries behind `place`.
    ///
    /// - Returns: `nil` where the ring does not hold the place: only the store can say what follows it.
    package func entries(after place: FeedPlace, limit: Int) -> ArraySlice<StoreChange>? {
        index(behind: place).map { entries[$0...].prefix(max(0, limit)) }
    }

    /// Where the entry behind a place is, or would be; `nil` for a place that is neither the start nor an entry.
    private func index(behind place: FeedPlace) -> Int? {
        if place == start { return 0 }
        var low = 0
        var high = entries.count
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].cursor <= place.cursor { low = middle + 1 } else { high = middle }
        }
        guard low > 0, entries[low - 1].place == place else { return nil }
        return low
    }
}
