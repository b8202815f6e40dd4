// SPDX-License-Identifier: Apache-2.0

/// The number that each of a user's access tokens must equal or exceed; raising it revokes all earlier tokens.
///
/// It is drawn from the time at which it is raised. A plain count would repeat itself after a backup was restored: a
/// token from between the backup and the loss would then have the number that the next raise gives, and outlive it.
public struct UserEpoch: Hashable, Comparable, Sendable {
    /// Zero, or microseconds since 1970 as a rule; only compared.
    public let value: Int64

    /// The epoch of a user just made.
    public static let first = UserEpoch(0)

    /// Wraps a stored or received number.
    public init(_ value: Int64) {
        self.value = value
    }

    /// The epoch after this one: the time, or one more where the time has not come so far.
    ///
    /// Always greater than this one, and below 2^53 as long as this one is and can grow, so that every reader of JSON keeps
    /// it exact (RFC 8259 §6). A clock beyond the year 2255 is not asked.
    public func next(at now: Timestamp) -> UserEpoch {
        let successor = value == .max ? value : value + 1
        return UserEpoch(now.microseconds < Self.limit ? max(successor, now.microseconds) : successor)
    }

    /// Where doubles begin to leave integers out.
    private static let limit: Int64 = 1 << 53

    /// Orders by number: a later epoch is a greater one.
    public static func < (earlier: UserEpoch, later: UserEpoch) -> Bool {
        earlier.value < later.value
    }
}

/// A user as stored: everything but the password hash.
public struct User: Hashable, Sendable {
    /// The subject of this user's tokens.
    public let id: UserID
    /// The name to sign in with, where one was chosen.
    public var username: Username?
    /// The address to sign in with and to write to, where there is one.
    public var email: EmailAddress?
    /// When the address was verified; `nil` before.
    public var emailVerifiedAt: Timestamp?
    /// The address that the user asks for and has not proven yet; it reserves nothing.
    public var newEmail: EmailAddress?
    /// When the user was deleted in such a way that the row stays: without identifiers, credentials and metadata, so that what
    /// names the user elsewhere still names a user; `nil` for every other user.
    public var deletedAt: Timestamp?
    /// The user's full name.
    public var fullName: FullName?
    /// The user's role.
    public var role: Role
    /// What the user may do beside the role; set by administrators.
    public var permissions: Scope
    /// Whether the user may sign in at all; set by administrators.
    public var isActive: Bool
    /// Until when the user may not sign in, where that is limited in time.
    public var bannedUntil: Timestamp?
    /// Whether the user is a guest without any identifier.
    public var isAnonymous: Bool
    /// Whether an administrator chose the password, which must then be changed before any other request is allowed.
    public var mustChangePassword: Bool
    /// The oldest epoch whose access tokens are still accepted.
    public var epoch: UserEpoch
    /// The generation of the password and the known devices.
    public var credentialGeneration: CredentialGeneration
    /// Whether the password, the sessions and the known devices were shown with a proof of the mailbox: where they were not, a
    /// stranger may have set them, and ``BindingEffect`` says what a later proof does to them.
    public var isBound: Bool
    /// JSON that only the operator's services write.
    public var appMetadata: String
    /// JSON that the user may write.
    public var userMetadata: String
    /// When the user was made.
    public let createdAt: Timestamp
    /// When anything of the above last changed.
    public var updatedAt: Timestamp
    /// When the user last signed in with a credential.
    public var lastLoginAt: Timestamp?
    /// How the user came to exist; `nil` where that was not noted.
    public let origin: UserOrigin?
    /// The language of mails to the user; `nil` for the service's own.
    public var locale: LanguageTag?

    /// Describes a user; the defaults are those of a user who has just registered.
    public init(
        id: UserID, username: Username? = nil, email: EmailAddress? = nil, emailVerifiedAt: Timestamp? = nil,
        newEmail: EmailAddress? = nil, deletedAt: Timestamp? = nil, fullName: FullName? = nil, role: Role = .user,
        permissions: Scope = .none, isActive: Bool = true, bannedUntil: Timestamp? = nil, isAnonymous: Bool = false,
        mustChangePassword: Bool = false,
        epoch: UserEpoch = .first, credentialGeneration: CredentialGeneration = .first, isBound: Bool = false,
        appMetadata: String = "{}", userMetadata: String = "{}", createdAt: Timestamp, updatedAt: Timestamp? = nil,
        lastLoginAt: Timestamp? = nil, origin: UserOrigin? = nil, locale: LanguageTag? = nil
    ) {
        self.id = id
        self.username = username
        self.email = email
        self.emailVerifiedAt = emailVerifiedAt
        self.newEmail = newEmail
        self.deletedAt = deletedAt
        self.fullName = fullName
        self.role = role
        self.permissions = permissions
        self.isActive = isActive
        self.bannedUntil = bannedUntil
        self.isAnonymous = isAnonymous
        self.mustChangePassword = mustChangePassword
        self.epoch = epoch
        self.credentialGeneration = credentialGeneration
        self.isBound = isBound
        self.appMetadata = appMetadata
        self.userMetadata = userMetadata
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
        self.lastLoginAt = lastLoginAt
        self.origin = origin
        self.locale = locale
    }

    /// Whether the address has been verified.
    public var isVerified: Bool { emailVerifiedAt != nil }

    /// Whether the user may sign in and refresh at `now`.
    public func mayHoldSession(at now: Timestamp) -> Bool {
        guard isActive else { return false }
        guard let bannedUntil else { return true }
        return bannedUntil <= now
    }

    /// Whether the metadata is too long to be kept in memory with each of a user's tokens: users write it, and must not fill the
    /// memory of a process by it.
    package var hasLargeMetadata: Bool { appMetadata.utf8.count + userMetadata.utf8.count > 2_048 }

    /// Whether the metadata of two states is the same to the last octet; `==` takes texts that look alike for the same.
    package func hasSameMetadata(as other: User) -> Bool {
        userMetadata.hasSameOctets(as: other.userMetadata) && appMetadata.hasSameOctets(as: other.appMetadata)
    }
}
