// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens
import Yardsticks

/// What verifying an HS256 access token costs, beside libcrypto's one-shot `HMAC()` of the same bytes.
struct VerifyMeasurement {
    private let secret = (0..<32).map { UInt8($0) &* 7 &+ 3 }
    private let token: String
    private let now = Timestamp(seconds: 1_800_000_000)
    private let uncached: TokenVerifier
    private let cached: TokenVerifier

    init() throws {
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

    /// Takes turns, so that whatever else the machine does hits all alike, and reports medians.
    func print() throws {
        let signed = Array(token.utf8.prefix(upTo: token.utf8.lastIndex(of: UInt8(ascii: ".")) ?? token.utf8.endIndex))
        let rounds = 20_000
        var full: [Double] = []
        var remembered: [Double] = []
        var yardstick: [Double] = []
        for _ in 0..<31 {
            yardstick.append(
                Double(
                    yardstick_hmac_nanoseconds(secret, secret.count, signed, signed.count, rounds)) / Double(rounds))
            full.append(try nanoseconds(uncached, rounds))
            remembered.append(try nanoseconds(cached, rounds))
        }
        Swift.print("token_bytes", token.utf8.count)
        Swift.print("hmac_ns", median(yardstick))
        Swift.print("verify_ns", median(full))
        Swift.print("cached_ns", median(remembered))
    }

    private func nanoseconds(_ verifier: TokenVerifier, _ rounds: Int) throws -> Double {
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

    private func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }
}
