// SPDX-License-Identifier: Apache-2.0

/// The newest entries of the change feed, up to a capacity, from which a process answers followers.
///
/// Invariant: every entry of the feed behind ``start`` and up to ``end`` is held, in order.
package struct ChangeRing: Sendable {
    private let capacity: Int
    private var entries: [StoreChange] = []

    /// The cursor after which no entry is missing.
    package private(set) var start: Int64
    /// The cursor of the last entry that is held, or was.
    package private(set) var end: Int64

    /// Begins behind `cursor`, with nothing.
    package init(capacity: Int, startingAt cursor: Int64) {
        self.capacity = max(capacity, 1)
        start = cursor
        end = cursor
    }

    /// Takes in what was read of the feed behind ``end`` or before; what is held already is left out.
    package mutating func append(_ changes: [StoreChange]) {
        let fresh = changes.drop { $0.cursor <= end }
        guard let last = fresh.last else { return }
        entries += fresh
        end = last.cursor
        // By half a ring at a time, so that each entry is moved once on average.
        guard entries.count > capacity + capacity / 2 else { return }
        let dropped = entries.count - capacity
        start = entries[dropped - 1].cursor
        entries.removeFirst(dropped)
    }

    /// At most `limit` entries behind `cursor`.
    ///
    /// - Returns: `nil` where some of them are no longer held.
    package func entries(after cursor: Int64, limit: Int) -> ArraySlice<StoreChange>? {
        guard cursor >= start else { return nil }
        var low = 0
        var high = entries.count
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].cursor <= cursor { low = middle + 1 } else { high = middle }
        }
        return entries[low...].prefix(max(0, limit))
    }
}
