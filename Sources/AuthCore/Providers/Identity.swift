// SPDX-License-Identifier: Apache-2.0

/// Names an identity of a user.
public struct IdentityID: OpaqueID {
    /// The value as stored and written.
    public let uuid: UUIDv7
    /// Wraps a value.
    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}

/// A user's identity at a provider, by which the user signs in.
public struct Identity: Hashable, Sendable {
    /// The identity's name; later ones are greater.
    public let id: IdentityID
    /// Whose it is.
    public let userID: UserID
    /// The provider, as the operator calls it.
    public let provider: ProviderName
    /// What names the person there.
    public let subject: ProviderSubject
    /// The address that the provider told at the last sign-in; it need not be the user's.
    public var email: EmailAddress?
    /// Whether the provider said that it had verified that address.
    public var emailIsVerified: Bool
    /// Whether it was linked with a proof of the user's mailbox: where it was not, a stranger may have linked it, and a later
    /// proof removes it as ``BindingEffect`` says.
    public var isBound: Bool
    /// When it was linked.
    public let createdAt: Timestamp
    /// When it was last used to sign in.
    public var lastUsedAt: Timestamp

    /// Describes an identity as stored.
    public init(
        id: IdentityID, userID: UserID, provider: ProviderName, subject: ProviderSubject, email: EmailAddress?,
        emailIsVerified: Bool, isBound: Bool, createdAt: Timestamp, lastUsedAt: Timestamp
    ) {
        self.id = id
        self.userID = userID
        self.provider = provider
        self.subject = subject
        self.email = email
        self.emailIsVerified = emailIsVerified
        self.isBound = isBound
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }
}
