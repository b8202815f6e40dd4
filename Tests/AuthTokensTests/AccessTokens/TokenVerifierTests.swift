// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens
import Testing

@Suite("Token verifier")
struct TokenVerifierTests {
    private let now = TestClaims.now

    @Test("accepts tokens that the issuer signed", arguments: SignatureAlgorithm.allCases)
    func roundTrip(_ algorithm: SignatureAlgorithm) throws {
        let token = try TestClaims.token(algorithm)
        let verified = try TestClaims.verifier(algorithm).verify(token, at: now)

        #expect(verified.claims == TestClaims.valid)
        #expect(verified.keyID == (try TestKeys.key(algorithm).id))
    }

    @Test("accepts tokens of an issuer that writes its headers in another way")
    func foreignHeader() throws {
        let key = try TestKeys.key(.es256)
        let header = #"{ "typ":"application/at+JWT", "kid":"\#(key.id)", "alg":"ES256", "x5t":"abc" }"#
        let token = try TestClaims.forged(header: header, payload: TestClaims.valid.serialized(), with: key)

        #expect(try TestClaims.verifier(.es256, .rs256).verify(token, at: now).claims == TestClaims.valid)
    }

    // ASVS 7.2.1, 9.1.1
    @Test("refuses a token with any bit changed", arguments: SignatureAlgorithm.allCases)
    func changedToken(_ algorithm: SignatureAlgorithm) throws {
        let verifier = try TestClaims.verifier(algorithm, cacheCapacity: 64)
        var token = Array(try TestClaims.token(algorithm).utf8)
        _ = try verifier.verify(String(decoding: token, as: UTF8.self), at: now)
        // All bits for HMAC, every seventh for the slower ones: that visits each byte, and each position in a byte.
        for bit in stride(from: 0, to: token.count * 8, by: algorithm.isSymmetric ? 1 : 7) {
            token[bit / 8] ^= 1 << (bit % 8)
            let isAccepted = token.withUnsafeBufferPointer { bytes in
                (try? verifier.verify(bytes, at: now)) != nil
            }
            #expect(!isAccepted, "bit \(bit)")
            token[bit / 8] ^= 1 << (bit % 8)
        }
    }

    @Test("refuses a token cut or lengthened anywhere")
    func truncation() throws {
        let verifier = try TestClaims.verifier(.hs256)
        let token = try TestClaims.token(.hs256)
        for length in 0..<token.utf8.count {
            #expect(throws: TokenError.self) { try verifier.verify(String(token.prefix(length)), at: now) }
        }
        for suffix in ["A", "=", ".", " ", "\n", "\0"] {
            #expect(throws: TokenError.self) { try verifier.verify(token + suffix, at: now) }
            #expect(throws: TokenError.self) { try verifier.verify(suffix + token, at: now) }
        }
    }

    struct HeaderCase: CustomTestStringConvertible {
        let why: String
        let header: String
        let error: TokenError
        var testDescription: String { why }
    }

    static let headers = [
        HeaderCase(why: "alg none", header: #"{"alg":"none","kid":"KID","typ":"at+jwt"}"#, error: .algorithmMismatch),
        HeaderCase(why: "alg NoNe", header: #"{"alg":"NoNe","kid":"KID","typ":"at+jwt"}"#, error: .algorithmMismatch),
        HeaderCase(
            why: "another alg", header: #"{"alg":"HS256","kid":"KID","typ":"at+jwt"}"#, error: .algorithmMismatch),
        HeaderCase(
            why: "an unknown alg", header: #"{"alg":"es256","kid":"KID","typ":"at+jwt"}"#, error: .algorithmMismatch),
        HeaderCase(why: "no alg", header: #"{"kid":"KID","typ":"at+jwt"}"#, error: .malformed),
        HeaderCase(why: "an unknown kid", header: #"{"alg":"ES256","kid":"other","typ":"at+jwt"}"#, error: .unknownKey),
        HeaderCase(
            why: "no kid where there are two keys", header: #"{"alg":"ES256","typ":"at+jwt"}"#, error: .unknownKey),
        HeaderCase(why: "no typ", header: #"{"alg":"ES256","kid":"KID"}"#, error: .wrongType),
        HeaderCase(why: "typ of an id token", header: #"{"alg":"ES256","kid":"KID","typ":"JWT"}"#, error: .wrongType),
        HeaderCase(
            why: "typ of a logout token", header: #"{"alg":"ES256","kid":"KID","typ":"logout+jwt"}"#, error: .wrongType),
        HeaderCase(
            why: "typ of a refresh token", header: #"{"alg":"ES256","kid":"KID","typ":"rt+jwt"}"#, error: .wrongType),
        HeaderCase(
            why: "crit", header: #"{"alg":"ES256","kid":"KID","typ":"at+jwt","crit":["exp"],"exp":1}"#,
            error: .unsupportedHeader),
        HeaderCase(
            why: "its own key", header: #"{"alg":"ES256","kid":"KID","typ":"at+jwt","jwk":{"kty":"oct","k":""}}"#,
            error: .unsupportedHeader),
        HeaderCase(
            why: "an address of keys", header: #"{"alg":"ES256","kid":"KID","typ":"at+jwt","jku":"https://evil.test"}"#,
            error: .unsupportedHeader),
        HeaderCase(
            why: "an address of certificates",
            header: #"{"alg":"ES256","kid":"KID","typ":"at+jwt","x5u":"https://evil.test"}"#, error: .unsupportedHeader),
        HeaderCase(
            why: "alg twice", header: #"{"alg":"ES256","alg":"ES256","kid":"KID","typ":"at+jwt"}"#, error: .malformed),
        HeaderCase(why: "no object", header: "[]", error: .malformed),
    ]

    // ASVS 9.1.2, 9.1.3
    @Test("rejects unacceptable headers despite a valid signature", arguments: headers)
    func header(_ example: HeaderCase) throws {
        let key = try TestKeys.key(.es256)
        let header = example.header.replacing("KID", with: key.id)
        let token = try TestClaims.forged(header: header, payload: TestClaims.valid.serialized(), with: key)

        #expect(throws: example.error) { try TestClaims.verifier(.es256, .edDSA).verify(token, at: now) }
    }

    // ASVS 9.1.2
    @Test("refuses an HMAC made with the bytes of a public key")
    func confusion() throws {
        let key = try TestKeys.key(.es256)
        let published = JWKSet([try #require(key.publicJWK)]).serialized()
        let forger = try SigningKey(secret: published, id: key.id)
        let token = try AccessTokenIssuer(forger).token(for: TestClaims.valid)

        #expect(throws: TokenError.algorithmMismatch) { try TestClaims.verifier(.es256).verify(token, at: now) }
    }

    struct ClaimCase: CustomTestStringConvertible {
        let why: String
        let error: TokenError
        let change: @Sendable (inout AccessTokenClaims) -> Void
        var testDescription: String { why }
    }

    static let claims = [
        ClaimCase(
            why: "another issuer",
            error: .wrongIssuer(expected: "https://id.example.test", found: "https://id.example.test/")
        ) { $0.issuer += "/" },
        ClaimCase(why: "other audiences", error: .wrongAudience) { $0.audience = ["https://id.example.test", "x"] },
        ClaimCase(why: "an expiry that is now", error: .expired) {
            $0.issuedAtSeconds -= 60
            $0.expiresAtSeconds = TestClaims.now.seconds
        },
        ClaimCase(why: "a start that has not come", error: .notYetValid) {
            $0.notBeforeSeconds = TestClaims.now.seconds + 1
        },
        ClaimCase(why: "an issue in the future", error: .issuedInFuture) { $0.issuedAtSeconds += 1 },
        ClaimCase(why: "a lifetime without end", error: .badClaim("exp")) { $0.expiresAtSeconds += 1_000_000 },
        ClaimCase(why: "no subject", error: .badClaim("sub")) { $0.subject = "" },
    ]

    // ASVS 9.2.3, 9.2.4
    @Test("rejects each invalid claim with its own error", arguments: claims)
    func claim(_ example: ClaimCase) throws {
        let token = try TestClaims.token(.hs256, example.change)
        #expect(throws: example.error) { try TestClaims.verifier(.hs256).verify(token, at: now) }
    }

    @Test("refuses a payload that is no object of claims", arguments: ["[]", "{}", "", "{\"iss\":1}", "\u{FEFF}{}"])
    func payload(_ text: String) throws {
        let key = try TestKeys.key(.hs256)
        let header = #"{"alg":"HS256","kid":"\#(key.id)","typ":"at+jwt"}"#
        let token = try TestClaims.forged(header: header, payload: Array(text.utf8), with: key)

        #expect(throws: TokenError.self) { try TestClaims.verifier(.hs256).verify(token, at: now) }
    }

    @Test("checks the time of a remembered token anew")
    func cachedExpiry() throws {
        let verifier = try TestClaims.verifier(.hs256, cacheCapacity: 64)
        let token = try TestClaims.token(.hs256)
        let first = try verifier.verify(token, at: now)

        #expect(try verifier.verify(token, at: Timestamp(seconds: now.seconds + 1_799)) === first)
        #expect(throws: TokenError.expired) { try verifier.verify(token, at: Timestamp(seconds: now.seconds + 1_800)) }
        #expect(throws: TokenError.issuedInFuture) {
            try verifier.verify(token, at: Timestamp(seconds: now.seconds - 1))
        }
    }

    @Test("remembers a token only as long as told and as the keys stay")
    func cacheLife() throws {
        let key = try TestKeys.key(.hs256).verificationKey
        let keys = ReplaceableKeys(try VerificationKeySet([key]))
        let verifier = TokenVerifier(keys: keys, policy: TestClaims.policy)
        let token = try TestClaims.token(.hs256)
        let first = try verifier.verify(token, at: now)
        #expect(try verifier.verify(token, at: now) === first)

        verifier.removeCachedTokens()
        let second = try verifier.verify(token, at: now)
        #expect(second !== first)

        keys.replace(with: try VerificationKeySet([key]))
        #expect(try verifier.verify(token, at: now) !== second)

        keys.replace(with: .empty)
        #expect(throws: TokenError.unknownKey) { try verifier.verify(token, at: now) }
    }

    @Test("remembers nothing without capacity")
    func noCache() throws {
        let verifier = try TestClaims.verifier(.hs256, cacheCapacity: 0)
        let token = try TestClaims.token(.hs256)
        #expect(try verifier.verify(token, at: now) !== verifier.verify(token, at: now))
    }

    @Test("answers right from many threads at once")
    func concurrency() async throws {
        let verifier = try TestClaims.verifier(.hs256, cacheCapacity: 64)
        let tokens = try (0..<200).map { index in try TestClaims.token(.hs256) { $0.tokenID = "t\(index)" } }
        let now = now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for turn in 0..<400 {
                        let index = (turn * 7 + worker) % tokens.count
                        let verified = try verifier.verify(tokens[index], at: now)
                        #expect(verified.claims.tokenID == "t\(index)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
