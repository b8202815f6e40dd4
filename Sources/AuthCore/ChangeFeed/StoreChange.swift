// SPDX-License-Identifier: Apache-2.0

/// One entry of the change feed: what a process must drop from memory or reject because another process wrote.
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
        /// One session ended: its access tokens are rejected.
        case sessionEnded(SessionID, userID: UserID)
        /// A user's epoch was raised to this: access tokens of an earlier one are rejected.
        case epochRaised(UserID, UserEpoch)
        /// A user's profile changed: drop cached data of it.
        case userChanged(UserID)
        /// A user was deleted: all their access tokens are rejected.
        case userDeleted(UserID)
        /// The signing keys changed: read them again.
        case keysChanged
        /// The stored roles changed: read them again.
        case rolesChanged
        /// A role grants less than before: access tokens with this role and an earlier epoch of it are rejected.
        case roleNarrowed(Role, RoleEpoch)
    }
}
