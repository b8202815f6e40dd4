// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

extension JSONWebKey {
    /// The public key as a JSON text of its own; `nil` for a symmetric key, which has nothing to publish.
    public func serializedPublicHalf() -> [UInt8]? {
        guard let half = publicHalf else { return nil }
        var writer = JSONWriter(reservingCapacity: 512)
        half.writePublic(into: &writer)
        return writer.bytes
    }

    /// Writes the key as a key set publishes it: members in a fixed order, nothing private.
    ///
    /// A symmetric key has nothing to publish; the caller must have left it out, and `null` is written for it.
    func writePublic(into writer: inout JSONWriter) {
        switch material {
        case .symmetric: writer.null()
        case .rsa, .ellipticCurve, .edwards:
            writer.object { key in
                writeDescription(into: &key)
                writePublicMembers(into: &key)
            }
        }
    }

    /// The key with its private members; the name is a warning.
    func renderedWithSecrets() -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 2_048)
        writer.object { key in
            writeDescription(into: &key)
            writePublicMembers(into: &key)
            writePrivateMembers(into: &key)
        }
        return writer.bytes
    }

    private func writeDescription(into key: inout JSONWriter) {
        key.member(ifPresent: "kid", id)
        key.member(ifPresent: "use", use?.rawValue)
        key.member(ifPresent: "alg", algorithm?.rawValue)
        if let operations { key.member("key_ops", operations) }
    }

    /// The members that identify the key, which are also those of its thumbprint, in the order that RFC 7638 §3.3 hashes.
    private func writePublicMembers(into key: inout JSONWriter) {
        switch material {
        case .symmetric: key.member("kty", "oct")
        case .rsa(let numbers, _):
            key.member("e", Base64URL.encode(numbers.exponent))
            key.member("kty", "RSA")
            key.member("n", Base64URL.encode(numbers.modulus))
        case .ellipticCurve(let curve, let point, _):
            key.member("crv", curve.rawValue)
            key.member("kty", "EC")
            key.member("x", Base64URL.encode(point.x))
            key.member("y", Base64URL.encode(point.y))
        case .edwards(let point, _):
            key.member("crv", "Ed25519")
            key.member("kty", "OKP")
            key.member("x", Base64URL.encode(point))
        }
    }

    private func writePrivateMembers(into key: inout JSONWriter) {
        switch material {
        case .symmetric(let secret): key.member("k", secret.base64URL)
        case .rsa(_, let secret):
            key.member(ifPresent: "d", secret?.exponent.base64URL)
            key.member(ifPresent: "p", secret?.firstPrime.base64URL)
            key.member(ifPresent: "q", secret?.secondPrime.base64URL)
            key.member(ifPresent: "dp", secret?.firstExponent.base64URL)
            key.member(ifPresent: "dq", secret?.secondExponent.base64URL)
            key.member(ifPresent: "qi", secret?.coefficient.base64URL)
        case .ellipticCurve(_, _, let secret): key.member(ifPresent: "d", secret?.base64URL)
        case .edwards(_, let secret): key.member(ifPresent: "d", secret?.base64URL)
        }
    }

    /// The digest that identifies the key wherever it is, whatever else its JSON says.
    ///
    /// - Warning: For a symmetric key this is a plain digest of the secret, which must not be published if the secret
    ///   could be guessed (RFC 7638 §7).
    /// - Source: RFC 7638 §3 with SHA-256.
    public var thumbprint: String {
        var writer = JSONWriter()
        writer.object { key in
            if case .symmetric(let secret) = material { key.member("k", secret.base64URL) }
            writePublicMembers(into: &key)
        }
        return Base64URL.encode(SHA256.digest(writer.bytes))
    }
}

extension SecretOctets {
    fileprivate var base64URL: String { withBytes { Base64URL.encode($0) } }
}
