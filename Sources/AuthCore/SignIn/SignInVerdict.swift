// SPDX-License-Identifier: Apache-2.0

/// Whether a sign-in is admitted, once the one password check that every attempt costs has been made.
public enum SignInVerdict: Hashable, Sendable {
    /// The session may be opened.
    case admit(User)
    /// It may not be opened; the reason is for the audit.
    case refuse(SignInRefusal)

    /// Decides on the user found for the identifier and the result of the password check.
    ///
    /// - Parameters:
    ///   - user: The user found; `nil` where there is none.
    ///   - hasPassword: Whether that user has a password; where not, the check was made against a dummy.
    ///   - passwordMatches: The result of the check; used only if it was made against the user's own hash.
    ///   - requiresVerifiedEmail: Whether a user with an unverified address may not sign in.
    public static func decide(
        user: User?, hasPassword: Bool, passwordMatches: Bool, requiresVerifiedEmail: Bool, at now: Timestamp
    ) -> SignInVerdict {
        guard let user else { return .refuse(.unknownUser) }
        guard hasPassword else { return .refuse(.noPassword) }
        guard passwordMatches else { return .refuse(.wrongPassword) }
        guard user.mayHoldSession(at: now) else { return .refuse(.userDisabled) }
        guard user.isVerified || !requiresVerifiedEmail else { return .refuse(.emailNotVerified) }
        return .admit(user)
    }
}

/// The true reason why a sign-in was rejected.
public enum SignInRefusal: String, Hashable, Sendable, CaseIterable {
    /// The identifier is neither a username nor an address.
    case malformedIdentifier = "malformed_identifier"
    /// No user has that identifier.
    case unknownUser = "unknown_user"
    /// The user has no password to sign in with.
    case noPassword = "no_password"
    /// The password is not the user's.
    case wrongPassword = "wrong_password"
    /// The password is right, but the user is deactivated or banned.
    case userDisabled = "user_disabled"
    /// The password is right, but the address has not been verified, which this service requires.
    case emailNotVerified = "email_not_verified"
    /// The user changed between the check and the opening of the session, more than once.
    case changedMeanwhile = "changed_meanwhile"
    /// Too many attempts had failed; the password was checked and made no difference.
    case throttled
}
