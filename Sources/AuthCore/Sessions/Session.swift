// SPDX-License-Identifier: Apache-2.0

/// Why a session ended.
public enum SessionEnd: String, Hashable, Sendable, CaseIterable {
    /// Its user signed it out.
    case signedOut = "signed_out"
    /// Its user, or an administrator, revoked it from elsewhere.
    case revoked
    /// A superseded refresh token was presented again, beyond what a lost answer explains.
    case refreshReused = "refresh_reused"
    /// The password was changed or reset.
    case passwordChanged = "password_changed"
    /// The user was deactivated or banned.
    case userDisabled = "user_disabled"
    /// A newer session of the user evicted it, because of the limit on their number.
    ///
    /// Stored under the word that the first version of the schema had.
    case evicted = "displaced"
    /// A proof of the mailbox voided it, with all credentials that were never shown with such a proof.
    case credentialsVoided = "credentials_voided"
}

/// How the user proved their identity, and when: one element of `amr`.
///
/// - Source: RFC 8176 (the values of `amr`).
public struct AuthenticationMethod: Hashable, Sendable {
    /// The registered name, such as `pwd`.
    public let name: String
    /// When it was used.
    public let at: Timestamp

    /// Describes one use of a method.
    public init(name: String, at: Timestamp) {
        self.name = name
        self.at = at
    }

    /// A password at `instant`.
    public static func password(at instant: Timestamp) -> AuthenticationMethod {
        AuthenticationMethod(name: "pwd", at: instant)
    }
}

/// One sign-in that lasts: a row that refreshing updates in place.
public struct Session: Hashable, Sendable {
    /// The `sid` of its tokens.
    public let id: SessionID
    /// Whose session it is.
    public let userID: UserID
    /// What its access tokens may be used for.
    public let scope: Scope
    /// When the user last proved who they are.
    public var authenticatedAt: Timestamp
    /// How the user did so.
    public var methods: [AuthenticationMethod]
    /// The authenticator assurance level that this amounts to: 1, 2 or 3.
    public let assuranceLevel: Int64
    /// The client that the session was opened for; `nil` for authd's own first-party one.
    public let clientID: String?
    /// The token profile that renders its tokens.
    public let profile: String
    /// The organization in which the session acts, where it does.
    public let organizationID: OrganizationID?
    /// The address from which it was opened.
    public let source: String?
    /// The user agent that opened it.
    public let userAgent: String?
    /// When it was opened.
    public let createdAt: Timestamp
    /// The latest end of the session; refreshing never moves it.
    public let notAfter: Timestamp
    /// The idle timeout.
    public let idleTimeout: Duration
    /// The state that refreshing moves.
    public var rotation: RefreshState
    /// When and why it ended, once it has.
    public var ended: Ended?

    /// The end of a session.
    public struct Ended: Hashable, Sendable {
        /// When it ended.
        public let at: Timestamp
        /// Why it ended.
        public let reason: SessionEnd

        /// Describes an end.
        public init(at: Timestamp, reason: SessionEnd) {
            self.at = at
            self.reason = reason
        }
    }

    /// Describes a session as stored.
    public init(
        id: SessionID, userID: UserID, scope: Scope, authenticatedAt: Timestamp, methods: [AuthenticationMethod],
        assuranceLevel: Int64 = 1, clientID: String? = nil, profile: String = "authd",
        organizationID: OrganizationID? = nil, source: String? = nil, userAgent: String? = nil,
        createdAt: Timestamp, notAfter: Timestamp, idleTimeout: Duration, rotation: RefreshState,
        ended: Ended? = nil
    ) {
        self.id = id
        self.userID = userID
        self.scope = scope
        self.authenticatedAt = authenticatedAt
        self.methods = methods
        self.assuranceLevel = assuranceLevel
        self.clientID = clientID
        self.profile = profile
        self.organizationID = organizationID
        self.source = source
        self.userAgent = userAgent
        self.createdAt = createdAt
        self.notAfter = notAfter
        self.idleTimeout = idleTimeout
        self.rotation = rotation
        self.ended = ended
    }

    /// When the session ends if it is not refreshed; on or after that instant it is over.
    public var expiresAt: Timestamp {
        min(notAfter, rotation.rotatedAt + idleTimeout)
    }
}

extension Session {
    /// The same session as another user's.
    package func owned(by userID: UserID) -> Session {
        Session(
            id: id, userID: userID, scope: scope, authenticatedAt: authenticatedAt, methods: methods,
            assuranceLevel: assuranceLevel, clientID: clientID, profile: profile, organizationID: organizationID,
            source: source, userAgent: userAgent, createdAt: createdAt, notAfter: notAfter, idleTimeout: idleTimeout,
            rotation: rotation, ended: ended)
    }
}
