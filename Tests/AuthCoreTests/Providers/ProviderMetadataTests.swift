// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Discovery documents of identity providers")
struct ProviderMetadataTests {
    private static let issuer = "https://idp.example.test"

    private static let document: JSONObject = [
        "issuer": .string(issuer), "authorization_endpoint": "https://idp.example.test/authorize",
        "token_endpoint": "https://idp.example.test/token", "jwks_uri": "https://keys.example.test/keys",
        "userinfo_endpoint": "https://idp.example.test/userinfo",
        "authorization_response_iss_parameter_supported": true,
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "id_token_signing_alg_values_supported": ["RS256", "XS999"], "claims_supported": ["sub"], "extra": ["a": [1]],
    ]

    private static func text(_ changes: [String: JSONValue?] = [:]) -> [UInt8] {
        var document = document
        for (name, value) in changes { document[name] = value }
        return JSONValue.object(document).serialized
    }

    private func fault(_ text: [UInt8], expecting issuer: String = ProviderMetadataTests.issuer) -> ProviderFault? {
        do throws(ProviderFault) {
            _ = try ProviderMetadata(text, expecting: issuer)
            return nil
        } catch {
            return error
        }
    }

    @Test("say where the provider is reached, and what it announces")
    func good() throws {
        let metadata = try ProviderMetadata(Self.text(), expecting: Self.issuer)
        #expect(metadata.issuer == Self.issuer)
        #expect(metadata.authorizationEndpoint == "https://idp.example.test/authorize")
        #expect(metadata.tokenEndpoint == "https://idp.example.test/token")
        #expect(metadata.userinfoEndpoint == "https://idp.example.test/userinfo")
        #expect(metadata.jwksURI == "https://keys.example.test/keys" && metadata.sendsIssuer)
        #expect(metadata.tokenAuthMethods == ["client_secret_post", "private_key_jwt"])
        #expect(metadata.idTokenAlgorithms == ["RS256", "XS999"])

        let optional = [
            "userinfo_endpoint", "authorization_response_iss_parameter_supported",
            "token_endpoint_auth_methods_supported", "id_token_signing_alg_values_supported",
        ]
        let absent = Dictionary(uniqueKeysWithValues: optional.map { ($0, JSONValue?.none) })
        let least = try ProviderMetadata(Self.text(absent), expecting: Self.issuer)
        #expect(least.userinfoEndpoint == nil && !least.sendsIssuer)
        #expect(least.tokenAuthMethods.isEmpty && least.idTokenAlgorithms.isEmpty)
    }

    @Test(
        "of another issuer are refused, to the octet",
        arguments: [
            "https://idp.example.test/", "https://IDP.example.test", "http://idp.example.test", "https://evil.test", "",
            "https://idp.example.test\u{200B}", "https://idp.example.test\0",
        ])
    func issuers(_ issuer: String) {
        #expect(fault(Self.text(["issuer": .string(issuer)])) == .wrongIssuer)
        #expect(fault(Self.text(), expecting: issuer) == .wrongIssuer)
    }

    @Test("without a member that is needed, or with one of another type, are refused")
    func members() {
        for name in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
            #expect(fault(Self.text([name: .none])) == .missingClaim, "\(name)")
            #expect(fault(Self.text([name: .null])) == .missingClaim, "\(name)")
            #expect(fault(Self.text([name: 7])) == .malformed, "\(name)")
            #expect(fault(Self.text([name: ["https://idp.example.test"]])) == .malformed, "\(name)")
        }
        #expect(fault(Self.text(["userinfo_endpoint": 7])) == .malformed)
    }

    private static let longLabel = "https://" + String(repeating: "a", count: 64) + ".test/"
    private static let longPath = "https://idp.example.test/" + String(repeating: "a", count: 2_048)

    static let unusable: [String] = [
        "", "/token", "file:///etc/passwd", "http://idp.example.test/token", "http://127.0.0.1/token",
        "HTTPS://idp.example.test/token", "https:/idp.example.test", "https://", "https:///token",
        "https://user@idp.example.test/", "https://user:pw@idp.example.test/", "https://idp.example.test\\@evil.test/",
        "https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://0177.0.0.1/", "https://idp.example.test./",
        "https://idp..example.test/", "https://idp.example.test:0/", "https://idp.example.test:65536/",
        "https://idp.example.test:/", "https://idp.example.test:080/", "https://idp.example.test:+1/",
        "https://[::1/", "https://[::1]x/", "https://[127.0.0.1]/", "https://idp.example.test/#fragment",
        "https://idp.example.test/a b", "https://idp.example.test/\r\nHost:evil", "https://idp.example.test/\0",
        "https://idp.example.test/%", "https://idp.example.test/%0x", "https://idp.ex\u{E4}mple.test/",
        "javascript:alert(1)", longLabel, longPath,
    ]

    @Test("with an endpoint that no request may go to are refused", arguments: unusable)
    func endpoints(_ url: String) {
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            #expect(fault(Self.text([name: .string(url)])) == .malformed, "\(name)")
        }
    }

    @Test(
        "may have endpoints at other hosts, ports and addresses",
        arguments: [
            "https://other.example.test:8443/a/b?c=d", "https://192.0.2.7/token", "https://[2001:db8::7]:8443/token",
            "https://keycloak/realms/main", "https://my_keycloak:8443/", "https://idp.example.test",
            "https://a.test/%2F",
        ])
    func otherEndpoints(_ url: String) {
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            #expect(fault(Self.text([name: .string(url)])) == nil, "\(name)")
        }
    }

    @Test("of an issuer on this machine may name plain http on this machine, and nowhere else")
    func loopback() {
        for host in ["localhost", "127.0.0.1", "127.8.9.1", "[::1]"] {
            let issuer = "http://\(host):8080"
            func text(_ token: String) -> [UInt8] {
                Self.text(["issuer": .string(issuer), "token_endpoint": .string(token)])
            }
            #expect(fault(text("\(issuer)/token"), expecting: issuer) == nil, "\(host)")
            #expect(fault(text("https://idp.example.test/token"), expecting: issuer) == nil)
            let others = [
                "http://idp.example.test/", "http://10.0.0.1/", "http://localhost.evil.test/", "http://128.0.0.1/",
            ]
            for elsewhere in others {
                #expect(fault(text(elsewhere), expecting: issuer) == .malformed, "\(elsewhere)")
            }
        }
    }

    @Test("that are no JSON object, name a member twice or are too long are refused")
    func malformed() {
        for text in ["", "{", "[]", "<html></html>", "null", #"{"issuer":"a","issuer":"a"}"#, "\u{FEFF}{}"] {
            #expect(fault(Array(text.utf8)) == .malformed, "\(text)")
        }
        let long = Self.text(["extra": .string(String(repeating: "x", count: ProviderMetadata.maximumBytes))])
        #expect(fault(long) == .answerTooLong)
    }
}
