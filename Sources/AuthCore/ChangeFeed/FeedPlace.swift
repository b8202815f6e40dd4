// SPDX-License-Identifier: Apache-2.0

/// How far the change feed was read: the entry that was read last, not its number alone.
///
/// After a restore, or a fail-over that lost commits, other entries get the numbers of those that were lost. The time
/// tells them apart, to the microsecond.
public struct FeedPlace: Hashable, Sendable {
    /// The entry's cursor; 0 at the start.
    public let cursor: Int64
    /// When the entry was written.
    public let at: Timestamp

    /// Before the first entry.
    public static let start = FeedPlace(cursor: 0, at: Timestamp(microseconds: 0))

    /// Names an entry by its cursor and its time.
    public init(cursor: Int64, at: Timestamp) {
        self.cursor = cursor
        self.at = at
    }
}

extension StoreChange {
    /// The place of a reader that has read up to this entry.
    public var place: FeedPlace { FeedPlace(cursor: cursor, at: at) }
}
