// SPDX-License-Identifier: Apache-2.0

import AuthTokens
import Testing

@Suite("JSON Web Keys")
struct JSONWebKeyTests {
    static let x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
    static let y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
    static let edwards = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    static let secret = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    struct Case: CustomTestStringConvertible {
        let why: String
        let json: String
        let error: KeyError
        var testDescription: String { why }
    }

    static let unreadable = [
        Case(why: "no JSON", json: "{", error: .malformed),
        Case(why: "no object", json: "[]", error: .malformed),
        Case(why: "a member twice", json: #"{"kty":"oct","kty":"oct","k":"\#(secret)"}"#, error: .malformed),
        Case(why: "no type", json: #"{"k":"\#(secret)"}"#, error: .missingMember("kty")),
        Case(why: "a type that is a number", json: #"{"kty":1}"#, error: .malformed),
        Case(why: "an unknown type", json: #"{"kty":"AKP"}"#, error: .unsupported),
        Case(why: "no secret", json: #"{"kty":"oct"}"#, error: .missingMember("k")),
        Case(why: "padding", json: #"{"kty":"oct","k":"\#(secret)="}"#, error: .malformed),
        Case(why: "an empty kid", json: #"{"kty":"oct","k":"\#(secret)","kid":""}"#, error: .malformed),
        Case(
            why: "a kid too long",
            json: #"{"kty":"oct","k":"\#(secret)","kid":"\#(String(repeating: "k", count: 257))"}"#, error: .malformed),
        Case(why: "alg none", json: #"{"kty":"oct","k":"\#(secret)","alg":"none"}"#, error: .unsupported),
        Case(why: "an unknown use", json: #"{"kty":"oct","k":"\#(secret)","use":"any"}"#, error: .wrongUse),
        Case(
            why: "an operation twice", json: #"{"kty":"oct","k":"\#(secret)","key_ops":["sign","sign"]}"#,
            error: .malformed),
        Case(why: "operations as text", json: #"{"kty":"oct","k":"\#(secret)","key_ops":"sign"}"#, error: .malformed),
        Case(why: "no curve", json: #"{"kty":"EC","x":"\#(x)","y":"\#(y)"}"#, error: .missingMember("crv")),
        Case(
            why: "a curve without algorithm", json: #"{"kty":"EC","crv":"secp256k1","x":"\#(x)","y":"\#(y)"}"#,
            error: .unsupported),
        Case(why: "half a point", json: #"{"kty":"EC","crv":"P-256","x":"\#(x)"}"#, error: .missingMember("y")),
        Case(why: "a short coordinate", json: #"{"kty":"EC","crv":"P-256","x":"AQ","y":"\#(y)"}"#, error: .malformed),
        Case(
            why: "a curve for key agreement", json: #"{"kty":"OKP","crv":"X25519","x":"\#(edwards)"}"#,
            error: .unsupported),
        Case(why: "a short Edwards point", json: #"{"kty":"OKP","crv":"Ed25519","x":"AQ"}"#, error: .malformed),
        Case(why: "no modulus", json: #"{"kty":"RSA","e":"AQAB"}"#, error: .missingMember("n")),
        Case(why: "a leading zero", json: #"{"kty":"RSA","e":"AQAB","n":"AAEC"}"#, error: .malformed),
        Case(why: "an empty number", json: #"{"kty":"RSA","e":"","n":"AQEC"}"#, error: .malformed),
        Case(
            why: "half a private key", json: #"{"kty":"RSA","e":"AQAB","n":"AQEC","d":"AQ"}"#,
            error: .missingMember("p")),
    ]

    @Test("with faults are not read", arguments: unreadable)
    func refusal(_ example: Case) {
        #expect(throws: example.error) { try JSONWebKey(Array(example.json.utf8)) }
    }

    static let unusable = [
        Case(why: "use enc", json: #"{"kty":"oct","k":"\#(secret)","use":"enc"}"#, error: .wrongUse),
        Case(
            why: "key_ops without verify", json: #"{"kty":"OKP","crv":"Ed25519","x":"\#(edwards)","key_ops":["sign"]}"#,
            error: .wrongUse),
        Case(
            why: "use sig but key_ops encrypt",
            json: #"{"kty":"oct","k":"\#(secret)","use":"sig","key_ops":["encrypt"]}"#,
            error: .wrongUse),
        Case(
            why: "an alg of another type", json: #"{"kty":"oct","k":"\#(secret)","alg":"ES256"}"#,
            error: .algorithmMismatch),
        Case(
            why: "an alg of another curve", json: #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)","alg":"ES384"}"#,
            error: .algorithmMismatch),
        Case(
            why: "HMAC on a public key", json: #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)","alg":"HS256"}"#,
            error: .algorithmMismatch),
        Case(why: "a short secret", json: #"{"kty":"oct","k":"AAAA"}"#, error: .weak),
        Case(why: "a short modulus", json: #"{"kty":"RSA","e":"AQAB","n":"_____w"}"#, error: .weak),
        Case(
            why: "a point off the curve", json: #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(x)"}"#,
            error: .inconsistent),
        Case(
            why: "the origin", json: #"{"kty":"EC","crv":"P-256","x":"\#(secret)","y":"\#(secret)"}"#,
            error: .inconsistent),
    ]

    @Test("that say they are for something else, or are no key, verify nothing", arguments: unusable)
    func uselessness(_ example: Case) throws {
        let jwk = try JSONWebKey(Array(example.json.utf8))
        #expect(throws: example.error) { try VerificationKey(jwk) }
    }

    @Test("of other private keys' halves do not sign")
    func foreignHalf() throws {
        let halves = [
            #"{"kty":"EC","crv":"P-256","x":"\#(Self.x)","y":"\#(Self.y)","d":"\#(Self.edwards)"}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"\#(Self.edwards)","d":"\#(Self.x)"}"#,
        ]
        for half in halves {
            let jwk = try JSONWebKey(Array(half.utf8))
            #expect(throws: KeyError.inconsistent) { try SigningKey(jwk) }
        }
    }

    @Test("take the algorithm they are wanted for only if they state none")
    func wantedAlgorithm() throws {
        let silent = try #require(try TestKeys.key(.rs256).publicJWK)
        #expect(try VerificationKey(silent, algorithm: .rs256).algorithm == .rs256)
        #expect(throws: KeyError.algorithmMismatch) { try VerificationKey(silent, algorithm: .ps256) }

        let edwards = try JSONWebKey(Array(#"{"kty":"OKP","crv":"Ed25519","x":"\#(Self.edwards)"}"#.utf8))
        #expect(try VerificationKey(edwards).algorithm == .edDSA)
        #expect(throws: KeyError.algorithmMismatch) { try VerificationKey(edwards, algorithm: .es256) }
    }

    @Test("have the thumbprints of the RFCs")
    func thumbprints() throws {
        let edwards = #"{"kty":"OKP","crv":"Ed25519","x":"\#(Self.edwards)"}"#
        let rsa = #"""
            {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}
            """#

        #expect(try JSONWebKey(Array(edwards.utf8)).thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        #expect(try JSONWebKey(Array(rsa.utf8)).thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }
}
