// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens
import Yardsticks

/// What verifying an HS256 access token costs, beside libcrypto's one-shot `HMAC()` of the same bytes.
struct VerifyMeasurement {
    private static let turns = 31

    private let rounds: Int
    private let secret = (0..<32).map { UInt8($0) &* 7 &+ 3 }
    private let token: String
    private let now = Timestamp(seconds: 1_800_000_000)
    private let uncached: TokenVerifier
    private let cached: TokenVerifier

    init(_ arguments: [String]) throws {
        guard arguments.count == 1, let rounds = Int(arguments[0]), rounds > 0 else { throw UsageError() }
        self.rounds = rounds
        let key = try SigningKey(secret: secret)
        let issuer = "https://auth.example.test"
        // What a sign-in of an ordinary user puts in.
        let claims = AccessTokenClaims(
            issuer: issuer, subject: "01933b5c-6a7e-7d1f-8a31-0c4c5de1b2f3", audience: [issuer],
            expiresAtSeconds: now.seconds + 1_800, issuedAtSeconds: now.seconds, tokenID: "c0J5b2xkZW5zdGFyc3R1ZA",
            sessionID: "01933b5c-6a80-7b52-9a0d-5f0f1c9e7a11", clientID: "authd", scope: "me items", role: "user",
            authenticatedAtSeconds: now.seconds, authenticationMethods: ["pwd"], authenticationContext: "1", epoch: 0)
        token = try AccessTokenIssuer(key).token(for: claims)
        let keys = try VerificationKeySet([key.verificationKey])
        let policy = AccessTokenPolicy(issuer: issuer, audience: issuer)
        uncached = TokenVerifier(keys: keys, policy: policy, cacheCapacity: 0)
        cached = TokenVerifier(keys: keys, policy: policy)
    }

    /// Takes turns, so that other work of the machine slows all three alike: one-shot `HMAC()`, verifying, and verifying from
    /// the cache.
    func print() throws {
        let signed = Array(token.utf8.prefix(upTo: token.utf8.lastIndex(of: UInt8(ascii: ".")) ?? token.utf8.endIndex))
        Swift.print("token_bytes", token.utf8.count)
        for _ in 0..<Self.turns {
            let yardstick = yardstick_hmac_nanoseconds(secret, secret.count, signed, signed.count, rounds)
            Swift.print(
                "turn_ns", Double(yardstick) / Double(rounds), try nanoseconds(uncached), try nanoseconds(cached))
        }
    }

    private func nanoseconds(_ verifier: TokenVerifier) throws -> Double {
        var expiries: Int64 = 0
        let start = yardstick_processor_nanoseconds()
        for _ in 0..<rounds {
            expiries &+= try verifier.verify(token, at: now).claims.expiresAtSeconds
        }
        let end = yardstick_processor_nanoseconds()
        // Read, so that nothing above can be left out.
        guard expiries != 0 else { throw UsageError() }
        return Double(end - start) / Double(rounds)
    }
}
