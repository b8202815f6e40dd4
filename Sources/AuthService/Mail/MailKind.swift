// SPDX-License-Identifier: Apache-2.0

/// What a mail that is left for after an answer is about.
@nonexhaustive
public enum MailKind: String, Hashable, Sendable, CaseIterable {
    /// A link to set a new password was asked for.
    case passwordReset = "password_reset"
    /// A link to prove an address was asked for, or is due after a registration.
    case emailVerification = "email_verification"
    /// Somebody registered where registration is private.
    case registration
    /// A user wants another address, where registration is private.
    case addressProposal = "address_proposal"
    /// The password was changed or reset.
    case passwordChanged = "password_changed"
    /// The address was changed.
    case addressChanged = "address_changed"
    /// A session was ended because its refresh token was used by two.
    case refreshReused = "refresh_reused"
}

/// Why a mail was dropped.
public enum MailLoss: String, Hashable, Sendable, CaseIterable {
    /// Too many were waiting, in all or of one user.
    case full
    /// It had been tried as often as it may be, or the process was ending.
    case givenUp = "given_up"
}
