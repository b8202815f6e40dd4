// SPDX-License-Identifier: Apache-2.0

/// Names an invitation.
public struct InvitationID: OpaqueID {
    /// The value as stored and written.
    public let uuid: UUIDv7
    /// Wraps a value.
    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}

/// An invitation of a person to become a user, or of a user to take a role.
///
/// It belongs to a user from the beginning: an address that no user had gets one who has no password and no proven address.
public struct Invitation: Hashable, Sendable {
    /// What has become of an invitation; raw values are stored.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// It was sent, and can be accepted until it expires.
        case pending
        /// The recipient has accepted it.
        case accepted
        /// An administrator, or the operator, has revoked it.
        case revoked
    }

    /// The invitation's name; later ones are greater.
    public let id: InvitationID
    /// Who is invited.
    public let userID: UserID
    /// The role that accepting it grants.
    public let role: Role
    /// The administrator who invites; `nil` for the operator at the command line.
    public let inviter: UserID?
    /// When it was made.
    public let createdAt: Timestamp
    /// When its newest mail was written.
    public var sentAt: Timestamp
    /// From when on it can no longer be accepted.
    public var expiresAt: Timestamp
    /// What has become of it.
    public var state: State

    /// For how long an invitation can be accepted, counted from its newest mail.
    public static let lifetime = Duration.seconds(7 * 86_400)
    /// The least time between two of its mails.
    public static let resendInterval = Duration.seconds(60)
    /// For how long it is listed after it has expired.
    public static let retention = Duration.seconds(30 * 86_400)

    /// Describes an invitation as stored.
    public init(
        id: InvitationID, userID: UserID, role: Role, inviter: UserID?, createdAt: Timestamp, sentAt: Timestamp,
        expiresAt: Timestamp, state: State = .pending
    ) {
        self.id = id
        self.userID = userID
        self.role = role
        self.inviter = inviter
        self.createdAt = createdAt
        self.sentAt = sentAt
        self.expiresAt = expiresAt
        self.state = state
    }

    /// An invitation that is sent now.
    public init(_ id: InvitationID, of userID: UserID, as role: Role, by inviter: UserID?, at now: Timestamp) {
        self.init(
            id: id, userID: userID, role: role, inviter: inviter, createdAt: now, sentAt: now,
            expiresAt: now + Self.lifetime)
    }

    /// Whether it can be accepted.
    public func isOpen(at now: Timestamp) -> Bool {
        state == .pending && now < expiresAt
    }

    /// What has become of it in one word: that of the state, or that it has expired.
    public func stateWord(at now: Timestamp) -> String {
        state == .pending && expiresAt <= now ? Self.expired : state.rawValue
    }

    /// The words of ``stateWord(at:)``.
    public static let stateWords = State.allCases.map(\.rawValue) + [expired]

    private static let expired = "expired"

    /// When the row may be deleted.
    public var keptUntil: Timestamp { expiresAt + Self.retention }
}

/// Why an invitation is not made, sent or revoked.
public enum InvitationRefusal: String, Hashable, Sendable, CaseIterable {
    /// There is no such invitation.
    case notFound = "not_found"
    /// It was accepted or revoked.
    case over = "invitation_over"
    /// An invitation of this address is open: it can be sent again.
    case alreadyInvited = "already_invited"
    /// The user has the address proven and is granted all that the role would grant.
    case alreadyGranted = "already_granted"
    /// The user is disabled or banned.
    case userDisabled = "user_disabled"
    /// The role grants what the inviter lacks.
    case roleTooHigh = "role_too_high"
}

/// Why an invitation is not sent again.
public enum InvitationResendRefusal: Hashable, Sendable {
    /// There is no such invitation, or it is over.
    case refused(InvitationRefusal)
    /// Its last mail is too young; the next one may be sent then.
    case tooSoon(until: Timestamp)
}

extension Invitation {
    /// Decides on its locked row whether it is sent again: also after it has expired, as long as its user is there.
    ///
    /// - Returns: The invitation to write.
    public func resend(at now: Timestamp) -> Result<Invitation, InvitationResendError> {
        guard state == .pending else { return .failure(InvitationResendError(reason: .refused(.over))) }
        let next = sentAt + Self.resendInterval
        guard next <= now else { return .failure(InvitationResendError(reason: .tooSoon(until: next))) }
        var sent = self
        sent.sentAt = now
        sent.expiresAt = now + Self.lifetime
        return .success(sent)
    }

    /// Decides on the locked row of a user whether the user can be invited.
    ///
    /// - Parameters:
    ///   - user: The user who has the address.
    ///   - others: The user's invitations.
    ///   - roles: What each role grants.
    ///   - now: The instant of the operation.
    /// - Returns: Why the user cannot be invited; `nil` where the user can.
    public func refusal(for user: User, beside others: [Invitation], under roles: RoleTable, at now: Timestamp)
        -> InvitationRefusal?
    {
        guard user.mayHoldSession(at: now) else { return .userDisabled }
        guard !others.contains(where: { $0.isOpen(at: now) }) else { return .alreadyInvited }
        let isGranted = roles.scope(of: user.role).covers(roles.scope(of: role))
        return user.isVerified && isGranted ? .alreadyGranted : nil
    }
}

/// Carries why an invitation is not sent again.
public struct InvitationResendError: Error, Hashable, Sendable {
    /// Why.
    public let reason: InvitationResendRefusal

    /// Wraps a reason.
    public init(reason: InvitationResendRefusal) {
        self.reason = reason
    }
}
