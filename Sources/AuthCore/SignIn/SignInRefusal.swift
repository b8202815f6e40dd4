// SPDX-License-Identifier: Apache-2.0

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
    /// The password is right, and the answer to the second factor is not.
    case wrongFactor = "wrong_factor"
    /// Too many attempts had failed; the password was checked and made no difference.
    case throttled
}
