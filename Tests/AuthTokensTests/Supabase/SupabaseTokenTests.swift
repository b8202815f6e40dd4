// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens
import Testing

@Suite("Tokens in the form of Supabase's")
struct SupabaseTokenTests {
    private static let issuer = "https://project.example.test/auth/v1"
    private static let policy = SupabaseTokenPolicy(issuer: issuer)

    private static let claims = SupabaseTokenClaims(
        issuer: issuer, subject: "0190b2b4-f0c8-7d3f-9e2b-1c6a5d4e3f21", audience: "authenticated",
        expiresAtSeconds: 1_700_003_600, issuedAtSeconds: 1_700_000_000, email: "ada@example.test",
        appMetadata: ["provider": "email"], userMetadata: [:], role: "authenticated", aal: "aal1",
        methods: [SupabaseTokenClaims.Method(name: "password", seconds: 1_700_000_000)],
        sessionID: "0190b2b4-f0c8-7d3f-9e2b-1c6a5d4e3f22", isAnonymous: false)

    private static func verifier(_ algorithms: SignatureAlgorithm...) throws -> SupabaseTokenVerifier {
        let keys = try algorithms.map { try TestKeys.key($0).verificationKey }
        return SupabaseTokenVerifier(keys: try VerificationKeySet(keys), policy: policy)
    }

    private static func token(_ algorithm: SignatureAlgorithm) throws -> String {
        try SupabaseTokenIssuer(TestKeys.key(algorithm)).token(payload: claims.serialized())
    }

    /// Why a token is refused; `nil` where it is accepted.
    private func refusal(
        _ token: String, _ verifier: SupabaseTokenVerifier, at now: Timestamp = TestClaims.now
    ) -> TokenError? {
        do throws(TokenError) {
            _ = try verifier.verify(token, at: now)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "are accepted by the keys that Supabase signs with, and say what was signed",
        arguments: [
            SignatureAlgorithm.rs256, .es256, .hs256,
        ])
    func accepted(_ algorithm: SignatureAlgorithm) throws {
        let token = try Self.token(algorithm)
        #expect(try Self.verifier(algorithm).verify(token, at: TestClaims.now) == Self.claims)
        #expect(try Self.verifier(algorithm, .edDSA).verify(token, at: TestClaims.now) == Self.claims)
    }

    @Test(
        "of other algorithms are refused, also where the key set has their key",
        arguments: [
            SignatureAlgorithm.edDSA, .es384, .ps256, .hs512,
        ])
    func otherAlgorithms(_ algorithm: SignatureAlgorithm) throws {
        #expect(refusal(try Self.token(algorithm), try Self.verifier(algorithm)) == .algorithmMismatch)
    }

    @Test("are refused under another key, when changed, and for another issuer, audience or time")
    func refused() throws {
        let (token, verifier) = (try Self.token(.es256), try Self.verifier(.es256))
        #expect(refusal(token, try Self.verifier(.rs256)) == .unknownKey)
        #expect(refusal(token + ".x", verifier) == .malformed)
        #expect(refusal("", verifier) == .malformed)
        #expect(refusal(String(repeating: "a", count: 16_385), verifier) == .tooLarge)
        #expect(refusal(token, verifier, at: Timestamp(seconds: 1_700_003_600)) == .expired)
        #expect(refusal(token, verifier, at: Timestamp(seconds: 1_699_999_000)) == .issuedInFuture)
        let keys = try VerificationKeySet([TestKeys.key(.es256).verificationKey])
        let otherIssuer = SupabaseTokenVerifier(keys: keys, policy: SupabaseTokenPolicy(issuer: "https://other.test"))
        #expect(refusal(token, otherIssuer) != nil)
        let otherAudience = SupabaseTokenVerifier(
            keys: keys, policy: SupabaseTokenPolicy(issuer: Self.issuer, audience: "another"))
        #expect(refusal(token, otherAudience) == .wrongAudience)
    }

    @Test("a native access token of the same keys is none, and theirs is no native one")
    func native() throws {
        let key = try TestKeys.key(.es256)
        var claims = TestClaims.valid
        claims.issuer = Self.issuer
        claims.audience = ["authenticated"]
        let native = try AccessTokenIssuer(key).token(for: claims)
        #expect(refusal(native, try Self.verifier(.es256)) != nil)
        let policy = AccessTokenPolicy(issuer: Self.issuer, audience: "authenticated")
        let verifier = TokenVerifier(keys: try VerificationKeySet([key.verificationKey]), policy: policy)
        #expect(throws: TokenError.wrongType) { try verifier.verify(try Self.token(.es256), at: TestClaims.now) }
    }

    @Test("none, and a public key as the secret of an HMAC, are refused")
    func confusion() throws {
        let verifier = try Self.verifier(.es256)
        let key = try TestKeys.key(.es256)
        let payload = Self.claims.serialized()
        let unsigned = try TestClaims.forged(header: #"{"alg":"none","typ":"JWT"}"#, payload: payload, with: key)
        #expect(refusal(unsigned, verifier) == .algorithmMismatch)
        let secret = try SigningKey(secret: try #require(key.publicJWK?.serializedPublicHalf()), algorithm: .hs256)
        let confused = try TestClaims.forged(
            header: #"{"alg":"HS256","kid":"\#(key.id)","typ":"JWT"}"#, payload: payload, with: secret)
        #expect(refusal(confused, verifier) == .algorithmMismatch)
        let embedded = try TestClaims.forged(
            header: #"{"alg":"ES256","jwk":{},"typ":"JWT"}"#, payload: payload, with: key)
        #expect(refusal(embedded, verifier) == .unsupportedHeader)
    }

    @Test("a project's secret verifies its tokens, whatever key they name")
    func secret() throws {
        let octets = Array("a secret of a project at Supabase, long enough".utf8)
        let key = try SigningKey(secret: octets)
        let verifier = try SupabaseTokenVerifier(secret: octets, issuer: Self.issuer)
        let payload = Self.claims.serialized()
        for header in [#"{"alg":"HS256","typ":"JWT"}"#, #"{"alg":"HS256","kid":"of the project","typ":"JWT"}"#] {
            let token = try TestClaims.forged(header: header, payload: payload, with: key)
            #expect(try verifier.verify(token, at: TestClaims.now).subject == Self.claims.subject)
        }
        let foreign = try TestClaims.forged(
            header: #"{"alg":"HS256","typ":"JWT"}"#, payload: payload, with: TestKeys.key(.hs256))
        #expect(refusal(foreign, verifier) == .badSignature)
    }

    @Test("a token of a project without the optional claims is read")
    func minimal() throws {
        let key = try TestKeys.key(.es256)
        let payload =
            Array(
                #"{"iss":"\#(Self.issuer)","sub":"0190b2b4-f0c8-7d3f-9e2b-1c6a5d4e3f21","aud":"authenticated","#.utf8)
            + Array(#""exp":1700003600,"iat":1700000000,"role":"authenticated"}"#.utf8)
        let token = try SupabaseTokenIssuer(key).token(payload: payload)
        let claims = try Self.verifier(.es256).verify(token, at: TestClaims.now)
        #expect(claims.email.isEmpty && claims.methods.isEmpty && !claims.isAnonymous)
    }
}
