// SPDX-License-Identifier: Apache-2.0

/// A key that signs, with the one algorithm that it signs with.
///
/// Copies share libcrypto's object; any number of threads may use one at once.
public struct SigningKey: Sendable, Identifiable {
    /// The same key for verifying only.
    ///
    /// For HMAC that is the secret itself.
    public let verificationKey: VerificationKey

    /// The key as a key set publishes it; `nil` for HMAC, whose keys are never published.
    public let publicJWK: JSONWebKey?

    /// The `kid` under which tokens name the key.
    public var id: String { verificationKey.id }

    /// The algorithm of every signature made with the key.
    public var algorithm: SignatureAlgorithm { verificationKey.algorithm }

    private enum Signer {
        case hmac(HMACKey)
        case asymmetric(MessageSigner)
    }

    private let secret: KeyMaterial
    private let signer: Signer

    private init(
        _ material: KeyMaterial, id: String?, algorithm: SignatureAlgorithm, engine: VerificationKey.Engine
    ) throws(KeyError) {
        let bare = JSONWebKey(material, id: id, algorithm: algorithm, use: .signature)
        publicJWK = bare.publicHalf
        let derivedID = if case .hmac(let key) = engine { try key.derivedID() } else { bare.thumbprint }
        verificationKey = VerificationKey(id: id ?? derivedID, algorithm: algorithm, engine: engine)
        secret = material
        signer =
            switch engine {
            case .hmac(let key): .hmac(key)
            case .asymmetric(let key): .asymmetric(try MessageSigner(key, algorithm))
            }
    }

    /// Makes a new key, whose `id` is its RFC 7638 thumbprint.
    ///
    /// Cost: microseconds, but tenths of a second for RSA, whose length is 2,048 to 8,192 bits and a multiple of 8. An HMAC
    /// key gets as many random bytes as its digest has.
    ///
    /// - Throws: `.weak` or `.tooLarge` for a length out of bounds, `.libraryFailure`.
    public init(generating algorithm: SignatureAlgorithm = .es256, modulusBits: Int = 2_048) throws(KeyError) {
        if let digest = algorithm.digestForHMAC {
            try self.init(hmac: try SecretOctets.random(digest.byteCount), algorithm, id: nil)
            return
        }
        let key = try AsymmetricKey(generatingFor: algorithm, modulusBits: modulusBits)
        let material = try key.material(for: algorithm)
        try self.init(material, id: nil, algorithm: algorithm, engine: .asymmetric(key))
    }

    /// Takes an HMAC secret, such as the one that resource servers share.
    ///
    /// Without an `id` the key gets one that is derived from the secret by HMAC: a thumbprint would publish a plain digest
    /// of the secret (RFC 7638 §7).
    ///
    /// - Throws: `.weak` if the secret is shorter than the digest, `.algorithmMismatch` if the algorithm is no HMAC.
    public init(
        secret bytes: some Collection<UInt8>, algorithm: SignatureAlgorithm = .hs256, id: String? = nil
    ) throws(KeyError) {
        try self.init(hmac: SecretOctets(bytes), algorithm, id: id)
    }

    private init(hmac secret: SecretOctets, _ algorithm: SignatureAlgorithm, id: String?) throws(KeyError) {
        try self.init(
            .symmetric(secret), id: id, algorithm: algorithm, engine: .hmac(try HMACKey(secret, algorithm)))
    }

    /// Makes a usable key of a private JWK, as ``privateJWK()`` renders it.
    ///
    /// - Throws: `.missingMember` if there is no private half, `.wrongUse`, `.algorithmMismatch`, `.weak`, `.tooLarge`,
    ///   `.inconsistent`, `.libraryFailure`.
    public init(_ jwk: JSONWebKey) throws(KeyError) {
        guard jwk.material.isSecret else { throw .missingMember("d") }
        try jwk.checkUse(for: .signing)
        let algorithm = try jwk.resolvedAlgorithm(wanted: nil)
        if case .symmetric(let secret) = jwk.material {
            try self.init(hmac: secret, algorithm, id: jwk.id)
        } else {
            let engine = VerificationKey.Engine.asymmetric(try AsymmetricKey(jwk.material))
            try self.init(jwk.material, id: jwk.id, algorithm: algorithm, engine: engine)
        }
    }

    /// The private key as a JWK, for storage that seals it and for nothing else.
    ///
    /// - Warning: An attacker who reads the bytes can sign as this issuer.
    public func privateJWK() -> [UInt8] {
        JSONWebKey(secret, id: id, algorithm: algorithm, use: .signature).renderedWithSecrets()
    }

    /// Signs in the form of JWS.
    ///
    /// Cost: about half a microsecond for HMAC, tens for ECDSA and Ed25519, about a thousand for RSA.
    ///
    /// - Throws: `.libraryFailure`.
    public func signature(for message: UnsafeBufferPointer<UInt8>) throws(KeyError) -> [UInt8] {
        switch signer {
        case .hmac(let key): try key.mac(of: message)
        case .asymmetric(let signer): try signer.signature(for: message)
        }
    }

    /// Signs in the form of JWS.
    ///
    /// - Throws: `.libraryFailure`.
    public func signature(for message: [UInt8]) throws(KeyError) -> [UInt8] {
        try message.withUnsafeBufferPointer { (message) throws(KeyError) in try signature(for: message) }
    }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    /// The `kid` and the algorithm; never key material.
    public var description: String { "SigningKey(\(id), \(algorithm.rawValue))" }

    /// Empty, so that no dump of an enclosing value reaches key material.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
