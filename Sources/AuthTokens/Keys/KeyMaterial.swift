// SPDX-License-Identifier: Apache-2.0

/// The numbers of a key, with fixed lengths and no leading zeros as RFC 7518 §6 prescribes for each.
enum KeyMaterial: Sendable {
    /// Modulus and public exponent.
    struct RSANumbers: Hashable, Sendable {
        let modulus: [UInt8]
        let exponent: [UInt8]
    }

    /// The private half of a two-prime RSA key.
    struct RSASecret: Sendable {
        let exponent: SecretOctets
        let firstPrime: SecretOctets
        let secondPrime: SecretOctets
        let firstExponent: SecretOctets
        let secondExponent: SecretOctets
        let coefficient: SecretOctets
    }

    /// Affine coordinates, each as long as the curve's field.
    struct Point: Hashable, Sendable {
        let x: [UInt8]
        let y: [UInt8]
    }

    case symmetric(SecretOctets)
    case rsa(RSANumbers, secret: RSASecret?)
    case ellipticCurve(EllipticCurve, Point, secret: SecretOctets?)
    case edwards([UInt8], secret: SecretOctets?)

    /// Whether the holder can sign.
    var isSecret: Bool {
        switch self {
        case .symmetric: true
        case .rsa(_, let secret): secret != nil
        case .ellipticCurve(_, _, let secret): secret != nil
        case .edwards(_, let secret): secret != nil
        }
    }

    /// The same key without what only its owner may know; `nil` for a symmetric key, which has no public half.
    var publicHalf: KeyMaterial? {
        switch self {
        case .symmetric: nil
        case .rsa(let numbers, _): .rsa(numbers, secret: nil)
        case .ellipticCurve(let curve, let point, _): .ellipticCurve(curve, point, secret: nil)
        case .edwards(let point, _): .edwards(point, secret: nil)
        }
    }

    /// Whether keys of this kind can have the algorithm.
    func suits(_ algorithm: SignatureAlgorithm) -> Bool {
        switch (self, algorithm.family) {
        case (.symmetric, .hmac), (.rsa, .rsa), (.edwards, .edwards): true
        case (.ellipticCurve(let curve, _, _), .ellipticCurve(let wanted)): curve == wanted
        case (.symmetric, _), (.rsa, _), (.edwards, _), (.ellipticCurve, _): false
        }
    }

    /// The algorithm of a key that states none: the only one that fits, else what every issuer offers by default.
    var impliedAlgorithm: SignatureAlgorithm {
        switch self {
        case .symmetric: .hs256
        case .rsa: .rs256
        case .ellipticCurve(let curve, _, _): curve.algorithm
        case .edwards: .edDSA
        }
    }
}
