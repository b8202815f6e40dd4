// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@testable import authd

@Suite("Inspecting tokens")
struct TokenInspectionTests {
    @Test(
        "a token is read as it was pasted",
        arguments: ["a.b.c", " a.b.c\r", "Bearer a.b.c", "bearer  a.b.c ", "\"a.b.c\"", "'Bearer a.b.c'"])
    func cleaned(_ text: String) {
        #expect(TokenText.cleaned(text) == "a.b.c")
    }

    @Test("blanks alone are no token, and neither is the word before one")
    func empty() {
        #expect(TokenText.cleaned(" \t") == "" && TokenText.cleaned("Bearer ") == "Bearer")
        #expect(TokenText.sentence(forUnreadable: "", .malformed).contains("no token"))
    }

    @Test("a code from a mail and a refresh token are told apart from an access token, and not repeated")
    func others() {
        #expect(TokenText.sentence(forUnreadable: "aot_kq83mz", .malformed).contains("one-time code"))
        #expect(TokenText.sentence(forUnreadable: "kq83mz", .malformed).contains("refresh token"))
        for text in ["aot_kq83mz", "kq83mz", "kq83mz.x"] {
            #expect(!TokenText.sentence(forUnreadable: text, .malformed).contains("kq83mz"))
        }
    }

    @Test("every fault of a token has a sentence of its own")
    func sentences() {
        let errors: [TokenError] = [
            .malformed, .tooLarge, .unsupportedHeader, .wrongType, .unknownKey, .algorithmMismatch, .badSignature,
            .uncheckable, .expired, .notYetValid, .issuedInFuture, .wrongIssuer(expected: "a", found: "b"),
            .wrongAudience, .missingClaim("sid"),
            .badClaim("sid"), .revoked, .revocationsUnknown,
        ]
        let sentences = Set(errors.map(TokenInspection.sentence))
        #expect(sentences.count == errors.count)
        #expect(sentences.allSatisfy { $0.hasPrefix("The token is rejected: ") && $0.hasSuffix(".") })
    }

    @Test("what a forged token says is shown, without claims the header alone")
    func claims() throws {
        func segment(_ json: String) -> String { Base64URL.encode(Array(json.utf8)) }
        let header = segment(#"{"alg":"ES256","typ":"at+jwt","kid":"k1"}"#)
        let payload = segment(
            #"{"iss":"https://id.example","sub":"u","aud":"a","exp":1700000600,"iat":1700000000,"jti":"j","scope":"me","ver":0,"type":"access","client_id":"c"}"#
        )
        let whole = TokenInspection(try UnverifiedJWS(parsing: "\(header).\(payload).AAAA"), key: "unknown")
        let fields = whole.record(isAccepted: false).fields.reduce(into: [:]) { $0[$1.name] = $1.value }
        #expect(fields["issuer"] == .text("https://id.example") && fields["key"] == .text("unknown"))
        #expect(fields["expires_at"] == .text(Timestamp(seconds: 1_700_000_600).rfc3339))
        #expect(fields["accepted"] == .flag(false))

        let broken = TokenInspection(try UnverifiedJWS(parsing: "\(header).\(segment("[]")).AAAA"), key: "active")
        let bare = broken.record(isAccepted: false).fields.reduce(into: [:]) { $0[$1.name] = $1.value }
        #expect(bare["key_id"] == .text("k1") && bare["issuer"] == Record.Value.none)
        #expect(!whole.isOfSupabase && !broken.isOfSupabase)
    }

    @Test("a token of Supabase's API is told by its form, shown, and judged by that API")
    func supabase() async throws {
        func segment(_ json: String) -> String { Base64URL.encode(Array(json.utf8)) }
        func token(_ type: String, _ audience: String) -> String {
            let header = segment(#"{"alg":"ES256","typ":"\#(type)","kid":"k1"}"#)
            let payload = segment(
                #"{"iss":"https://id.example/auth/v1","sub":"u","aud":"\#(audience)","exp":1700000600,"iat":1700000000,"role":"authenticated","session_id":"s"}"#
            )
            return "\(header).\(payload).AAAA"
        }
        let text = token("JWT", "authenticated")
        let inspection = TokenInspection(try UnverifiedJWS(parsing: text), key: "unknown")
        #expect(inspection.isOfSupabase)
        let fields = inspection.record(isAccepted: false).fields.reduce(into: [:]) { $0[$1.name] = $1.value }
        #expect(fields["issuer"] == .text("https://id.example/auth/v1") && fields["session_id"] == .text("s"))
        #expect(fields["audience"] == .list(["authenticated"]) && fields["role"] == .text("authenticated"))
        #expect(fields["expires_at"] == .text(Timestamp(seconds: 1_700_000_600).rfc3339))
        for other in [token("at+jwt", "authenticated"), token("JWT", "a")] {
            #expect(!TokenInspection(try UnverifiedJWS(parsing: other), key: "unknown").isOfSupabase)
        }

        let authority = try await TestAuthority()
        let rejection = await TokenInspection.supabaseRejection(of: text, by: authority.service)
        #expect(rejection?.contains("SUPABASE_API") == true)
    }

    @Test("Supabase's API has a sentence for each reason")
    func supabaseSentences() {
        let errors: [SupabaseError] = [
            .featureDisabled, .badJWT, .userNotFound, .userBanned, .sessionNotFound, .service(.unavailable),
        ]
        let sentences = Set(errors.map { TokenInspection.sentence(for: $0, issuer: "https://id.example/auth/v1") })
        #expect(sentences.count == errors.count)
        #expect(sentences.contains { $0.contains("its issuer is not https://id.example/auth/v1,") })
    }
}
