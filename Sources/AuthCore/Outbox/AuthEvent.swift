// SPDX-License-Identifier: Apache-2.0

/// Something that happened to a user, for the embedding service.
public struct AuthEvent: Hashable, Sendable {
    /// What happened.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A user registered, or an administrator created one.
        case userCreated = "user_created"
        /// The profile, the role or the state of a user changed.
        case userChanged = "user_changed"
        /// A user was deleted.
        case userDeleted = "user_deleted"
        /// A password was changed or reset; all sessions ended with it, but for the one that it opened.
        case passwordChanged = "password_changed"
        /// One session ended, or all of them, or all but one.
        case sessionsEnded = "sessions_ended"
        /// The address of a user was verified.
        case addressVerified = "address_verified"
    }

    /// Which sessions of the user ended.
    public enum Sessions: Hashable, Sendable {
        /// All.
        case all
        /// One.
        case one(SessionID)
        /// All but one.
        case allBut(SessionID)
    }

    /// A number that no other event has, and that repeats where an event is delivered again.
    public let id: Int64
    /// What happened.
    public let kind: Kind
    /// To which user.
    public let userID: UserID
    /// Which sessions ended; `nil` for an event of another kind than ``Kind/sessionsEnded``.
    public let sessions: Sessions?
    /// When it happened.
    public let at: Timestamp

    /// Describes an event.
    public init(id: Int64, kind: Kind, userID: UserID, sessions: Sessions? = nil, at: Timestamp) {
        self.id = id
        self.kind = kind
        self.userID = userID
        self.sessions = sessions
        self.at = at
    }

    /// Reads the event of a row.
    ///
    /// - Returns: `nil` where the row is not of an event that this version knows.
    package init?(_ row: OutboxRow) {
        guard row.entry.lane == .event, let kind = Kind(rawValue: row.entry.kind), let user = row.entry.userID else {
            return nil
        }
        self.init(
            id: row.number, kind: kind, userID: user,
            sessions: kind == .sessionsEnded ? Sessions(details: row.entry.details) : nil, at: row.entry.createdAt)
    }
}

extension AuthEvent.Sessions {
    private static let one = "session"
    private static let kept = "kept_session"

    /// As the details of a row.
    package var details: [String: String] {
        switch self {
        case .all: [:]
        case .one(let id): [Self.one: id.description]
        case .allBut(let id): [Self.kept: id.description]
        }
    }

    package init(details: [String: String]) {
        if let id = details[Self.one].flatMap({ SessionID(parsing: $0) }) {
            self = .one(id)
        } else if let id = details[Self.kept].flatMap({ SessionID(parsing: $0) }) {
            self = .allBut(id)
        } else {
            self = .all
        }
    }
}
