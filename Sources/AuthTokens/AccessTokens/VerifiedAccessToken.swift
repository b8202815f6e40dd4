// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// An access token whose signature and claims have been found good; only ``TokenVerifier`` makes one.
///
/// That it was good once says nothing about later: claims hold at the time for which it was verified, and a session may
/// be revoked long before `AccessTokenClaims.expiresAtSeconds`.
///
/// A class so that the cache and every request that it answers share one, at the cost of a reference count.
public final class VerifiedAccessToken: Sendable {
    /// What the token says.
    public let claims: AccessTokenClaims

    /// The key that signed it.
    public let keyID: String

    init(claims: AccessTokenClaims, keyID: String) {
        self.claims = claims
        self.keyID = keyID
    }
}
