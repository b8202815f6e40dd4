// SPDX-License-Identifier: Apache-2.0

/// What a one-time token may be redeemed for, and nothing else.
public enum OneTimeTokenPurpose: String, Hashable, Sendable, CaseIterable {
    /// Setting a new password without the old one.
    case passwordReset = "password_reset"
    /// Proving that the address it was sent to is the user's.
    case emailVerification = "email_verification"
    /// Signing in.
    case signIn = "sign_in"
    /// Making a browser known, so that it may sign in while sign-ins from new devices are refused.
    case unlock
    /// Taking another address.
    case addressChange = "address_change"
    /// Taking back the address that was replaced.
    case addressUndo = "address_undo"
    /// Accepting an invitation.
    case invitation
    /// Proving again, in a live session, who the user is.
    case reauthentication
    /// What Supabase's API mails for; ``SupabaseMail`` says what exactly.
    case supabase

    /// Whether its tokens are void once the user has a new password.
    ///
    /// What undoes a change of address stays: an attacker who has changed the address could else keep the owner from undoing it.
    /// So does an invitation: to a user with a password it grants its role and nothing else, and accepting it is another
    /// decision than setting a password. It ends where the credentials are voided.
    package var endsWithPassword: Bool {
        switch self {
        case .addressUndo, .invitation: false
        case .passwordReset, .emailVerification, .signIn, .unlock, .addressChange, .reauthentication, .supabase: true
        }
    }

    /// What the audit log calls asking for a token.
    package var request: AuditAction {
        switch self {
        case .passwordReset: .passwordResetRequested
        case .emailVerification: .emailVerificationRequested
        case .signIn: .mailSignInRequested
        case .unlock: .unlockRequested
        case .addressChange: .addressChangeRequested
        case .addressUndo: .addressUndoOffered
        case .invitation: .invitationSent
        case .reauthentication: .reauthenticationRequested
        case .supabase: .supabaseMailRequested
        }
    }

    /// What the audit log calls redeeming it.
    package var completion: AuditAction {
        switch self {
        case .passwordReset: .passwordReset
        case .emailVerification: .emailVerified
        case .signIn, .supabase: .signIn
        case .unlock: .deviceUnlocked
        case .addressChange: .addressChanged
        case .addressUndo: .addressChangeUndone
        case .invitation: .invitationAccepted
        case .reauthentication: .reauthenticated
        }
    }

    /// What its page and its mail call the action.
    public var action: MailedAction {
        switch self {
        case .passwordReset: .resetPassword
        case .emailVerification: .verifyAddress
        case .signIn: .signIn
        case .unlock: .unlock
        case .addressChange: .changeAddress
        case .addressUndo: .undoAddressChange
        case .invitation: .acceptInvitation
        case .reauthentication: .reauthenticate
        case .supabase: .supabase
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
    public var expiresAt: Timestamp

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
    /// The code is wrong, too old or void, or missing where the link is not enough.
    case wrongCode = "wrong_code"
    /// Another user has the address that it would give, or it is reserved.
    case addressTaken = "address_taken"
}

/// The outcome of storing a new one-time token.
public enum OneTimeTokenIssuance: Hashable, Sendable {
    /// Stored, and its mail written, if it has one; the link is valid until then.
    case issued(expiresAt: Timestamp)
    /// Nothing was mailed.
    case refused(Refusal)

    /// Why a token is not issued; for the audit, never for the caller.
    public enum Refusal: String, Hashable, Sendable, CaseIterable {
        /// The user does not have the address that the token is for.
        case addressChanged = "address_changed"
        /// The budget of the address or of the installation is spent: the newest link in the mailbox lives longer instead.
        case mailLimitReached = "mail_limit_reached"
    }
}

extension OneTimeToken {
    /// Why it cannot be redeemed now, on the rows of the token and its user; `nil` where it can.
    ///
    /// The owner of a former address may undo a change whatever became of the user: it opens no session.
    public func refusal(
        for purpose: OneTimeTokenPurpose, user: User, at now: Timestamp
    ) -> OneTimeTokenRefusal? {
        guard self.purpose == purpose else { return .wrongPurpose }
        guard now < expiresAt else { return .expired }
        guard isMeant(for: user) else { return .addressChanged }
        guard purpose == .addressUndo || user.mayHoldSession(at: now) else { return .userDisabled }
        return nil
    }

    /// Whether the user has the address that it was sent to, or asks for it where it is to give the address.
    public func isMeant(for user: User) -> Bool {
        switch purpose {
        case .addressChange: user.newEmail?.canonical == address
        // The address is one that the user has no more.
        case .addressUndo: true
        // A change of address mails to both addresses.
        case .supabase: user.email?.canonical == address || user.newEmail?.canonical == address
        case .passwordReset, .emailVerification, .signIn, .unlock, .invitation, .reauthentication:
            user.email?.canonical == address
        }
    }

    /// Whether a stored token can no longer be redeemed once a token for `address` is made.
    ///
    /// A token that undoes a change is for an address that the user does not have, and stays beside others. So do those of
    /// Supabase's API, of which a change of address has one for each of two addresses.
    public func isSpare(besideTokenFor address: String, at now: Timestamp) -> Bool {
        if now >= expiresAt { return true }
        return switch purpose {
        case .addressUndo, .supabase: false
        case .passwordReset, .emailVerification, .signIn, .unlock, .addressChange, .invitation, .reauthentication:
            !self.address.utf8.elementsEqual(address.utf8)
        }
    }
}
