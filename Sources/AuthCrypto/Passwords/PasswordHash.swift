// SPDX-License-Identifier: Apache-2.0

/// A password hash whose form and cost have been checked: this process can verify a password against it.
///
/// Reads what authd writes and the common forms of other systems: PHC strings of Argon2 and scrypt, bcrypt,
/// passlib's PBKDF2 and bcrypt-sha256, and Django's encodings of all of these.
public struct PasswordHash: Sendable, Equatable {
    /// The longest text that is looked at, in bytes.
    public static let maximumLength = 512

    /// The text as stored.
    ///
    /// It goes to the store and nowhere else.
    ///
    /// - Warning: An attacker who sees it can guess passwords offline.
    public let encoded: String
    /// The algorithm and the work it takes.
    public let cost: PasswordHashCost

    /// The salt as the algorithm takes it; for bcrypt, its 22 characters.
    let salt: [UInt8]
    /// The hash; for bcrypt, its 31 characters.
    let digest: [UInt8]

    /// Accepts what was read, if this process is willing to compute it.
    init(
        encoded: String, cost: PasswordHashCost, salt: [UInt8], digest: [UInt8]
    ) throws(PasswordHashError) {
        guard cost.isWithinBounds else { throw .costOutOfBounds }
        self.encoded = encoded
        self.cost = cost
        self.salt = salt
        self.digest = digest
    }

    /// Writes what was computed, whose cost was checked before.
    ///
    /// ``init(parsing:)`` reads the same parts back.
    init(cost: PasswordHashCost, salt: [UInt8], digest: [UInt8]) {
        encoded = Self.text(cost: cost, salt: salt, digest: digest)
        self.cost = cost
        self.salt = salt
        self.digest = digest
    }

    /// Whether both are the same text.
    public static func == (left: PasswordHash, right: PasswordHash) -> Bool { left.encoded == right.encoded }

    /// The name of the algorithm, as ``PasswordHashCost/algorithmName``.
    public var algorithmName: String { cost.algorithmName }
}

/// Why a text is not a password hash that can be used.
public enum PasswordHashError: Error, Equatable, Sendable {
    /// The scheme is none that authd knows.
    case unknownScheme
    /// The scheme is known, the rest is not written as it should be.
    case malformed
    /// It is well written but takes more work than ``PasswordHashCost/isWithinBounds`` allows, or less than any.
    case costOutOfBounds
}

extension PasswordHash: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The cost, without salt and hash.
    public var description: String { "PasswordHash(\(cost.label), redacted)" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
