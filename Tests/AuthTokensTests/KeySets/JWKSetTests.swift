// SPDX-License-Identifier: Apache-2.0

import AuthTokens
import Testing

@Suite("JWK sets")
struct JWKSetTests {
    private func text(_ keys: String...) -> [UInt8] {
        Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8)
    }

    private static let ec =
        #"{"kty":"EC","crv":"P-256","x":"\#(JSONWebKeyTests.x)","y":"\#(JSONWebKeyTests.y)","kid":"a"}"#
    private static let edwards = #"{"kty":"OKP","crv":"Ed25519","x":"\#(JSONWebKeyTests.edwards)","kid":"b"}"#
    private static let symmetric = #"{"kty":"oct","k":"\#(JSONWebKeyTests.secret)","kid":"c"}"#

    @Test("ignore keys that cannot be used and keep the others")
    func ignoredKeys() throws {
        let set = try JWKSet(
            text(#"{"kty":"AKP","kid":"x"}"#, Self.ec, #"{"kty":"RSA","e":"AQAB"}"#, Self.edwards))

        #expect(set.keys.map(\.effectiveID) == ["a", "b"])
        #expect(set.ignored == [.unsupported, .missingMember("n")])
    }

    @Test("leave out keys that are weak or for something else")
    func uselessKeys() throws {
        let encryption =
            #"{"kty":"EC","crv":"P-256","x":"\#(JSONWebKeyTests.x)","y":"\#(JSONWebKeyTests.y)","use":"enc","kid":"e"}"#
        let keys = try VerificationKeySet(
            JWKSet(text(encryption, #"{"kty":"RSA","e":"AQAB","n":"_____w","kid":"w"}"#, Self.edwards)))

        #expect(keys.keys.map(\.id) == ["b"])
        #expect(keys.ignored == [.wrongUse, .weak])
    }

    @Test("ignore secrets unless they are allowed")
    func secrets() throws {
        let hidden = try JWKSet(text(Self.symmetric))
        #expect(hidden.keys.isEmpty)
        #expect(hidden.ignored == [.secretAmongPublicKeys])

        #expect(try JWKSet(text(Self.symmetric), allowingSecrets: true).keys.count == 1)
    }

    @Test("are refused with symmetric keys beside public ones")
    func mixture() {
        #expect(throws: KeyError.secretAmongPublicKeys) {
            try JWKSet(text(Self.symmetric, Self.ec), allowingSecrets: true)
        }
    }

    @Test("are rejected with one id for two keys, even if it is a thumbprint")
    func duplicates() throws {
        let twin = Self.edwards.replacing("\"b\"", with: "\"a\"")
        let nameless = Self.edwards.replacing(",\"kid\":\"b\"", with: "")
        #expect(throws: KeyError.duplicateKeyID) { try JWKSet(text(Self.ec, twin)) }
        #expect(throws: KeyError.duplicateKeyID) { try JWKSet(text(nameless, nameless)) }
        #expect(throws: KeyError.duplicateKeyID) { try JWKSet(text(Self.ec, #"{"kty":"AKP","kid":"a"}"#)) }
        #expect(try JWKSet(text(Self.ec, #"{"kty":"RSA","kid":"a","use":"enc"}"#)).keys.count == 1)
    }

    @Test("are rejected if they are no key set", arguments: ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[1]}"#])
    func malformed(_ text: String) {
        #expect(throws: KeyError.malformed) { try JWKSet(Array(text.utf8)) }
    }

    @Test("are bounded in bytes and in keys")
    func bounds() {
        #expect(throws: KeyError.tooLarge) { try JWKSet([UInt8](repeating: 0x20, count: 262_145)) }
        let many = #"{"keys":["# + Array(repeating: "{}", count: 129).joined(separator: ",") + "]}"
        #expect(throws: KeyError.tooLarge) { try JWKSet(Array(many.utf8)) }
    }

    @Test("are rendered in a canonical order")
    func order() throws {
        let set = try JWKSet(text(Self.edwards, Self.ec))
        let turned = try JWKSet(text(Self.ec, Self.edwards))
        #expect(set.serialized() == turned.serialized())
        #expect(
            String(decoding: set.serialized(), as: UTF8.self) == #"""
                {"keys":[{"kid":"a","crv":"P-256","kty":"EC","x":"\#(JSONWebKeyTests.x)","y":"\#(JSONWebKeyTests.y)"},{"kid":"b","crv":"Ed25519","kty":"OKP","x":"\#(JSONWebKeyTests.edwards)"}]}
                """#)
    }

    @Test("find the key a token names, or the only one")
    func lookup() throws {
        let two = try VerificationKeySet(JWKSet(text(Self.edwards, Self.ec)))
        #expect(two.key(forID: "a")?.algorithm == .es256)
        #expect(two.key(forID: "z") == nil)
        #expect(two.key(forID: nil) == nil)

        let one = try VerificationKeySet(JWKSet(text(Self.edwards)))
        #expect(one.key(forID: nil)?.id == "b")
        #expect(one.key(forID: "a") == nil)
        #expect(VerificationKeySet.empty.key(forID: nil) == nil)
    }
}
