// SPDX-License-Identifier: Apache-2.0

/// A key that checks signatures, with the one algorithm that it may be used with.
///
/// That the algorithm belongs to the key is what defeats every confusion attack: a token's header can agree with the key
/// or be refused, but it chooses nothing.
///
/// Copies share libcrypto's object; any number of threads may use one at once.
///
/// - Source: RFC 8725 §3.1.
public struct VerificationKey: Sendable, Identifiable {
    enum Engine: Sendable {
        case hmac(HMACKey)
        case asymmetric(AsymmetricKey)
    }

    /// The `kid` under which tokens name the key.
    public let id: String

    /// The algorithm that a token's header must name.
    public let algorithm: SignatureAlgorithm

    let engine: Engine

    init(id: String, algorithm: SignatureAlgorithm, engine: Engine) {
        self.id = id
        self.algorithm = algorithm
        self.engine = engine
    }

    /// Makes a usable key of a JWK, whose `use`, `key_ops` and `alg` are honoured.
    ///
    /// Without a `kid` in the JWK, ``id`` is its thumbprint. A private JWK gives the key of its public half.
    ///
    /// `algorithm` is what the key is for if the JWK has no `alg`; `nil` takes what its type implies: the curve's
    /// algorithm, EdDSA, RS256, HS256. If the JWK has one, both must agree.
    ///
    /// - Throws: `.wrongUse`, `.algorithmMismatch`, `.weak`, `.tooLarge`, `.inconsistent`, `.libraryFailure`.
    public init(_ jwk: JSONWebKey, algorithm: SignatureAlgorithm? = nil) throws(KeyError) {
        try jwk.checkUse(for: .verifying)
        self.algorithm = try jwk.resolvedAlgorithm(wanted: algorithm)
        id = jwk.effectiveID
        engine =
            switch jwk.material {
            case .symmetric(let secret): .hmac(try HMACKey(secret, self.algorithm))
            case .rsa, .ellipticCurve, .edwards:
                .asymmetric(try AsymmetricKey(jwk.material.publicHalf ?? jwk.material))
            }
    }

    /// Whether the signature, in the form of JWS, is this key's over the message.
    ///
    /// Cost: about half a microsecond for HMAC, tens to hundreds for the others; blocks for nothing.
    ///
    /// - Throws: `.libraryFailure` where libcrypto could not check it, which is not the same as a wrong signature.
    public func verify(
        _ signature: UnsafeBufferPointer<UInt8>, for message: UnsafeBufferPointer<UInt8>
    ) throws(KeyError) -> Bool {
        switch engine {
        case .hmac(let key): try key.isValid(signature, for: message)
        case .asymmetric(let key): try key.isValid(signature, for: message, algorithm)
        }
    }

    /// Whether the signature, in the form of JWS, is known to be this key's over the message; `false` also where it could
    /// not be checked, which ``verify(_:for:)`` tells apart.
    public func isValid(_ signature: UnsafeBufferPointer<UInt8>, for message: UnsafeBufferPointer<UInt8>) -> Bool {
        (try? verify(signature, for: message)) ?? false
    }

    /// Whether the signature, in the form of JWS, is this key's over the message.
    public func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        signature.withUnsafeBufferPointer { signature in
            message.withUnsafeBufferPointer { isValid(signature, for: $0) }
        }
    }
}

extension VerificationKey: CustomStringConvertible, CustomReflectable {
    /// The `kid` and the algorithm; never key material.
    public var description: String { "VerificationKey(\(id), \(algorithm.rawValue))" }

    /// Empty, so that no dump of an enclosing value reaches key material.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
