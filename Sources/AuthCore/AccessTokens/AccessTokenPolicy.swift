// SPDX-License-Identifier: Apache-2.0

/// Which access tokens are valid here and now, once their signature is known to be good.
///
/// - Source: RFC 9068 §4, RFC 7519 §4.1, RFC 8725 §3.8–3.12.
public struct AccessTokenPolicy: Hashable, Sendable {
    /// The one issuer that is trusted; compared by octets, so case matters, and so does a slash at the end.
    public var issuer: String
    /// The name of this service; it must be among a token's audiences.
    public var audience: String
    /// How far clocks may differ; extends every bound by that much, so keep it small.
    public var leewaySeconds: Int64
    /// The longest time from issue to expiry; a token that claims to live longer was not issued under this policy.
    public var maximumLifetimeSeconds: Int64

    /// Sets the rules; the longest lifetime is a day by default, and clocks are assumed to agree.
    public init(issuer: String, audience: String, leewaySeconds: Int64 = 0, maximumLifetimeSeconds: Int64 = 86_400) {
        self.issuer = issuer
        self.audience = audience
        self.leewaySeconds = leewaySeconds
        self.maximumLifetimeSeconds = maximumLifetimeSeconds
    }

    /// Checks the kind of token that the header names, then the claims.
    ///
    /// - Throws: `.wrongType`, else as ``validate(_:nowSeconds:)``.
    public func validate(
        _ claims: AccessTokenClaims, header: JWSHeader, nowSeconds: Int64
    ) throws(TokenError) {
        guard header.isAccessToken else { throw .wrongType }
        try validate(claims, nowSeconds: nowSeconds)
    }

    /// Checks issuer, audience and times, in this order.
    ///
    /// A token is expired at the very second of `exp` (RFC 7519 §4.1.4: "on or after").
    ///
    /// - Throws: `.wrongIssuer`, `.wrongAudience`, `.issuedInFuture`, `.notYetValid`, `.expired`, or `.badClaim("exp")`
    ///   if the token expires before it was issued or lives longer than the maximum.
    public func validate(_ claims: AccessTokenClaims, nowSeconds: Int64) throws(TokenError) {
        guard claims.issuer.hasSameOctets(as: issuer) else {
            throw .wrongIssuer(expected: issuer, found: claims.issuer)
        }
        guard claims.audience.contains(where: { $0.hasSameOctets(as: audience) }) else { throw .wrongAudience }
        let lifetime = AccessTokenPolicy.seconds(from: claims.issuedAtSeconds, to: claims.expiresAtSeconds)
        guard lifetime > 0, lifetime <= maximumLifetimeSeconds else { throw .badClaim("exp") }
        guard AccessTokenPolicy.seconds(from: nowSeconds, to: claims.issuedAtSeconds) <= leewaySeconds else {
            throw .issuedInFuture
        }
        if let notBefore = claims.notBeforeSeconds {
            guard AccessTokenPolicy.seconds(from: nowSeconds, to: notBefore) <= leewaySeconds else {
                throw .notYetValid
            }
        }
        guard AccessTokenPolicy.seconds(from: claims.expiresAtSeconds, to: nowSeconds) < leewaySeconds else {
            throw .expired
        }
    }

    /// The time between, which for absurd claims stops at the bounds instead of trapping.
    static func seconds(from start: Int64, to end: Int64) -> Int64 {
        let (difference, overflowed) = end.subtractingReportingOverflow(start)
        guard overflowed else { return difference }
        return end > start ? .max : .min
    }
}
