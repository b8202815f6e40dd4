// SPDX-License-Identifier: Apache-2.0

/// What a message says; its words belong to the sender's templates.
@nonexhaustive
public enum MailMessage: Hashable, Sendable {
    /// Carries the token that sets a new password.
    case passwordReset(token: MailToken, validFor: Duration)
    /// Carries the token that proves the recipient reads this address.
    case emailVerification(token: MailToken, validFor: Duration)
    /// Warns that the password was changed or reset.
    case passwordChanged
    /// Tells the owner of a registered address that somebody tried to register it again.
    ///
    /// Under registration privacy this is the only place where "taken" is said.
    case addressAlreadyRegistered
    /// Tells somebody who registered under registration privacy that the username they chose is taken.
    case usernameTaken
    /// Warns, at the old address, that the user's address was changed.
    case addressChanged
    /// Warns that a session was ended because its refresh token was used by two.
    case refreshReused
}
