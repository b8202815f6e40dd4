// SPDX-License-Identifier: Apache-2.0

/// Why a key, or a set of keys, is not used.
///
/// No case carries key material, so errors are safe to log.
public enum KeyError: Error, Hashable, Sendable {
    /// Not the JSON that a key or a key set is, or a member of the wrong type or spelling.
    case malformed
    /// Longer than a key set may be, or with more keys.
    case tooLarge
    /// A key type, curve or algorithm that is not supported.
    case unsupported
    /// A member that this kind of key must have is absent.
    case missingMember(String)
    /// `use` or `key_ops` reserve the key for something other than what it is wanted for.
    case wrongUse
    /// The key's `alg`, its type or curve, and the algorithm it is wanted for contradict each other.
    case algorithmMismatch
    /// Too short, a public exponent below 65537, or made by the generator of the ROCA weakness.
    case weak
    /// Numbers that are no key: a point off its curve, or halves that do not belong together.
    case inconsistent
    /// Two keys of a set have one `kid`.
    case duplicateKeyID
    /// Symmetric and public keys in one set, or a secret where only public keys belong.
    case secretAmongPublicKeys
    /// libcrypto could not sign or generate; memory or its configuration is at fault.
    case libraryFailure
}

extension KeyError {
    /// The stable name of the case for logs.
    public var code: String {
        switch self {
        case .malformed: "malformed"
        case .tooLarge: "too_large"
        case .unsupported: "unsupported"
        case .missingMember: "missing_member"
        case .wrongUse: "wrong_use"
        case .algorithmMismatch: "algorithm_mismatch"
        case .weak: "weak"
        case .inconsistent: "inconsistent"
        case .duplicateKeyID: "duplicate_key_id"
        case .secretAmongPublicKeys: "secret_among_public_keys"
        case .libraryFailure: "library_failure"
        }
    }
}
