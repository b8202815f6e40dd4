// SPDX-License-Identifier: Apache-2.0

/// What a user is told of by mail because it was done to the user, by the user or by an attacker.
///
/// The raw value is the name of the mail's template.
public enum SecurityNotice: String, Hashable, Sendable, CaseIterable {
    /// The password was changed or reset.
    case passwordChanged = "password_changed"
    /// The address was replaced or removed; mailed to the old one.
    case addressChanged = "address_changed"
    /// A session was revoked, because its refresh token was used twice.
    case refreshReused = "refresh_reused"
    /// Someone signed in from a device that is new to the user.
    case newDevice = "new_device"
    /// Credentials that were never shown with a proof of the mailbox were voided by such a proof.
    case credentialsVoided = "credentials_voided"
    /// An identity at a provider was linked, by which one can sign in as the user.
    case identityLinked = "identity_linked"
    /// An administrator set a password, made a link that signs in, or changed the address; the details say which.
    case administratorActed = "administrator_acted"
}
