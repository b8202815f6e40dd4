// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `ChangeFeed` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func changeSnapshot(since: Timestamp) async throws(StoreError) -> ChangeSnapshot {
        try perform { state in
            ChangeSnapshot(
                place: state.changes.last?.place ?? .start, changes: state.changes.filter { $0.at >= since })
        }
    }

    public func changes(after place: FeedPlace, limit: Int) async throws(StoreError) -> FeedContinuation {
        try perform { state in
            FeedContinuation(of: state.changes.filter { $0.cursor >= place.cursor }, from: place, limit: limit)
        }
    }
}

extension InMemoryState {
    /// F4: removes at most `limit` entries, and returns how many.
    mutating func purgeChanges(writtenBefore horizon: Timestamp, limit: Int) -> Int {
        guard let newest = changes.last(where: { $0.at < horizon }) else { return 0 }
        let old = changes.filter { $0.at < horizon && $0.cursor < newest.cursor }.prefix(max(0, limit))
        let cursors = Set(old.map(\.cursor))
        changes.removeAll { cursors.contains($0.cursor) }
        return old.count
    }
}
