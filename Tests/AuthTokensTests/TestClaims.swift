// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens

/// Claims and rules that fit each other at ``now``; tests change the one thing they are about.
enum TestClaims {
    static let now = Timestamp(seconds: 1_700_000_000)

    static let policy = AccessTokenPolicy(issuer: "https://id.example.test", audience: "https://api.example.test")

    static let valid = AccessTokenClaims(
        issuer: "https://id.example.test", subject: "usr_0190b2b4f0c87d3f9e2b1c6a5d4e3f21",
        audience: ["https://api.example.test"], expiresAtSeconds: 1_700_001_800, issuedAtSeconds: 1_700_000_000,
        tokenID: "Yk3vQ2m0S5mXo1pXwq7uRg", sessionID: "ses_0190b2b4f0c87d3f9e2b1c6a5d4e3f22", clientID: "first-party",
        scope: "profile:read profile:write", role: "user", authenticatedAtSeconds: 1_700_000_000,
        authenticationMethods: ["pwd"], authenticationContext: "1", epoch: 3)

    static func token(
        _ algorithm: SignatureAlgorithm = .es256, _ change: (inout AccessTokenClaims) -> Void = { _ in }
    ) throws -> String {
        var claims = valid
        change(&claims)
        return try AccessTokenIssuer(TestKeys.key(algorithm)).token(for: claims)
    }

    static func verifier(
        _ algorithms: SignatureAlgorithm..., policy: AccessTokenPolicy = policy, cacheCapacity: Int = 0
    ) throws -> TokenVerifier {
        let keys = try algorithms.map { try TestKeys.key($0).verificationKey }
        return TokenVerifier(keys: try VerificationKeySet(keys), policy: policy, cacheCapacity: cacheCapacity)
    }

    /// A token whose header and payload are any text.
    static func forged(header: String, payload: [UInt8], with key: SigningKey) throws -> String {
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(payload)
        return input + "." + Base64URL.encode(try key.signature(for: Array(input.utf8)))
    }
}
