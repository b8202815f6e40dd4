// SPDX-License-Identifier: Apache-2.0

/// A cryptographic library could not do its work.
///
/// Never caused by a wrong password or key: those are answers, not failures.
@nonexhaustive
public enum CryptoError: Error, Equatable, Sendable {
    /// The primitive failed, and not for want of memory.
    case libraryFailure(Primitive)
    /// The memory that the primitive needs cannot be had now. Trying later may help.
    case outOfMemory(Primitive)
    /// The system refused a thread or a descriptor.
    case resourcesExhausted
    /// A file of breached passwords is not what it was, or not what it should be.
    case fileUnreadable

    /// What was being computed.
    @nonexhaustive
    public enum Primitive: Equatable, Sendable {
        /// Argon2 of libsodium.
        case argon2
        /// bcrypt of libcrypt.
        case bcrypt
        /// scrypt of libcrypto.
        case scrypt
        /// PBKDF2 of libcrypto.
        case pbkdf2
        /// HKDF of libcrypto.
        case hkdf
    }
}
