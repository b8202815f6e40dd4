// SPDX-License-Identifier: Apache-2.0

/// The kinds of request that are counted apart from each other.
public enum LimitClass: String, Hashable, Sendable, CaseIterable {
    /// Not limited: answered from memory, or guarded by an access token.
    case none
    /// Presenting a password.
    case signIn = "sign_in"
    /// Making a user.
    case register
    /// Presenting a refresh token.
    case refresh
    /// Causing a mail to be sent.
    case mail
    /// Presenting a token from a mail.
    case redeem
    /// Opening the page of a mailed action.
    case page
    /// Changing something with an access token.
    case write
    /// Reading lists and records of others.
    case read
}
