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
    /// What the operation writes into the outbox.
    public var outbox: OutboxPolicy

    /// Describes the circumstances of an operation.
    public init(
        now: Timestamp, actor: UserID? = nil, source: String? = nil, sourceGroup: String? = nil,
        sourceNetwork: String? = nil, userAgent: String? = nil, requestID: String? = nil, outbox: OutboxPolicy = .none
    ) {
        self.now = now
        self.actor = actor
        self.source = source
        self.sourceGroup = sourceGroup ?? source
        self.sourceNetwork = sourceNetwork
        self.userAgent = userAgent
        self.requestID = requestID
        self.outbox = outbox
    }
}

/// What happened, in the words of the audit log.
public enum AuditAction: String, Hashable, Sendable, CaseIterable {
    /// A user registered.
    case userRegistered = "user_registered"
    /// An administrator created a user.
    case userCreated = "user_created"
    /// A user signed in, or was rejected.
    case signIn = "sign_in"
    /// A user signed out.
    case signOut = "sign_out"
    /// A user signed in from a network and browser that they had not used for ninety days.
    case signInFromNewDevice = "sign_in_from_new_device"
    /// A session was revoked, by its user or an administrator.
    case sessionRevoked = "session_revoked"
    /// Several sessions of a user were revoked at once.
    case sessionsRevoked = "sessions_revoked"
    /// A superseded refresh token came after its grace, and was explained by a lost answer.
    case refreshReplayedLate = "refresh_replayed_late"
    /// A refresh token came that this store did not know yet: it had been restored.
    case refreshCaughtUp = "refresh_caught_up"
    /// A superseded refresh token was reused; its session was revoked.
    case refreshReused = "refresh_reused"
    /// A refresh token was rejected.
    case refreshRefused = "refresh_refused"
    /// A user changed their password.
    case passwordChanged = "password_changed"
    /// A link to set a new password was requested.
    case passwordResetRequested = "password_reset_requested"
    /// A password was reset by its one-time token.
    case passwordReset = "password_reset"
    /// A link to verify an address was requested.
    case emailVerificationRequested = "email_verification_requested"
    /// An address was verified.
    case emailVerified = "email_verified"
    /// A way to sign in was requested by mail.
    case mailSignInRequested = "mail_sign_in_requested"
    /// A way to make a browser known was requested by mail.
    case unlockRequested = "unlock_requested"
    /// A browser was made known by a proof of the mailbox.
    case deviceUnlocked = "device_unlocked"
    /// A user asked for another address.
    case addressChangeRequested = "address_change_requested"
    /// A user has another address, or an administrator has given it.
    case addressChanged = "address_changed"
    /// The former address was told how to undo a change.
    case addressUndoOffered = "address_undo_offered"
    /// The former address was restored.
    case addressChangeUndone = "address_change_undone"
    /// A user gave up the change of address that was asked for.
    case addressChangeCancelled = "address_change_cancelled"
    /// A user made changes of address final: they cannot be undone any more.
    case addressChangeFinalized = "address_change_finalized"
    /// An administrator invited a person.
    case invitationSent = "invitation_sent"
    /// An invitation was accepted.
    case invitationAccepted = "invitation_accepted"
    /// An invitation was revoked.
    case invitationRevoked = "invitation_revoked"
    /// An identity at a provider was linked to a user.
    case identityLinked = "identity_linked"
    /// A user removed an identity at a provider.
    case identityUnlinked = "identity_unlinked"
    /// A mail was requested by Supabase's API.
    case supabaseMailRequested = "supabase_mail_requested"
    /// An operator made a secret key of Supabase's API.
    case supabaseKeyCreated = "supabase_key_created"
    /// An operator revoked a secret key of Supabase's API.
    case supabaseKeyRevoked = "supabase_key_revoked"
    /// A request with a secret key of Supabase's API was rejected.
    case supabaseKeyRefused = "supabase_key_refused"
    /// The holder of a secret key of Supabase's API was given a link of a user's, or the code.
    case supabaseLinkCreated = "supabase_link_created"
    /// The holder of a secret key of Supabase's API changed a user.
    case userUpdatedByKey = "user_updated_by_key"
    /// Credentials that were never shown with a proof of the mailbox were voided by such a proof.
    case credentialsVoided = "credentials_voided"
    /// The recipient of a mail said that they had not asked for it, which ended what was asked for.
    case mailedActionReported = "mailed_action_reported"
    /// A code was requested by which a user proves again who they are.
    case reauthenticationRequested = "reauthentication_requested"
    /// A user proved again who they are.
    case reauthenticated = "reauthenticated"
    /// A user or an administrator changed a profile.
    case profileChanged = "profile_changed"
    /// A user asked for another username.
    case usernameRequested = "username_requested"
    /// An administrator changed a user's role.
    case roleChanged = "role_changed"
    /// An administrator changed what a user may do beside the role.
    case permissionsChanged = "permissions_changed"
    /// A role was made or changed, by an administrator, a command or the operator's file.
    case roleDefined = "role_defined"
    /// A role was removed.
    case roleRemoved = "role_removed"
    /// An administrator enabled a user.
    case userActivated = "user_activated"
    /// An administrator disabled a user.
    case userDeactivated = "user_deactivated"
    /// A user was banned for a time, or a ban was lifted.
    case userBanned = "user_banned"
    /// A user was deleted.
    case userDeleted = "user_deleted"
    /// A registration that was never completed was removed.
    case abandonedRegistrationRemoved = "abandoned_registration_removed"
    /// A link was made that makes the first administrator.
    case setupLinkCreated = "setup_link_created"
    /// The first administrator was made by such a link, or a request to was rejected.
    case firstAdministratorCreated = "first_administrator_created"
    /// A signing key was made.
    case keyCreated = "key_created"
    /// A signing key went on to its next state.
    case keyStateChanged = "key_state_changed"
    /// A signing key was revoked.
    case keyRevoked = "key_revoked"
    /// A mail was not sent.
    case mailFailed = "mail_failed"
    /// An event was not delivered to a subscription.
    case eventFailed = "event_failed"
    /// Few passwords were tried on many users.
    case passwordSprayingNoticed = "password_spraying_noticed"
    /// Many pairs of identifier and password were tried.
    case credentialStuffingNoticed = "credential_stuffing_noticed"
    /// The addresses and user agents in a user's events were erased.
    case auditErased = "audit_erased"
    /// Events past their retention were removed.
    case auditCut = "audit_cut"
    /// An operator accepted the audit log of a restored database.
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
