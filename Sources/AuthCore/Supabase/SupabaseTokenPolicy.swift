// SPDX-License-Identifier: Apache-2.0

/// Which access tokens in Supabase's form are valid here and now, once their signature is known to be good.
public struct SupabaseTokenPolicy: Hashable, Sendable {
    /// The one issuer that is trusted, such as `https://auth.example.com/auth/v1`; compared by octets.
    public var issuer: String
    /// The name of this service; it must be the token's audience.
    public var audience: String
    /// How far clocks may differ; extends every bound by that much, so keep it small.
    public var leewaySeconds: Int64

    /// Sets the rules; clocks are assumed to agree.
    public init(issuer: String, audience: String = "authenticated", leewaySeconds: Int64 = 0) {
        self.issuer = issuer
        self.audience = audience
        self.leewaySeconds = leewaySeconds
    }

    /// Checks the kind of token that the header names, then issuer, audience and times, in this order.
    ///
    /// The kind is `JWT` or is not named, so that an access token of the native API, which is `at+jwt`, is refused. A token is
    /// expired at the very second of `exp`.
    ///
    /// - Throws: `.wrongType`, `.wrongIssuer`, `.wrongAudience`, `.issuedInFuture`, `.expired`, or `.badClaim("exp")` if the
    ///   token expires before it was issued.
    public func validate(
        _ claims: SupabaseTokenClaims, header: JWSHeader, nowSeconds: Int64
    ) throws(TokenError) {
        if let type = header.type {
            guard ASCIICase.matches(type, lowercase: "jwt") else { throw .wrongType }
        }
        guard claims.issuer.hasSameOctets(as: issuer) else {
            throw .wrongIssuer(expected: issuer, found: claims.issuer)
        }
        guard claims.audience.hasSameOctets(as: audience) else { throw .wrongAudience }
        guard claims.issuedAtSeconds < claims.expiresAtSeconds else { throw .badClaim("exp") }
        guard AccessTokenPolicy.seconds(from: nowSeconds, to: claims.issuedAtSeconds) <= leewaySeconds else {
            throw .issuedInFuture
        }
        guard AccessTokenPolicy.seconds(from: claims.expiresAtSeconds, to: nowSeconds) < leewaySeconds else {
            throw .expired
        }
    }
}
