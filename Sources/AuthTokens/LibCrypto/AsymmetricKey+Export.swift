// SPDX-License-Identifier: Apache-2.0

internal import CLibCrypto

extension AsymmetricKey {
    /// Reads both halves of a key that was made here.
    ///
    /// - Throws: `.libraryFailure` if there is no private half or the algorithm is not the key's.
    func material(for algorithm: SignatureAlgorithm) throws(KeyError) -> KeyMaterial {
        switch algorithm.family {
        case .hmac: throw .algorithmMismatch
        case .rsa: try rsaMaterial()
        case .ellipticCurve(let curve): try ellipticCurveMaterial(curve)
        case .edwards: .edwards(try edwardsPoint(), secret: try edwardsSecret())
        }
    }

    private func rsaMaterial() throws(KeyError) -> KeyMaterial {
        var numbers: [SecretOctets] = []
        while let name = authd_rsa_number_name(numbers.count) { numbers.append(try number(name)) }
        guard numbers.count == 8 else { throw .libraryFailure }
        return .rsa(
            KeyMaterial.RSANumbers(modulus: numbers[0].copied(), exponent: numbers[1].copied()),
            secret: KeyMaterial.RSASecret(
                exponent: numbers[2], firstPrime: numbers[3], secondPrime: numbers[4], firstExponent: numbers[5],
                secondExponent: numbers[6], coefficient: numbers[7]))
    }

    private func ellipticCurveMaterial(_ curve: EllipticCurve) throws(KeyError) -> KeyMaterial {
        let length = curve.coordinateByteCount
        let point = KeyMaterial.Point(
            x: try number(OSSL_PKEY_PARAM_EC_PUB_X, paddedTo: length).copied(),
            y: try number(OSSL_PKEY_PARAM_EC_PUB_Y, paddedTo: length).copied())
        return .ellipticCurve(curve, point, secret: try number(OSSL_PKEY_PARAM_PRIV_KEY, paddedTo: length))
    }

    /// The public half of an Ed25519 key.
    func edwardsPoint() throws(KeyError) -> [UInt8] {
        var length = 32
        var bytes = [UInt8](repeating: 0, count: length)
        guard EVP_PKEY_get_raw_public_key(pointer, &bytes, &length) == 1, length == 32 else { throw .libraryFailure }
        return bytes
    }

    private func edwardsSecret() throws(KeyError) -> SecretOctets {
        var length = 32
        var bytes = [UInt8](repeating: 0, count: length)
        defer { OPENSSL_cleanse(&bytes, bytes.count) }
        guard EVP_PKEY_get_raw_private_key(pointer, &bytes, &length) == 1, length == 32 else { throw .libraryFailure }
        return SecretOctets(bytes)
    }

    /// The named number, most significant byte first; without leading zeros, or with as many as `length` asks for.
    private func number(_ name: UnsafePointer<CChar>, paddedTo length: Int = 0) throws(KeyError) -> SecretOctets {
        var bytes = [UInt8](repeating: 0, count: RSAStrength.maximumBits / 8)
        defer { OPENSSL_cleanse(&bytes, bytes.count) }
        let count = authd_key_number(pointer, name, &bytes, bytes.count)
        guard count > 0 else { throw .libraryFailure }
        var padded = [UInt8](repeating: 0, count: max(length - count, 0))
        padded.reserveCapacity(max(length, count))
        padded += bytes[..<count]
        defer { OPENSSL_cleanse(&padded, padded.count) }
        return SecretOctets(padded)
    }
}
