// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Access token policy") struct AccessTokenPolicyTests {
    static let policy = AccessTokenPolicy(
        issuer: "https://auth.example.test", audience: "api", leewaySeconds: 5, maximumLifetimeSeconds: 1_000)

    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var now: Int64
        var error: TokenError?
        var change: @Sendable (inout AccessTokenClaims) -> Void

        init(
            _ description: String, now: Int64 = 1_500, _ error: TokenError?,
            change: @escaping @Sendable (inout AccessTokenClaims) -> Void = { _ in }
        ) {
            testDescription = description
            self.now = now
            self.error = error
            self.change = change
        }
    }

    static let cases = [
        Case("in the middle of its life", nil),
        Case("at the second of issue", now: 1_000, nil),
        Case("as early as the leeway allows", now: 995, nil),
        Case("a second earlier", now: 994, .issuedInFuture),
        Case("in its last second", now: 1_999, nil),
        Case("as late as the leeway allows", now: 2_004, nil),
        Case("at expiry and leeway", now: 2_005, .expired),
        Case("long after", now: .max, .expired),
        Case("before all time", now: .min, .issuedInFuture),
        Case("not yet valid", now: 1_500, .notYetValid) { $0.notBeforeSeconds = 1_506 },
        Case("valid by leeway", now: 1_500, nil) { $0.notBeforeSeconds = 1_505 },
        Case(
            "of another issuer",
            .wrongIssuer(expected: "https://auth.example.test", found: "https://auth.example.test/")
        ) { $0.issuer = "https://auth.example.test/" },
        Case(
            "of an issuer in other letters",
            .wrongIssuer(expected: "https://auth.example.test", found: "https://Auth.example.test")
        ) { $0.issuer = "https://Auth.example.test" },
        Case("for others", .wrongAudience) { $0.audience = ["web", "API", "api2"] },
        Case("without an audience", .wrongAudience) { $0.audience = [] },
        Case("for several", nil) { $0.audience = ["web", "api"] },
        Case("that lives as long as allowed", nil) { $0.expiresAtSeconds = 2_000 },
        Case("that lives too long", .badClaim("exp")) { $0.expiresAtSeconds = 2_001 },
        Case("that ends as it begins", .badClaim("exp")) { $0.expiresAtSeconds = 1_000 },
        Case("that ends before it begins", .badClaim("exp")) { $0.expiresAtSeconds = 999 },
        Case("with absurd times", .badClaim("exp")) {
            $0.issuedAtSeconds = .min
            $0.expiresAtSeconds = .max
        },
    ]

    // ASVS 9.2.1, 9.2.3
    @Test("accepts valid claims and rejects each invalid one with its reason", arguments: cases)
    func judges(_ example: Case) {
        var claims = AccessTokenClaimsTests.claims
        example.change(&claims)

        #expect(Self.refusal(of: claims, by: Self.policy, at: example.now) == example.error)
    }

    @Test(
        "expires at the very second without leeway",
        arguments: [(Int64(1_999), nil), (Int64(2_000), TokenError.expired)])
    func expiresOnTheSecond(now: Int64, expected: TokenError?) {
        let policy = AccessTokenPolicy(issuer: "https://auth.example.test", audience: "api")
        #expect(Self.refusal(of: AccessTokenClaimsTests.claims, by: policy, at: now) == expected)
    }

    @Test("requires the header of an access token", arguments: ["JWT", "refresh+jwt", nil])
    func wantsType(_ type: String?) {
        #expect(throws: TokenError.wrongType) {
            try Self.policy.validate(
                AccessTokenClaimsTests.claims, header: JWSHeader(algorithm: "ES256", type: type), nowSeconds: 1_500)
        }
        #expect(throws: Never.self) {
            try Self.policy.validate(
                AccessTokenClaimsTests.claims, header: JWSHeader(algorithm: "ES256", type: "at+jwt"), nowSeconds: 1_500)
        }
    }

    @Test("gives logs a word for each reason")
    func codes() {
        let all: [TokenError] = [
            .malformed, .tooLarge, .unsupportedHeader, .wrongType, .unknownKey, .algorithmMismatch, .badSignature,
            .expired, .notYetValid, .issuedInFuture, .wrongIssuer(expected: "a", found: "b"),
            .wrongAudience, .missingClaim("exp"),
            .badClaim("exp"), .uncheckable,
        ]
        #expect(Set(all.map(\.code)).count == all.count)
        #expect(
            all.allSatisfy { $0.code.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == 0x5F } })
    }

    private static func refusal(
        of claims: AccessTokenClaims, by policy: AccessTokenPolicy, at now: Int64
    ) -> TokenError? {
        do throws(TokenError) {
            try policy.validate(claims, nowSeconds: now)
            return nil
        } catch {
            return error
        }
    }
}
