// SPDX-License-Identifier: Apache-2.0

/// One entry of the change feed: what a process must forget or refuse because another one wrote.
public struct StoreChange: Hashable, Sendable {
    /// The place in the feed; later commits have higher ones.
    public let cursor: Int64
    /// When it was written.
    public let at: Timestamp
    /// What changed.
    public let kind: Kind

    /// Describes an entry as stored.
    public init(cursor: Int64, at: Timestamp, kind: Kind) {
        self.cursor = cursor
        self.at = at
        self.kind = kind
    }

    /// What changed.
    public enum Kind: Hashable, Sendable {
        /// One session ended: its access tokens are refused.
        case sessionEnded(SessionID, userID: UserID)
        /// A user's epoch was raised to this: access tokens of an earlier one are refused.
        case epochRaised(UserID, UserEpoch)
        /// A user's profile changed: forget what is cached of it.
        case userChanged(UserID)
        /// A user is gone: all their access tokens are refused.
        case userDeleted(UserID)
        /// The signing keys changed: read them again.
        case keysChanged
    }
}
