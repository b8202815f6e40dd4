// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Checks the signatures of a provider's id tokens.
///
/// The token chooses nothing: its algorithm must be one of those that are accepted and the one that the key is for, and keys
/// come from the provider's own key set. `none` and HMAC are never accepted, for the key of an HMAC would be one that is public
/// or that a client holds.
///
/// - Source: OpenID Connect Core §3.1.3.7, RFC 8725 §3.
public struct IDTokenVerifier: Sendable {
    /// The longest token in octets.
    public static let maximumBytes = 16_384

    /// How many keys are tried for a token that names none.
    public static let maximumTries = 8

    private let keys: any KeySource
    private let algorithms: Set<SignatureAlgorithm>

    /// Sets up a verifier; symmetric algorithms are left out of `algorithms`.
    public init(keys: any KeySource, algorithms: Set<SignatureAlgorithm>) {
        self.keys = keys
        self.algorithms = algorithms.filter { !$0.isSymmetric }
    }

    /// The payload of a token whose signature is good; nothing in it has been checked.
    ///
    /// A token without `kid` may be signed with any key that is for its algorithm. Where no key is found, newer ones are fetched
    /// once, if the key source's cool-down allows.
    ///
    /// - Throws: `.malformed`, also for a token that is too long or has a critical header parameter; `.algorithmRefused`;
    ///   `.unknownKey`; `.wrongSignature`, also where libcrypto could not check it.
    public func payload(of token: String) async throws(ProviderFault) -> [UInt8] {
        let token = try SignedIDToken(token)
        let algorithm = try accepted(token.header.algorithm)
        _ = await keys.refresh(.age)
        var found = try candidates(for: token, algorithm)
        if found.isEmpty, await keys.refresh(.unknownKey) { found = try candidates(for: token, algorithm) }
        guard !found.isEmpty else { throw .unknownKey }
        guard found.contains(where: { $0.isValid(token.signature, for: token.signingInput) }) else {
            throw .wrongSignature
        }
        return token.payload
    }

    /// Checks that an access token was issued with an id token that has been verified, where the id token says so by `at_hash`.
    ///
    /// - Source: OpenID Connect Core §3.1.3.6.
    /// - Throws: `.wrongAccessTokenHash`; `.malformed` or `.algorithmRefused` for an id token that was not verified.
    public func checkAccessToken(
        _ accessToken: String, of idToken: String, claims: IDTokenClaims
    ) throws(ProviderFault) {
        guard let expected = claims.atHash else { return }
        let algorithm = try accepted(SignedIDToken(idToken).header.algorithm)
        guard let hash = AccessTokenHash.text(of: accessToken, for: algorithm), hash.hasSameOctets(as: expected) else {
            throw .wrongAccessTokenHash
        }
    }

    private func accepted(_ name: String) throws(ProviderFault) -> SignatureAlgorithm {
        // RFC 9864 renames EdDSA where the curve is Ed25519.
        let isRenamed = name.hasSameOctets(as: "Ed25519")
        guard let algorithm = isRenamed ? SignatureAlgorithm.edDSA : SignatureAlgorithm(octetsOf: name),
            algorithms.contains(algorithm)
        else { throw .algorithmRefused }
        return algorithm
    }

    /// The keys that may have signed a token, by the set at hand.
    ///
    /// - Throws: `.algorithmRefused` where the key that the token names is for another algorithm.
    private func candidates(
        for token: SignedIDToken, _ algorithm: SignatureAlgorithm
    ) throws(ProviderFault) -> [VerificationKey] {
        let set = keys.verificationKeys()
        guard let id = token.header.keyID else {
            return Array(set.keys.filter { $0.algorithm == algorithm }.prefix(Self.maximumTries))  // octets
        }
        guard let key = set.key(forID: id) else { return [] }
        guard key.algorithm == algorithm else { throw .algorithmRefused }  // octets
        return [key]
    }
}

/// An id token that has been taken apart and not been verified.
private struct SignedIDToken {
    struct Header {
        var algorithm: String
        var keyID: String?
    }

    let header: Header
    let payload: [UInt8]
    let signature: [UInt8]
    let signingInput: [UInt8]

    /// - Throws: `.malformed`, or `.algorithmRefused` for `none` in any case.
    init(_ text: String) throws(ProviderFault) {
        guard text.utf8.count <= IDTokenVerifier.maximumBytes else { throw .malformed }
        let octets = Array(text.utf8)
        let segments = octets.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard segments.count == 3, let json = Base64URL.decode(segments[0]) else { throw .malformed }
        // Before the signature, which tokens without an algorithm do not have.
        header = try Self.header(json)
        guard let payload = Base64URL.decode(segments[1]), !payload.isEmpty,
            let signature = Base64URL.decode(segments[2]), !signature.isEmpty
        else { throw .malformed }
        self.payload = payload
        self.signature = signature
        signingInput = Array(octets[..<segments[1].endIndex])
    }

    /// Reads the header: fields that bring a key along are ignored, and those that change how a token is verified are refused.
    ///
    /// - Source: RFC 7515 §4.1.11, RFC 8725 §3.10.
    private static func header(_ json: [UInt8]) throws(ProviderFault) -> Header {
        guard let object = (try? JSONReader.read(json, limits: JSONLimits(maximumDepth: 6)))?.objectValue,
            let algorithm = object["alg"]?.stringValue
        else { throw .malformed }
        guard !ASCIICase.matches(algorithm, lowercase: "none") else { throw .algorithmRefused }
        for name in ["crit", "b64", "zip", "enc"] where object[name] != nil { throw .malformed }
        guard let named = object["kid"] else { return Header(algorithm: algorithm) }
        guard let id = named.stringValue, id.utf8.count <= JWSHeader.maximumKeyIDBytes else { throw .malformed }
        return Header(algorithm: algorithm, keyID: id)
    }
}
