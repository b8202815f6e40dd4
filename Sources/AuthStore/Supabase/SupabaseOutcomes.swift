// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// A user, and what this API tells of a user beside it, read together.
public struct SupabaseRecord: Hashable, Sendable {
    /// The user.
    public let user: User
    /// Whether a password is stored.
    public let hasPassword: Bool
    /// The identities at providers, the first linked first.
    public let identities: [Identity]
    /// When the newest mail of each kind was sent, of those that the reader asked for.
    public let mails: [SupabaseMailKind: Timestamp]

    /// Gathers what was read.
    public init(user: User, hasPassword: Bool, identities: [Identity], mails: [SupabaseMailKind: Timestamp]) {
        self.user = user
        self.hasPassword = hasPassword
        self.identities = identities
        self.mails = mails
    }
}

/// The outcome of redeeming a mail of this API.
public enum SupabaseRedemptionOutcome: Hashable, Sendable {
    /// The session is open, and this is the user now; these sessions were evicted.
    case opened(User, SupabaseMail, Session, evicted: [SessionID])
    /// A code for a session is stored, and this is the user now.
    case coded(User, SupabaseMail)
    /// The first of two confirmations of a change is stored.
    case first(SupabaseMail)
    /// The user has as many sessions as the limit allows.
    case limitReached
    /// Nothing was changed but the budgets; `.wrongCode` is not audited.
    case refused(OneTimeTokenRefusal)
}

/// The outcome of exchanging a code.
public enum SupabaseExchangeOutcome: Hashable, Sendable {
    /// The session is open, and this is the user now; these sessions were evicted.
    case opened(User, Session, evicted: [SessionID])
    /// The code is unknown or redeemed; nothing is written, the audit log included.
    case unknown
    /// Too many wrong verifiers were shown with it.
    case void
    /// It has expired.
    case expired
    /// The verifier is not the one that belongs to it.
    case wrongVerifier
    /// The user may not hold a session.
    case userDisabled
    /// The user has as many sessions as the limit allows.
    case limitReached
}

/// The outcome of a change that a user makes.
public enum SupabaseUpdateOutcome: Hashable, Sendable {
    /// Done; this is the user now.
    case updated(User)
    /// Another user holds the address, or it is reserved.
    case taken
    /// The change would violate a rule.
    case refused(ProfileChange.Refusal)
    /// The stored hash was another one by now.
    case stale
    /// The session is unknown, has ended or expired, or its user may not hold one.
    case sessionOver
    /// Nothing shows that the user is who is there.
    case proofNeeded
    /// The nonce is wrong or too old, or too many were typed.
    case wrongNonce
    /// The budget of the user or of the installation has no mail left for the address that is asked for.
    case mailLimitReached
}

/// The outcome of a change that an administrator makes.
public enum SupabaseAdminOutcome: Hashable, Sendable {
    /// Done; this is the user now.
    case updated(User)
    /// Another user holds the address.
    case taken
    /// The change would violate a rule.
    case refused(ProfileChange.Refusal)
    /// The user has administrative power, which this API does not touch.
    case protected
    /// Without this user no active administrator would be left.
    case lastAdministrator
    /// The user does not exist, or is deleted.
    case notFound
}
