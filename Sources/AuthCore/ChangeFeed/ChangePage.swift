// SPDX-License-Identifier: Apache-2.0

/// A response to a follower of the change feed: entries in order, and the cursor of the next request.
public struct ChangePage: Hashable, Sendable {
    /// One entry.
    public struct Entry: Hashable, Sendable {
        /// When it was written, by the issuer's clock.
        public let at: Timestamp
        /// What changed.
        public let kind: StoreChange.Kind

        /// Describes an entry.
        public init(at: Timestamp, kind: StoreChange.Kind) {
            self.at = at
            self.kind = kind
        }
    }

    /// What to ask for next; opaque, at most 64 characters that may stand in a query as they are.
    public let cursor: String
    /// The entries, in the order in which they were committed.
    public let entries: [Entry]
    /// Whether there are more entries behind these, which can be had without waiting.
    public let hasMore: Bool
    /// For how many seconds after hearing of an entry a token that it concerns may still be unexpired.
    public let retentionSeconds: Int64

    /// Describes a page.
    public init(cursor: String, entries: [Entry], hasMore: Bool, retentionSeconds: Int64) {
        self.cursor = cursor
        self.entries = entries
        self.hasMore = hasMore
        self.retentionSeconds = retentionSeconds
    }
}

extension StoreChange.Kind {
    /// The stable word for the kind of entry.
    public enum Word: String, Hashable, Sendable, CaseIterable {
        /// A session ended.
        case sessionEnded = "session_ended"
        /// All of a user's tokens before an epoch became invalid.
        case epochRaised = "epoch_raised"
        /// A user changed in a way that tokens show.
        case userChanged = "user_changed"
        /// A user was deleted.
        case userDeleted = "user_deleted"
        /// The signing keys changed.
        case keysChanged = "keys_changed"
        /// The roles changed.
        case rolesChanged = "roles_changed"
        /// All tokens of a role before an epoch of it became invalid.
        case roleNarrowed = "role_narrowed"
    }

    /// The word for this kind.
    public var word: Word {
        switch self {
        case .sessionEnded: .sessionEnded
        case .epochRaised: .epochRaised
        case .userChanged: .userChanged
        case .userDeleted: .userDeleted
        case .keysChanged: .keysChanged
        case .rolesChanged: .rolesChanged
        case .roleNarrowed: .roleNarrowed
        }
    }

    /// Whether access tokens are rejected because of it.
    public var isRevocation: Bool {
        switch self {
        case .sessionEnded, .epochRaised, .userDeleted, .roleNarrowed: true
        case .userChanged, .keysChanged, .rolesChanged: false
        }
    }
}
