// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The feed by which processes on one store learn of each other's writes.
public protocol ChangeFeed: Sendable {
    /// The feed's current cursor, and every revocation since `since`: what a process loads before it follows the feed.
    ///
    /// **F1.** Consistent: an entry is among the revocations, or its cursor is higher than the one returned.
    func changeSnapshot(since: Timestamp) async throws(StoreError) -> ChangeSnapshot

    /// At most `limit` entries after `cursor`, in order.
    ///
    /// **F2.** The order of cursors is the order of commits: no entry ever appears behind one that was read.
    func changes(after cursor: Int64, limit: Int) async throws(StoreError) -> [StoreChange]

    /// Yields whenever there may be new entries; it may be spurious or coalesced.
    ///
    /// A consumer reads by cursor after each signal and also at intervals, because a signal may be lost.
    func changeSignals() -> AsyncStream<Void>
}

/// The state of the feed at one moment.
public struct ChangeSnapshot: Hashable, Sendable {
    /// The cursor of the last entry; 0 where there is none.
    public let cursor: Int64
    /// The entries since the asked instant, in order.
    public let changes: [StoreChange]

    /// Describes the state.
    public init(cursor: Int64, changes: [StoreChange]) {
        self.cursor = cursor
        self.changes = changes
    }
}
