// SPDX-License-Identifier: Apache-2.0

/// Decides whether a user can still sign in without an identity, on the locked rows of the user.
public enum WaysIn {
    /// Whether a way in remains that works now.
    ///
    /// A password counts with an identifier to type, mailed sign-in with a verified address, and another identity if its
    /// provider is one of those that are configured.
    ///
    /// - Parameters:
    ///   - identity: The identity that is to be removed.
    ///   - user: Whose it is.
    ///   - hasPassword: Whether a password is stored.
    ///   - identities: All identities of the user; whether the removed one is among them makes no difference.
    ///   - enabled: The providers that users can sign in by.
    ///   - signsInByMail: Whether users can sign in by a link or code that is mailed.
    /// - Returns: Whether the identity may be removed.
    public static func remain(
        afterRemoving identity: Identity, of user: User, hasPassword: Bool, identities: [Identity],
        enabled: Set<ProviderName>, signsInByMail: Bool
    ) -> Bool {
        if hasPassword, user.username != nil || user.email != nil { return true }
        if signsInByMail, user.email != nil, user.isVerified { return true }
        return identities.contains { other in
            other.id != identity.id && other.userID == user.id && enabled.contains(other.provider)
        }
    }
}
