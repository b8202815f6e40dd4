// SPDX-License-Identifier: Apache-2.0

internal import CLibCrypto

/// Owns one `EVP_PKEY`.
///
/// A class because libcrypto's object must be freed exactly once.
final class AsymmetricKey: Sendable {
    // An `EVP_PKEY` is not changed after `init`: every use goes through a context of its own, which libcrypto allows
    // from any number of threads at once.
    nonisolated(unsafe) let pointer: OpaquePointer

    /// The length of the modulus for RSA, of `r` and `s` together for ECDSA, 64 for Ed25519.
    let signatureByteCount: Int

    private init(owning pointer: OpaquePointer, signatureByteCount: Int) {
        self.pointer = pointer
        self.signatureByteCount = signatureByteCount
    }

    deinit {
        EVP_PKEY_free(pointer)
    }

    /// Makes a key of the parts of a JWK, with its private half if there is one.
    ///
    /// Cost: an RSA modulus is tested for compositeness, a millisecond or so.
    ///
    /// - Throws: `.weak` or `.tooLarge` for RSA, `.inconsistent` for numbers that are no key, `.algorithmMismatch` for a
    ///   symmetric key.
    convenience init(_ material: KeyMaterial) throws(KeyError) {
        switch material {
        case .symmetric: throw .algorithmMismatch
        case .rsa(let numbers, let secret): try self.init(numbers, secret: secret)
        case .ellipticCurve(let curve, let point, let secret): try self.init(curve, point: point, secret: secret)
        case .edwards(let point, let secret): try self.init(ed25519: point, secret: secret)
        }
    }

    private convenience init(_ numbers: KeyMaterial.RSANumbers, secret: KeyMaterial.RSASecret?) throws(KeyError) {
        try RSAStrength.check(modulus: numbers.modulus, exponent: numbers.exponent)
        var parts = [SecretOctets(numbers.modulus), SecretOctets(numbers.exponent)]
        if let secret {
            parts += [
                secret.exponent, secret.firstPrime, secret.secondPrime, secret.firstExponent, secret.secondExponent,
                secret.coefficient,
            ]
        }
        let imported = withExtendedLifetime(parts) {
            let list = parts.map { part in part.withBytes { authd_octets(bytes: $0.baseAddress, length: $0.count) } }
            return authd_rsa_import(list, list.count)
        }
        guard let imported else { throw .inconsistent }
        self.init(owning: imported, signatureByteCount: numbers.modulus.count)
        guard authd_key_is_consistent(pointer, secret == nil ? 0 : 1) == 1 else { throw .inconsistent }
    }

    private convenience init(_ curve: EllipticCurve, point: KeyMaterial.Point, secret: SecretOctets?) throws(KeyError) {
        let encoded = [4] + point.x + point.y
        let imported =
            if let secret {
                secret.withBytes {
                    authd_ec_import(curve.rawValue, encoded, encoded.count, $0.baseAddress, $0.count)
                }
            } else {
                authd_ec_import(curve.rawValue, encoded, encoded.count, nil, 0)
            }
        guard let imported else { throw .inconsistent }
        self.init(owning: imported, signatureByteCount: 2 * curve.coordinateByteCount)
        guard authd_key_is_consistent(pointer, secret == nil ? 0 : 1) == 1 else { throw .inconsistent }
    }

    private convenience init(ed25519 point: [UInt8], secret: SecretOctets?) throws(KeyError) {
        let imported =
            if let secret {
                secret.withBytes { authd_ed25519_import(1, $0.baseAddress, $0.count) }
            } else {
                authd_ed25519_import(0, point, point.count)
            }
        guard let imported else { throw .inconsistent }
        self.init(owning: imported, signatureByteCount: 64)
        // libcrypto derives the public half of a private key; what was stated must be what it found.
        guard try edwardsPoint() == point else { throw .inconsistent }
    }

    /// Makes a new key.
    ///
    /// Cost: RSA searches for primes, which takes tenths of a second.
    ///
    /// - Throws: `.algorithmMismatch` for HMAC, `.weak` or `.tooLarge` for an RSA length out of bounds,
    ///   `.libraryFailure`.
    convenience init(generatingFor algorithm: SignatureAlgorithm, modulusBits: Int) throws(KeyError) {
        switch algorithm.family {
        case .hmac: throw .algorithmMismatch
        case .rsa:
            guard modulusBits >= RSAStrength.minimumBits else { throw .weak }
            guard modulusBits <= RSAStrength.maximumBits, modulusBits % 8 == 0 else { throw .tooLarge }
            guard let made = authd_rsa_generate(modulusBits) else { throw .libraryFailure }
            self.init(owning: made, signatureByteCount: modulusBits / 8)
        case .ellipticCurve(let curve):
            guard let made = authd_ec_generate(curve.rawValue) else { throw .libraryFailure }
            self.init(owning: made, signatureByteCount: 2 * curve.coordinateByteCount)
        case .edwards:
            guard let made = authd_ed25519_generate() else { throw .libraryFailure }
            self.init(owning: made, signatureByteCount: 64)
        }
    }
}
