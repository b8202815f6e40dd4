// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Verifies access tokens with nothing but an issuer's keys: what a resource server needs, without store or network.
///
/// What a token brings along is never used to find or to choose a key: `jwk`, `jku`, `x5u` and `crit` are refused, the
/// algorithm is the key's. Whether the session behind the token is revoked is known to who follows the issuer's
/// ``RevocationFeed``, and to no other verifier before the token expires.
///
/// ```swift
/// let verifier = TokenVerifier(
///     keys: RemoteKeys { FetchedKeySet(try await get("https://id.example/.well-known/jwks.json")) },
///     policy: AccessTokenPolicy(issuer: "https://id.example", audience: "https://api.example"))
/// let token = try await verifier.verifyRefreshingKeys(bearer, at: now)
/// ```
///
/// A class because its cache of verified tokens is shared by all who hold it. Usable from any number of threads.
///
/// - Source: RFC 9068 §4, RFC 8725 §3.
public final class TokenVerifier: Sendable {
    /// The rules that claims must satisfy.
    public let policy: AccessTokenPolicy

    private let keys: any KeySource
    private let cache: VerifiedTokenCache
    private let revocations: RevocationFeed?

    /// Sets up a verifier.
    ///
    /// The cache remembers as many verified tokens as its capacity says, rounded up to a power of two of at least 64; 0
    /// is for none. A remembered token costs its own length and about a kilobyte.
    ///
    /// Every token is checked against `revocations`, whether or not it was verified before. The caller runs the feed.
    public init(
        keys: any KeySource, policy: AccessTokenPolicy, cacheCapacity: Int = 4_096, revocations: RevocationFeed? = nil
    ) {
        self.keys = keys
        self.policy = policy
        self.revocations = revocations
        cache = VerifiedTokenCache(capacity: cacheCapacity)
    }

    /// Verifies a token in compact form with the keys at hand.
    ///
    /// Synchronous and without waiting, for use on an event loop. Every call checks the claims against the time, whether
    /// or not the signature was checked before; a token is remembered only as long as the keys stay the same object.
    ///
    /// - Throws: Every case of `TokenError` is possible, `.revoked` and `.revocationsUnknown` only with a
    ///   ``RevocationFeed``; `.unknownKey` also if the keys are too old to be used.
    public func verify(_ token: String, at now: Timestamp) throws(TokenError) -> VerifiedAccessToken {
        try token.utf8.span.withUnsafeBufferPointer { (bytes) throws(TokenError) in
            try verify(bytes, at: now)
        }
    }

    /// Verifies a token in compact form with the keys at hand; the bytes are not kept.
    ///
    /// - Throws: As ``verify(_:at:)-(String,_)``.
    public func verify(
        _ token: UnsafeBufferPointer<UInt8>, at now: Timestamp
    ) throws(TokenError) -> VerifiedAccessToken {
        let keys = keys.verificationKeys()
        if let known = cache.token(for: token, verifiedWith: keys) {
            try policy.validate(known.claims, nowSeconds: now.seconds)
            try revocations?.check(known.claims)
            return known
        }
        let verified = try verifyUncached(token, keys, at: now)
        try revocations?.check(verified.claims)
        cache.remember(verified, for: token, verifiedWith: keys, at: now)
        return verified
    }

    /// Verifies a token, getting newer keys first if those at hand are too old, and once more if one is missing.
    ///
    /// Waits for the key source at most twice; see ``KeySource`` for how that is bounded.
    ///
    /// - Throws: As ``verify(_:at:)-(String,_)``.
    public func verifyRefreshingKeys(
        _ token: String, at now: Timestamp
    ) async throws(TokenError) -> VerifiedAccessToken {
        _ = await keys.refresh(.age)
        do throws(TokenError) {
            return try verify(token, at: now)
        } catch {
            guard error == .unknownKey, await keys.refresh(.unknownKey) else { throw error }
        }
        return try verify(token, at: now)
    }

    /// Forgets every remembered token, so that each is verified in full when it comes again.
    public func removeCachedTokens() {
        cache.removeAll()
    }

    private func verifyUncached(
        _ token: UnsafeBufferPointer<UInt8>, _ keys: VerificationKeySet, at now: Timestamp
    ) throws(TokenError) -> VerifiedAccessToken {
        let segments = try CompactJWS(token)
        let key = try Self.key(for: token[segments.header], in: keys)
        guard let signature = Base64URL.decode(token[segments.signature]) else { throw .malformed }
        let signingInput = UnsafeBufferPointer(rebasing: token[segments.signingInput])
        let isValid: Bool
        do throws(KeyError) {
            isValid = try signature.withUnsafeBufferPointer { (signature) throws(KeyError) in
                try key.verify(signature, for: signingInput)
            }
        } catch {
            throw .uncheckable
        }
        guard isValid else { throw .badSignature }
        // Only what the issuer has signed is worth parsing.
        guard let payload = Base64URL.decode(token[segments.payload]) else { throw .malformed }
        let claims = try AccessTokenClaims(payload: payload)
        try policy.validate(claims, nowSeconds: now.seconds)
        return VerifiedAccessToken(claims: claims, keyID: key.id)
    }

    /// The key that the header means, after everything else in the header has been found harmless.
    private static func key(
        for encoded: Slice<UnsafeBufferPointer<UInt8>>, in keys: VerificationKeySet
    ) throws(TokenError) -> VerificationKey {
        // A header that is byte for byte what the issuer writes for a key says nothing that would have to be read.
        if let key = keys.key(forAccessTokenHeader: UnsafeBufferPointer(rebasing: encoded)) { return key }
        guard let json = Base64URL.decode(encoded) else { throw .malformed }
        let header = try JWSHeader(json: json)
        guard header.isAccessToken else { throw .wrongType }
        guard let key = keys.key(forID: header.keyID) else { throw .unknownKey }
        guard header.algorithm.hasSameOctets(as: key.algorithm.rawValue) else { throw .algorithmMismatch }
        return key
    }
}
