// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The feed by which processes on one store learn of each other's writes.
///
/// A reader's place in it is the entry that it read last, not a number: after a restore, or a fail-over that lost commits,
/// the numbers are given again to other entries.
public protocol ChangeFeed: Sendable {
    /// The feed's newest entry, and every entry since `since`: what a process loads before it follows the feed.
    ///
    /// **F1.** Consistent: an entry is among the changes, or it comes behind the place that is returned.
    ///
    /// - Throws: `.corrupt` where the store knows no end of the feed, as in the middle of a restore: it is not an empty feed.
    func changeSnapshot(since: Timestamp) async throws(StoreError) -> ChangeSnapshot

    /// At most `limit` entries behind `place`, in order, if the feed still has the entry at the place.
    ///
    /// **F2.** The order of cursors is the order of commits, from 1 and without a gap: no entry ever appears behind one
    /// that was read.
    ///
    /// **F3.** The answer is `.historyChanged` where the entry at the place was deleted or replaced, where the feed ends
    /// before the place, has grown past it again with other entries, or is empty, and where the feed no longer has its first
    /// entry and the place is the start. One read decides this and gives the entries, so that no change of history can
    /// come in between.
    ///
    /// **F4.** `AuthStore.purge` keeps the feed's newest entry, and the newest of those written before its horizon. So the
    /// place of a reader that has read the feed since then stays.
    func changes(after place: FeedPlace, limit: Int) async throws(StoreError) -> FeedContinuation

    /// Yields whenever there may be new entries; it may be spurious or coalesced.
    ///
    /// A consumer reads from its place after each signal and also at intervals, because a signal may be lost.
    func changeSignals() -> AsyncStream<Void>
}

/// The state of the feed at one moment.
public struct ChangeSnapshot: Hashable, Sendable {
    /// The last entry; the start where there is none.
    public let place: FeedPlace
    /// The entries since the asked instant, in order.
    public let changes: [StoreChange]

    /// Describes the state.
    public init(place: FeedPlace, changes: [StoreChange]) {
        self.place = place
        self.changes = changes
    }
}
