// SPDX-License-Identifier: Apache-2.0

/// What a one-time token may be redeemed for, and nothing else.
public enum OneTimeTokenPurpose: String, Hashable, Sendable, CaseIterable {
    /// Setting a new password without the old one.
    case passwordReset = "password_reset"
    /// Proving that the address it was sent to is the user's.
    case emailVerification = "email_verification"

    /// What the audit log calls asking for a token.
    package var request: AuditAction {
        switch self {
        case .passwordReset: .passwordResetRequested
        case .emailVerification: .emailVerificationRequested
        }
    }
}

/// A one-time token as stored: never its secret, only a one-way digest.
public struct OneTimeToken: Hashable, Sendable {
    /// The keyed digest of the secret, 32 octets; with the user, the row's key.
    public let digest: [UInt8]
    /// What it may be redeemed for.
    public let purpose: OneTimeTokenPurpose
    /// Whose it is.
    public let userID: UserID
    /// The canonical address that it was sent to; it is void once the user's address is another.
    public let address: String
    /// When it was made.
    public let createdAt: Timestamp
    /// From when on it is rejected.
    public let expiresAt: Timestamp

    /// Describes a token as stored.
    public init(
        digest: [UInt8], purpose: OneTimeTokenPurpose, userID: UserID, address: String, createdAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.digest = digest
        self.purpose = purpose
        self.userID = userID
        self.address = address
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// What names it among all stored tokens.
    public var key: OneTimeTokenKey { OneTimeTokenKey(userID: userID, digest: digest) }
}

/// The outcome of redeeming a one-time token.
public enum OneTimeTokenRedemption: Hashable, Sendable {
    /// Write this user; the token is spent.
    case accept(User)
    /// Nothing is changed.
    case refuse(OneTimeTokenRefusal)
}

/// Why a one-time token is not accepted; for the audit, never for the caller.
public enum OneTimeTokenRefusal: String, Hashable, Sendable, CaseIterable {
    /// Unknown: never issued, already redeemed, or voided.
    case unknown
    /// It has expired.
    case expired
    /// It was issued for another purpose.
    case wrongPurpose = "wrong_purpose"
    /// The user's address is no longer the one that it was sent to.
    case addressChanged = "address_changed"
    /// The user may not hold a session.
    case userDisabled = "user_disabled"
}

extension OneTimeToken {
    /// Decides on the locked rows of the token and its user.
    ///
    /// Both purposes verify the address. A reset also raises the epoch, which revokes every token that an attacker
    /// obtained with the old password; a disabled user cannot reset their way back in.
    public func redeem(for purpose: OneTimeTokenPurpose, user: User, at now: Timestamp) -> OneTimeTokenRedemption {
        guard self.purpose == purpose else { return .refuse(.wrongPurpose) }
        guard now < expiresAt else { return .refuse(.expired) }
        guard user.email?.canonical == address else { return .refuse(.addressChanged) }
        guard user.mayHoldSession(at: now) else { return .refuse(.userDisabled) }
        var changed = user
        changed.emailVerifiedAt = user.emailVerifiedAt ?? now
        changed.updatedAt = now
        switch purpose {
        case .emailVerification:
            break
        case .passwordReset:
            changed.epoch = user.epoch.next(at: now)
            changed.mustChangePassword = false
        }
        return .accept(changed)
    }
}
