// SPDX-License-Identifier: Apache-2.0

/// The signature algorithms that are spoken here; `none` is not one and cannot be expressed.
///
/// An algorithm is a property of a key, never a choice of the token: see ``VerificationKey``.
///
/// - Source: RFC 7518 §3, RFC 8037 §3.1; RFC 8725 §3.1 and §3.2.
public enum SignatureAlgorithm: String, Hashable, Sendable, CaseIterable {
    /// HMAC with SHA-256.
    case hs256 = "HS256"
    /// HMAC with SHA-384.
    case hs384 = "HS384"
    /// HMAC with SHA-512.
    case hs512 = "HS512"
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    case rs384 = "RS384"
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    case rs512 = "RS512"
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes.
    case ps256 = "PS256"
    /// RSASSA-PSS with SHA-384 and a salt of 48 bytes.
    case ps384 = "PS384"
    /// RSASSA-PSS with SHA-512 and a salt of 64 bytes.
    case ps512 = "PS512"
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
    /// ECDSA on P-384 with SHA-384.
    case es384 = "ES384"
    /// ECDSA on P-521 with SHA-512.
    case es512 = "ES512"
    /// Ed25519.
    case edDSA = "EdDSA"

    /// Whether a party that can verify can also sign.
    public var isSymmetric: Bool { digestForHMAC != nil }

    /// What kind of key the algorithm needs.
    enum Family: Hashable {
        case hmac
        case rsa
        case ellipticCurve(EllipticCurve)
        case edwards
    }

    var family: Family {
        switch self {
        case .hs256, .hs384, .hs512: .hmac
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        case .es256: .ellipticCurve(.p256)
        case .es384: .ellipticCurve(.p384)
        case .es512: .ellipticCurve(.p521)
        case .edDSA: .edwards
        }
    }

    /// The digest by libcrypto's name; `nil` for Ed25519, which hashes by itself.
    var digestName: String? {
        switch self {
        case .hs256, .rs256, .ps256, .es256: "SHA256"
        case .hs384, .rs384, .ps384, .es384: "SHA384"
        case .hs512, .rs512, .ps512, .es512: "SHA512"
        case .edDSA: nil
        }
    }

    /// The digest of an HMAC with its length, which is also the shortest key (RFC 7518 §3.2).
    var digestForHMAC: (name: String, byteCount: Int)? {
        switch self {
        case .hs256: ("SHA256", 32)
        case .hs384: ("SHA384", 48)
        case .hs512: ("SHA512", 64)
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512, .es256, .es384, .es512, .edDSA: nil
        }
    }

    var isPSS: Bool {
        switch self {
        case .ps256, .ps384, .ps512: true
        case .hs256, .hs384, .hs512, .rs256, .rs384, .rs512, .es256, .es384, .es512, .edDSA: false
        }
    }
}
