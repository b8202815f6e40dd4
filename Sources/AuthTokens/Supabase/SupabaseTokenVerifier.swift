// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Verifies the access tokens of a Supabase project, and those that authd issues under Supabase's API.
///
/// The token chooses nothing: the algorithm is the key's, and only those are accepted that Supabase signs with. An access token of
/// authd's own API, which is signed with the same keys, is refused by its type. Sign-outs and bans are not known here: such a token
/// is good until it expires.
///
/// ```swift
/// let verifier = SupabaseTokenVerifier(
///     keys: RemoteKeys { FetchedKeySet(try await get("https://project.supabase.co/auth/v1/.well-known/jwks.json")) },
///     policy: SupabaseTokenPolicy(issuer: "https://project.supabase.co/auth/v1", leewaySeconds: 5))
/// let claims = try await verifier.verifyRefreshingKeys(bearer, at: now)
/// ```
///
/// A class, as ``TokenVerifier`` is, so that all who verify share one. Usable from any number of threads.
public final class SupabaseTokenVerifier: Sendable {
    /// The rules that claims must satisfy.
    public let policy: SupabaseTokenPolicy

    /// What Supabase signs with.
    static let algorithms: Set<SignatureAlgorithm> = [.rs256, .es256, .hs256]

    private let keys: any KeySource
    private let maximumBytes: Int
    /// Whether the only key counts whatever `kid` a token names, as tokens under a project's secret may name one.
    private let ignoresKeyID: Bool

    /// Sets up a verifier with the keys of an issuer; longer tokens than `maximumBytes` octets are refused.
    public init(keys: any KeySource, policy: SupabaseTokenPolicy, maximumBytes: Int = 16_384) {
        self.keys = keys
        self.policy = policy
        self.maximumBytes = maximumBytes
        ignoresKeyID = false
    }

    private init(only key: VerificationKey, policy: SupabaseTokenPolicy) throws(KeyError) {
        keys = try VerificationKeySet([key])
        self.policy = policy
        maximumBytes = SupabaseJWS.maximumBytes
        ignoresKeyID = true
    }

    /// Sets up a verifier with the secret of a project (HS256), which signs tokens whatever `kid` they name.
    ///
    /// - Throws: `KeyError` where the secret is too short to be one.
    public convenience init(
        secret: some Collection<UInt8>, issuer: String, leewaySeconds: Int64 = 0
    ) throws(KeyError) {
        try self.init(
            only: try SigningKey(secret: secret, algorithm: .hs256).verificationKey,
            policy: SupabaseTokenPolicy(issuer: issuer, leewaySeconds: leewaySeconds))
    }

    /// Verifies a token in compact form with the keys at hand, without waiting.
    ///
    /// A token without `kid` means the only key there is.
    ///
    /// - Throws: Every case of `TokenError` but those of revocations.
    public func verify(_ token: String, at now: Timestamp) throws(TokenError) -> SupabaseTokenClaims {
        let signed = try SupabaseJWS(token, maximumBytes: maximumBytes)
        let set = keys.verificationKeys()
        guard let key = ignoresKeyID ? set.keys.first : set.key(forID: signed.header.keyID) else { throw .unknownKey }
        guard Self.algorithms.contains(key.algorithm) else { throw .algorithmMismatch }
        let claims = try SupabaseTokenClaims(payload: try signed.payload(signedWith: key))
        try policy.validate(claims, header: signed.header, nowSeconds: now.seconds)
        return claims
    }

    /// Verifies a token, getting newer keys first if those at hand are too old, and once more if one is missing.
    ///
    /// - Throws: As ``verify(_:at:)``.
    public func verifyRefreshingKeys(
        _ token: String, at now: Timestamp
    ) async throws(TokenError) -> SupabaseTokenClaims {
        _ = await keys.refresh(.age)
        do throws(TokenError) {
            return try verify(token, at: now)
        } catch {
            guard error == .unknownKey, await keys.refresh(.unknownKey) else { throw error }
        }
        return try verify(token, at: now)
    }
}
