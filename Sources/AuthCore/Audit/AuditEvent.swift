// SPDX-License-Identifier: Apache-2.0

/// The caller of a writing operation, the client and the time.
public struct OperationContext: Hashable, Sendable {
    /// The instant that counts as now for the whole operation.
    public var now: Timestamp
    /// The user who makes the request, if signed in.
    public var actor: UserID?
    /// The client's address as text, where it is known.
    public var source: String?
    /// The addresses that one subscriber holds, as text; rejections are counted by it.
    public var sourceGroup: String?
    /// The addresses that one customer of a network may hold, as text: the first 48 bits of an IPv6 address.
    public var sourceNetwork: String?
    /// The client's `User-Agent`, bounded in length.
    public var userAgent: String?
    /// The request that caused it, as it stands in the log.
    public var requestID: String?

    /// Describes the circumstances of an operation.
    public init(
        now: Timestamp, actor: UserID? = nil, source: String? = nil, sourceGroup: String? = nil,
        sourceNetwork: String? = nil, userAgent: String? = nil, requestID: String? = nil
    ) {
        self.now = now
        self.actor = actor
        self.source = source
        self.sourceGroup = sourceGroup ?? source
        self.sourceNetwork = sourceNetwork
        self.userAgent = userAgent
        self.requestID = requestID
    }
}

/// What happened, in the words of the audit log.
public enum AuditAction: String, Hashable, Sendable, CaseIterable {
    case userRegistered = "user_registered"
    case userCreated = "user_created"
    case signIn = "sign_in"
    case signOut = "sign_out"
    case signInFromNewDevice = "sign_in_from_new_device"
    case sessionRevoked = "session_revoked"
    case sessionsRevoked = "sessions_revoked"
    case refreshReplayedLate = "refresh_replayed_late"
    case refreshCaughtUp = "refresh_caught_up"
    case refreshReused = "refresh_reused"
    case refreshRefused = "refresh_refused"
    case passwordChanged = "password_changed"
    case passwordResetRequested = "password_reset_requested"
    case passwordReset = "password_reset"
    case emailVerificationRequested = "email_verification_requested"
    case emailVerified = "email_verified"
    case profileChanged = "profile_changed"
    case usernameRequested = "username_requested"
    case roleChanged = "role_changed"
    case userActivated = "user_activated"
    case userDeactivated = "user_deactivated"
    case userDeleted = "user_deleted"
    case keyCreated = "key_created"
    case keyStateChanged = "key_state_changed"
    case keyRevoked = "key_revoked"
    case mailFailed = "mail_failed"
    case passwordSprayingNoticed = "password_spraying_noticed"
    case credentialStuffingNoticed = "credential_stuffing_noticed"
    case auditErased = "audit_erased"
    case auditCut = "audit_cut"
    case auditRestoreAccepted = "audit_restore_accepted"
}

/// One line of the audit log: the truth for the operator, whatever the public answer said.
public struct AuditEvent: Hashable, Sendable {
    /// When it happened.
    public let at: Timestamp
    /// What happened.
    public let action: AuditAction
    /// `nil` if it was done, otherwise the true reason why not, as a stable word.
    public let refusal: String?
    /// The user who made the request.
    public let actor: UserID?
    /// The user whom it concerns.
    public let target: UserID?
    /// The session that it concerns.
    public let sessionID: SessionID?
    /// The client's address.
    public let source: String?
    /// The client's `User-Agent`.
    public let userAgent: String?
    /// The request that caused it.
    public let requestID: String?
    /// How many times it happened, at least once: equal rejections of one minute are one event, whose time,
    /// `User-Agent` and request are those of the first.
    public let count: Int64

    /// Describes an event in its circumstances.
    public init(
        _ action: AuditAction, refusal: String? = nil, target: UserID? = nil,
        sessionID: SessionID? = nil, in context: OperationContext
    ) {
        self.init(
            at: context.now, action: action, refusal: refusal, actor: context.actor, target: target,
            sessionID: sessionID, source: context.source, userAgent: context.userAgent, requestID: context.requestID)
    }

    /// Describes an event as stored.
    public init(
        at: Timestamp, action: AuditAction, refusal: String?, actor: UserID?, target: UserID?,
        sessionID: SessionID?, source: String?, userAgent: String?, requestID: String?, count: Int64 = 1
    ) {
        self.at = at
        self.action = action
        self.refusal = refusal
        self.actor = actor
        self.target = target
        self.sessionID = sessionID
        self.source = source
        self.userAgent = userAgent
        self.requestID = requestID
        self.count = max(1, count)
    }
}
