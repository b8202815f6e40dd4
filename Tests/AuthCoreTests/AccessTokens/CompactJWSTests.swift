// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

@Suite("Compact JWS") struct CompactJWSTests {
    /// The example of RFC 7515 appendix A.1, whose header has a `typ` and a line break.
    static let example =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
        + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    @Test("reads the example of RFC 7515 appendix A.1")
    func readsExample() throws {
        let token = try UnverifiedJWS(parsing: Self.example)

        #expect(token.header == JWSHeader(algorithm: "HS256", type: "JWT"))
        #expect(token.signature.count == 32)
        #expect(token.signature.prefix(4) == [116, 24, 223, 180])
        #expect(try JSONReader.read(token.payload).objectValue?["exp"] == 1_300_819_380)
        #expect(String(decoding: token.signingInput, as: UTF8.self) == Self.example.dropLast(44))
    }

    @Test(
        "refuses what is not three segments of canonical base64url",
        arguments: [
            "", ".", "..", "...", "a.b", "e30.e30", "e30.e30.", "e30..AA", ".e30.AA", "e30.e30.AA.AA", "e30.e30.AA.",
            "\(example).", ".\(example)", " \(example)", "\(example)\n", "\(example)=", "\(example.dropLast())l",
            "e30=.e30.AA", "e30.e3+.AA", "eyJhbGciOiJIUzI1NiJ9.e30.A", "eyJhbGciOiJIUzI1NiJ9.e30.AB",
            "eyJhbGciOiJIUzI1NiJ9.e31.AA", "Bearer \(example)", "eyJhbGciOiJIUzI1NiJ9.é.AA",
        ])
    func refusesStructure(_ text: String) {
        #expect(throws: TokenError.malformed) { try UnverifiedJWS(parsing: text) }
    }

    struct Header: CustomTestStringConvertible {
        var json: String
        var error: TokenError
        var testDescription: String { json }

        init(_ json: String, _ error: TokenError) {
            self.json = json
            self.error = error
        }
    }

    // ASVS 9.1.2, 9.1.3
    @Test(
        "refuses headers that are broken or that choose how they are verified",
        arguments: [
            Header("", .malformed), Header("{}", .malformed), Header("[]", .malformed), Header("null", .malformed),
            Header(#""alg""#, .malformed), Header(#"{"alg":"HS256""#, .malformed),
            Header(#"{"typ":"at+jwt"}"#, .malformed),
            Header(#"{"alg":"HS256","alg":"HS256"}"#, .malformed), Header(#"{"alg":"HS256"} x"#, .malformed),
            Header(#"{"alg":"HS256","\u0061lg":"none"}"#, .malformed),
            Header(#"{"alg":"HS256","x":[[[[1]]]]}"#, .malformed),
            Header(#"{"alg":"none"}"#, .algorithmMismatch), Header(#"{"alg":"nOnE"}"#, .algorithmMismatch),
            Header(#"{"alg":""}"#, .unsupportedHeader), Header(#"{"alg":null}"#, .unsupportedHeader),
            Header(#"{"alg":["HS256"]}"#, .unsupportedHeader), Header(#"{"alg":256}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","kid":1}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","typ":{}}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","kid":""}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","kid":"a\n"}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","kid":"\#(String(repeating: "k", count: 257))"}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","crit":[]}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","crit":["exp"],"exp":1}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","b64":true}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","zip":"DEF"}"#, .unsupportedHeader),
            Header(#"{"alg":"dir","enc":"A128GCM"}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","jwk":{}}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","jku":"x"}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","x5u":"x"}"#, .unsupportedHeader),
            Header(#"{"alg":"HS256","x5c":[]}"#, .unsupportedHeader),
        ])
    func refusesHeader(_ header: Header) throws {
        #expect(throws: header.error) { try JWSHeader(json: Array(header.json.utf8)) }
        guard !header.json.isEmpty else { return }
        #expect(throws: header.error) {
            try UnverifiedJWS(parsing: "\(Base64URL.encode(header.json.utf8)).e30.AA")
        }
    }

    @Test("ignores header parameters without a meaning for access tokens")
    func ignoresOthers() throws {
        let header = try JWSHeader(json: Array(#"{"x5t":"AA","cty":"x","alg":"ES256","foo":{"a":[1]},"kid":"k"}"#.utf8))
        #expect(header == JWSHeader(algorithm: "ES256", keyID: "k"))
    }

    @Test("reads a token of exactly the largest size")
    func limitsSize() throws {
        let prefix = "eyJhbGciOiJIUzI1NiJ9."
        // 6,123 bytes of payload are 8,164 letters; with the header, the dot and five letters of signature 8,192.
        let payload = Base64URL.encode([UInt8](repeating: 0, count: 6_123))
        let longest = "\(prefix)\(payload).AAAAAA"

        #expect(longest.utf8.count == CompactJWS.defaultMaximumBytes)
        #expect(throws: Never.self) { try UnverifiedJWS(parsing: longest) }
        #expect(throws: TokenError.tooLarge) { try UnverifiedJWS(parsing: longest + "AA") }
        #expect(throws: TokenError.tooLarge) { try UnverifiedJWS(parsing: Array((longest + "AA").utf8)) }
        #expect(throws: TokenError.tooLarge) { try UnverifiedJWS(parsing: longest, maximumBytes: 100) }
    }

    @Test("reads what it made, and notices any one changed bit", arguments: [UInt64(41), 42])
    func roundTripsAndNoticesChanges(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let header = JWSHeader(algorithm: "ES256", keyID: "key-1", type: "at+jwt")
        let payload = generator.bytes(61)
        let signature = generator.bytes(32)
        let text = CompactJWS.make(header: header, payload: payload) { _ in signature }

        let token = try UnverifiedJWS(parsing: text)
        #expect(token.header == header)
        #expect(token.payload == payload)
        #expect(token.signature == signature)
        #expect(Array(token.signingInput) == Array(text.utf8.prefix(token.signingInput.count)))

        for offset in 0..<text.utf8.count {
            for bit in 0..<8 {
                var changed = Array(text.utf8)
                changed[offset] ^= 1 << bit
                guard let read = try? UnverifiedJWS(parsing: changed) else { continue }
                let isNoticed = read.signingInput != token.signingInput || read.signature != token.signature
                #expect(isNoticed, "\(generator), bit \(bit) of byte \(offset)")
            }
        }
    }

    @Test("gives the signer the bytes that a verifier sees")
    func signsSigningInput() throws {
        var signed: [UInt8] = []
        let text = CompactJWS.make(header: JWSHeader(algorithm: "HS256"), payload: Array("{}".utf8)) { input in
            signed = input
            return [1, 2, 3]
        }
        #expect(text == "eyJhbGciOiJIUzI1NiJ9.e30.AQID")
        #expect(try Array(UnverifiedJWS(parsing: text).signingInput) == signed)
    }

    // ASVS 9.2.2
    @Test(
        "knows an access token by its type",
        arguments: [
            ("at+jwt", true), ("application/at+jwt", true), ("AT+JWT", true), ("Application/At+Jwt", true),
            ("JWT", false),
            ("at+jwt ", false), ("jwt", false), ("application/jwt", false), (nil, false),
        ])
    func knowsType(type: String?, expected: Bool) {
        #expect(JWSHeader(algorithm: "ES256", type: type).isAccessToken == expected)
    }
}
