// SPDX-License-Identifier: Apache-2.0

extension IDTokenClaims {
    /// Checks that a token is this provider's, for this client, for this flow and of now.
    ///
    /// Several audiences are accepted where each of them is a client of the configuration, or where the token says that it was
    /// given to one of these. The token's age is counted from `iat`.
    ///
    /// - Source: OpenID Connect Core §3.1.3.7.
    /// - Parameters:
    ///   - provider: The description; `clientID` and `audiences` are the clients.
    ///   - issuer: The issuer that the provider's document names.
    ///   - expected: The nonce of the flow, or that there is none.
    ///   - maximumAge: How old the token may be; `nil` for any age before its expiry.
    ///   - now: The instant of the operation.
    /// - Throws: `.wrongIssuer`, `.wrongAudience`, `.wrongAuthorizedParty`, `.expired`, `.notYetValid`, `.tooOld`,
    ///   `.wrongNonce`, also for a token without one where one is expected, and with one where none is.
    public func check(
        for provider: IdentityProvider, issuer: String, nonce expected: ExpectedNonce, maximumAge: Duration?,
        at now: Timestamp
    ) throws(ProviderFault) {
        guard let issuer = provider.issuer(issuer, ofTenant: tenant), issuer.hasSameOctets(as: iss) else {
            throw .wrongIssuer
        }
        guard aud.contains(where: provider.isClient) else { throw .wrongAudience }
        if let azp {
            guard provider.isClient(azp) else { throw .wrongAuthorizedParty }
        } else {
            guard aud.allSatisfy(provider.isClient) else { throw .wrongAudience }
        }
        guard now < exp + Self.leeway else { throw .expired }
        guard iat <= now + Self.leeway, nbf.map({ $0 <= now + Self.leeway }) ?? true else { throw .notYetValid }
        if let maximumAge, iat + maximumAge < now { throw .tooOld }
        guard let nonce else {
            guard expected == .absent else { throw .wrongNonce }
            return
        }
        guard expected.accepts(nonce) else { throw .wrongNonce }
    }
}
