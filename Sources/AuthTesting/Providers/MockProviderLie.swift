// SPDX-License-Identifier: Apache-2.0

/// One way in which a ``MockProviderTransport`` does not keep to the protocol.
public enum MockProviderLie: String, Hashable, Sendable, CaseIterable {
    // MARK: Claims

    /// The id token names another issuer.
    case wrongIssuer
    /// The id token is for another client.
    case wrongAudience
    /// The id token is for an app of the same operator, which is configured, but not for this flow.
    case appAudience
    /// The id token is for several clients, and another one is the authorized party.
    case wrongAuthorizedParty
    /// The id token carries another nonce.
    case wrongNonce
    /// The id token carries no nonce.
    case missingNonce
    /// The id token names no subject.
    case missingSubject
    /// The subject is longer than 255 octets.
    case longSubject
    /// The id token expired five minutes ago.
    case expired
    /// The id token has no expiry.
    case missingExpiry
    /// The id token does not say when it was issued.
    case missingIssuance
    /// The id token was issued an hour ago, and is still valid.
    case oldIssuance
    /// The id token will be issued tomorrow.
    case futureIssuance
    /// The id token belongs to another access token.
    case wrongAccessTokenHash
    /// The provider says that it has not verified the address.
    case unverifiedAddress

    // MARK: Signatures

    /// The id token has the algorithm `none` and no signature.
    case noAlgorithm
    /// The id token is signed with HMAC, the public key being the secret.
    case publicKeyAsSecret
    /// The id token is signed with HMAC and the client's secret.
    case clientSecretAsKey
    /// The id token is signed by a stranger's key, under the `kid` of the provider's.
    case foreignKey
    /// The id token is signed by a stranger's key, which its header carries along.
    case embeddedKey
    /// The `kid` is none that the provider publishes.
    case unknownKeyID
    /// A claim was changed after signing.
    case changedPayload
    /// The header has a critical extension.
    case criticalHeader
    /// The id token is no JWS.
    case notAToken

    // MARK: Answers

    /// The token endpoint gives no id token.
    case noIDToken
    /// The token endpoint refuses the code.
    case refusedCode
    /// The token endpoint redirects.
    case redirect
    /// The token endpoint does not answer in time.
    case slow
    /// The token endpoint's answer does not end.
    case endless
    /// The token endpoint's answer is no JSON.
    case malformed
    /// The token endpoint answers 500.
    case failing
    /// The userinfo endpoint tells of another user.
    case foreignUserinfo
    /// The userinfo endpoint names no subject.
    case userinfoWithoutSubject
    /// The userinfo endpoint's answer is no JSON.
    case malformedUserinfo

    // MARK: Callbacks

    /// The callback names another issuer.
    case wrongIssuerParameter
    /// The callback names no issuer, though the provider announces that it does.
    case missingIssuerParameter

    // MARK: Documents

    /// The discovery document is another issuer's.
    case discoveryOfAnother
    /// The discovery document is no JSON.
    case malformedDiscovery
    /// The discovery document cannot be had.
    case unreachable
    /// The key set redirects.
    case keysRedirect
    /// The key set does not end.
    case endlessKeys
    /// The key set has no key.
    case noKeys
}
