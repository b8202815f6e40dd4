// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `ChangeFeed` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func changeSnapshot(since: Timestamp) async throws(StoreError) -> ChangeSnapshot {
        try perform { state in
            ChangeSnapshot(
                cursor: state.changes.last?.cursor ?? 0, changes: state.changes.filter { $0.at >= since })
        }
    }

    public func changes(after cursor: Int64, limit: Int) async throws(StoreError) -> [StoreChange] {
        try perform { Array($0.changes.lazy.filter { $0.cursor > cursor }.prefix(max(0, limit))) }
    }
}
