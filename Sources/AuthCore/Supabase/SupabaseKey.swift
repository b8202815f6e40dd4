// SPDX-License-Identifier: Apache-2.0

/// Names a secret key of Supabase's API; as a user's, it is the actor of the audit log.
public struct SupabaseKeyID: OpaqueID {
    /// The value as stored and written.
    public let uuid: UUIDv7
    /// Wraps a value.
    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}

/// A secret key of Supabase's API, as stored: never its text.
///
/// Only keys that open the administrative routes are stored. What clients without rights send means nothing.
public struct SupabaseKey: Hashable, Sendable {
    /// What a key looks like; raw values are stored.
    public enum Form: String, Hashable, Sendable, CaseIterable {
        /// A signed token that names the row.
        case jwt
        /// A random text that is found by its digest.
        case opaque
    }

    /// The key's name, which never changes.
    public let id: SupabaseKeyID
    /// What it looks like.
    public let form: Form
    /// The keyed digest of an opaque key, 32 octets; `nil` for a token, which its signature proves.
    public let digest: [UInt8]?
    /// What the operator calls it.
    public let name: String
    /// The administrator who made it; `nil` for the command line.
    public let creator: UserID?
    /// When it was made.
    public let createdAt: Timestamp
    /// When it was last used, to the minute; `nil` before.
    public var lastUsedAt: Timestamp?
    /// From when on it is rejected.
    public let expiresAt: Timestamp
    /// When it was revoked.
    public var revokedAt: Timestamp?

    /// How many of one form may be live at a time: the one in use, and the one that replaces it.
    public static let mostLive = 2
    /// The longest name in octets.
    public static let maximumNameBytes = 64

    /// Describes a key as stored.
    public init(
        id: SupabaseKeyID, form: Form, digest: [UInt8]?, name: String, creator: UserID?, createdAt: Timestamp,
        lastUsedAt: Timestamp? = nil, expiresAt: Timestamp, revokedAt: Timestamp? = nil
    ) {
        self.id = id
        self.form = form
        self.digest = digest
        self.name = name
        self.creator = creator
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
    }

    /// Whether it opens anything.
    public func isLive(at now: Timestamp) -> Bool {
        revokedAt == nil && now < expiresAt
    }

    /// Whether a use is to be written: of one minute one is enough.
    public func isUseDue(at now: Timestamp) -> Bool {
        guard let lastUsedAt else { return true }
        return lastUsedAt + .seconds(60) <= now
    }
}
