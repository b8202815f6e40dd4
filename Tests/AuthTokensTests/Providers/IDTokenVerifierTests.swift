// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens
import Synchronization
import Testing

@Suite("Signatures of id tokens")
struct IDTokenVerifierTests {
    static let asymmetric = SignatureAlgorithm.allCases.filter { !$0.isSymmetric }

    private static let payload = Array(#"{"iss":"https://idp.example.test","sub":"ada"}"#.utf8)

    private static func token(
        _ key: SigningKey, _ header: JSONObject, _ payload: [UInt8] = payload
    ) throws -> String {
        try TestClaims.forged(
            header: String(decoding: JSONValue.object(header).serialized, as: UTF8.self), payload: payload, with: key)
    }

    private static func token(_ algorithm: SignatureAlgorithm) throws -> String {
        let key = try TestKeys.key(algorithm)
        return try token(key, ["alg": .string(algorithm.rawValue), "kid": .string(key.id)])
    }

    private static func verifier(
        _ algorithms: [SignatureAlgorithm], accepting accepted: [SignatureAlgorithm] = SignatureAlgorithm.allCases
    ) throws -> IDTokenVerifier {
        let keys = try algorithms.map { try TestKeys.key($0).verificationKey }
        return IDTokenVerifier(keys: try VerificationKeySet(keys), algorithms: Set(accepted))
    }

    private func fault(_ token: String, _ verifier: IDTokenVerifier) async -> ProviderFault? {
        do throws(ProviderFault) {
            _ = try await verifier.payload(of: token)
            return nil
        } catch {
            return error
        }
    }

    @Test("of every algorithm with a public key are accepted", arguments: asymmetric)
    func accepted(_ algorithm: SignatureAlgorithm) async throws {
        let token = try Self.token(algorithm)
        #expect(try await Self.verifier([algorithm]).payload(of: token) == Self.payload)
        let others = Self.asymmetric.filter { $0 != algorithm }
        #expect(try await fault(token, Self.verifier([algorithm], accepting: others)) == .algorithmRefused)
    }

    @Test("of HMAC are refused, also where the key set has the secret and the algorithm was asked for")
    func symmetric() async throws {
        for algorithm in [SignatureAlgorithm.hs256, .hs384, .hs512] {
            let token = try Self.token(algorithm)
            #expect(try await fault(token, Self.verifier([algorithm])) == .algorithmRefused)
        }
    }

    @Test("made by HMAC with the bytes of the public key are refused")
    func confusion() async throws {
        for algorithm in [SignatureAlgorithm.rs256, .es256] {
            let key = try TestKeys.key(algorithm)
            let published = JWKSet([try #require(key.publicJWK)]).serialized()
            let forger = try SigningKey(secret: published, id: key.id)
            let token = try Self.token(forger, ["alg": "HS256", "kid": .string(key.id)])
            #expect(try await fault(token, Self.verifier([algorithm])) == .algorithmRefused)
            // Under the name of the key's own algorithm it is a wrong signature.
            let renamed = try Self.token(forger, ["alg": .string(algorithm.rawValue), "kid": .string(key.id)])
            #expect(try await fault(renamed, Self.verifier([algorithm])) == .wrongSignature)
        }
    }

    @Test("that name no algorithm or an unknown one are refused, with a signature and without")
    func algorithms() async throws {
        let key = try TestKeys.key(.es256)
        let verifier = try Self.verifier([.es256])
        for name in ["none", "None", "NONE", "nOnE", "es256", "ES256K", "", "ES256 ", "ES256\0", "RSA1_5"] {
            let signed = try Self.token(key, ["alg": .string(name), "kid": .string(key.id)])
            #expect(await fault(signed, verifier) == .algorithmRefused, "\(name)")
            let input = try #require(signed.lastIndex(of: "."))
            let isNone = name.lowercased() == "none"
            let unsigned = await fault(String(signed[...input]), verifier)
            #expect(unsigned == (isNone ? .algorithmRefused : .malformed), "\(name)")
        }
        for header in ["{}", #"{"alg":7}"#, #"{"alg":null}"#, #"{"alg":["ES256"]}"#, "[]", "", "{"] {
            let token = try TestClaims.forged(header: header, payload: Self.payload, with: key)
            #expect(await fault(token, verifier) == .malformed, "\(header)")
        }
    }

    // MARK: Keys

    @Test("name their key, and are checked with no other")
    func keyIDs() async throws {
        let verifier = try Self.verifier([.es256, .rs256, .edDSA])
        let key = try TestKeys.key(.es256)
        let rsa = try TestKeys.key(.rs256)
        for id in ["other", "", "../../../dev/null", "' OR 1=1 --", key.id + " ", key.id.uppercased(), "\u{E9}"] {
            let token = try Self.token(key, ["alg": "ES256", "kid": .string(id)])
            #expect(await fault(token, verifier) == .unknownKey, "\(id)")
        }
        // The name of one key, and the algorithm of another.
        let crossed = try Self.token(key, ["alg": "ES256", "kid": .string(rsa.id)])
        #expect(await fault(crossed, verifier) == .algorithmRefused)
        let other = try Self.token(try SigningKey(generating: .es256), ["alg": "ES256", "kid": .string(key.id)])
        #expect(await fault(other, verifier) == .wrongSignature)
        let types: [JSONValue] = [7, .null, ["a"], .string(String(repeating: "k", count: 257))]
        for id in types {
            let token = try Self.token(key, ["alg": "ES256", "kid": id])
            #expect(await fault(token, verifier) == .malformed, "\(id)")
        }
    }

    @Test("may name no key where one or more are for their algorithm")
    func withoutKeyID() async throws {
        let key = try TestKeys.key(.es256)
        let token = try Self.token(key, ["alg": "ES256"])
        #expect(try await fault(token, Self.verifier([.es256])) == nil)
        #expect(try await fault(token, Self.verifier([.rs256, .es256, .edDSA])) == nil)
        #expect(try await fault(token, Self.verifier([.rs256, .edDSA])) == .unknownKey)
        #expect(try await fault(token, Self.verifier([])) == .unknownKey)

        // Of several keys the one that fits; of many, the first eight are tried.
        let others = try (0..<8).map { _ in try SigningKey(generating: .es256).verificationKey }
        for (count, expected) in [(1, nil), (7, nil), (8, .wrongSignature)] as [(Int, ProviderFault?)] {
            let set = try VerificationKeySet(Array(others.prefix(count)) + [key.verificationKey])
            let verifier = IDTokenVerifier(keys: set, algorithms: [.es256])
            #expect(await fault(token, verifier) == expected, "\(count)")
        }
    }

    @Test("whose header brings a key or an address of keys along are checked with the provider's keys all the same")
    func broughtKeys() async throws {
        let key = try TestKeys.key(.es256)
        let stranger = try SigningKey(generating: .es256)
        let set = JWKSet([try #require(stranger.publicJWK)]).serialized()
        let jwk = try #require(try JSONReader.read(set).objectValue?["keys"]?.arrayValue?.first)
        let verifier = try Self.verifier([.es256])
        let extras: [(String, JSONValue)] = [
            ("jwk", jwk), ("jku", "https://evil.test/keys"), ("x5u", "https://evil.test/cert"), ("x5c", ["MIIB"]),
            ("x5t", "abc"),
        ]
        for (name, value) in extras {
            let forged = try Self.token(stranger, ["alg": "ES256", "kid": .string(key.id), name: value])
            #expect(await fault(forged, verifier) == .wrongSignature, "\(name)")
            let own = try Self.token(stranger, ["alg": "ES256", "kid": .string(stranger.id), name: value])
            #expect(await fault(own, verifier) == .unknownKey, "\(name)")
            let genuine = try Self.token(key, ["alg": "ES256", "kid": .string(key.id), name: value])
            #expect(await fault(genuine, verifier) == nil, "\(name)")
        }
    }

    @Test("whose header changes how they are verified are refused, though the signature is good")
    func criticalHeaders() async throws {
        let key = try TestKeys.key(.es256)
        let extras: [(String, JSONValue)] = [
            ("crit", ["exp"]), ("crit", []), ("crit", .null), ("b64", false), ("b64", true), ("zip", "DEF"),
            ("enc", "A256GCM"),
        ]
        for (name, value) in extras {
            let token = try Self.token(key, ["alg": "ES256", "kid": .string(key.id), name: value])
            #expect(try await fault(token, Self.verifier([.es256])) == .malformed, "\(name)")
        }
        let twice = try TestClaims.forged(
            header: #"{"alg":"ES256","kid":"\#(key.id)","kid":"\#(key.id)"}"#, payload: Self.payload, with: key)
        #expect(try await fault(twice, Self.verifier([.es256])) == .malformed)
    }

    @Test("may have any type, and the later name of EdDSA")
    func types() async throws {
        for type in ["JWT", "jwt", "at+jwt", "x"] {
            let key = try TestKeys.key(.es256)
            let token = try Self.token(key, ["alg": "ES256", "kid": .string(key.id), "typ": .string(type)])
            #expect(try await fault(token, Self.verifier([.es256])) == nil)
        }
        let edwards = try TestKeys.key(.edDSA)
        let renamed = try Self.token(edwards, ["alg": "Ed25519", "kid": .string(edwards.id)])
        #expect(try await fault(renamed, Self.verifier([.edDSA])) == nil)
        #expect(try await fault(renamed, Self.verifier([.edDSA], accepting: [.es256])) == .algorithmRefused)
        let jwk = String(decoding: JWKSet([try #require(edwards.publicJWK)]).serialized(), as: UTF8.self)
        let keys = try JWKSet(Array(jwk.replacing(#""EdDSA""#, with: #""Ed25519""#).utf8))
        #expect(keys.keys.map(\.algorithm) == [.edDSA])
    }

    // MARK: Texts

    @Test("with any bit changed are refused", arguments: [SignatureAlgorithm.es256, .edDSA])
    func changed(_ algorithm: SignatureAlgorithm) async throws {
        var token = Array(try Self.token(algorithm).utf8)
        let verifier = try Self.verifier([algorithm])
        for bit in stride(from: 0, to: token.count * 8, by: 7) {
            token[bit / 8] ^= 1 << (bit % 8)
            #expect(await fault(String(decoding: token, as: UTF8.self), verifier) != nil, "bit \(bit)")
            token[bit / 8] ^= 1 << (bit % 8)
        }
        #expect(await fault(String(decoding: token, as: UTF8.self), verifier) == nil)
    }

    @Test("that are no three parts of base64url are refused")
    func malformed() async throws {
        let token = try Self.token(.es256)
        let verifier = try Self.verifier([.es256])
        let parts = token.split(separator: ".").map(String.init)
        let texts: [String] = [
            "", ".", "..", "...", "a", parts[0], "\(parts[0]).\(parts[1])", "\(parts[0])..\(parts[2])",
            ".\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1]).", "\(token).", ".\(token)", "\(token).a.b",
            "\(token)=", "\(token) ", " \(token)", "\(token)\n", "\(token)\0", "\(parts[0])=.\(parts[1]).\(parts[2])",
            token.replacing(".", with: "\u{3002}"), "this is no token",
        ]
        for text in texts { #expect(await fault(text, verifier) == .malformed, "\(text)") }
        let marks = "\(parts[0]).\(String(repeating: "\u{301}", count: 4_000)).\(parts[2])"
        #expect(await fault(marks, verifier) == .malformed)
    }

    @Test("are at most 16 KiB long")
    func length() async throws {
        let key = try TestKeys.key(.es256)
        let header: JSONObject = ["alg": "ES256", "kid": .string(key.id)]
        let verifier = try Self.verifier([.es256])
        func token(_ count: Int) throws -> String {
            try Self.token(key, header, [UInt8](repeating: UInt8(ascii: " "), count: count))
        }
        let overhead = try token(0).utf8.count
        let most = (IDTokenVerifier.maximumBytes - overhead) / 4 * 3
        #expect(try await fault(token(most), verifier) == nil)
        #expect(try await fault(token(most + 3), verifier) == .malformed)
    }

    // MARK: Newer keys

    /// Has other keys after some refreshes, and counts what it was asked for.
    private final class ChangingKeys: KeySource {
        private let state: Mutex<(sets: [VerificationKeySet], asked: [KeyRefreshReason])>

        init(_ sets: [VerificationKeySet]) {
            state = Mutex((sets, []))
        }

        func verificationKeys() -> VerificationKeySet { state.withLock { $0.sets.first ?? .empty } }

        func refresh(_ reason: KeyRefreshReason) async -> Bool {
            state.withLock { state in
                state.asked.append(reason)
                guard reason == .unknownKey, state.sets.count > 1 else { return false }
                state.sets.removeFirst()
                return true
            }
        }

        var asked: [KeyRefreshReason] { state.withLock { $0.asked } }
    }

    @Test("by a key that is not known yet have newer keys fetched, once")
    func rotation() async throws {
        let old = try VerificationKeySet([try TestKeys.key(.rs256).verificationKey])
        let new = try VerificationKeySet([try TestKeys.key(.es256).verificationKey])
        let token = try Self.token(.es256)
        let nameless = try Self.token(try TestKeys.key(.es256), ["alg": "ES256"])
        for token in [token, nameless] {
            let keys = ChangingKeys([old, new])
            #expect(await fault(token, IDTokenVerifier(keys: keys, algorithms: [.es256, .rs256])) == nil)
            #expect(keys.asked == [.age, .unknownKey])
        }
        let late = ChangingKeys([old, old, new])
        #expect(await fault(token, IDTokenVerifier(keys: late, algorithms: [.es256])) == .unknownKey)
        #expect(late.asked == [.age, .unknownKey])
        let known = ChangingKeys([new, old])
        #expect(await fault(token, IDTokenVerifier(keys: known, algorithms: [.es256])) == nil)
        #expect(known.asked == [.age])
        // What is refused for its text or its signature fetches nothing.
        let none = ChangingKeys([new, old])
        let verifier = IDTokenVerifier(keys: none, algorithms: [.es256])
        #expect(await fault("a.b.c", verifier) == .malformed)
        #expect(try await fault(Self.token(.hs256), verifier) == .algorithmRefused)
        #expect(none.asked.isEmpty)
        let forged = try Self.token(
            try SigningKey(generating: .es256), ["alg": "ES256", "kid": .string(try TestKeys.key(.es256).id)])
        #expect(await fault(forged, verifier) == .wrongSignature)
        #expect(none.asked == [.age])
    }

    @Test("are verified by a published set in which other keys are unknown, for encryption or broken")
    func publishedSets() async throws {
        let key = try TestKeys.key(.es256)
        let good = String(decoding: JWKSet([try #require(key.publicJWK)]).serialized(), as: UTF8.self)
        let odd = [
            #"{"kty":"XYZ","kid":"1","alg":"XS999","use":"sig"}"#, #"{"kty":"OKP","crv":"Ed9","kid":"2"}"#,
            #"{"kty":"RSA","kid":"3","use":"enc"}"#, #"{"kty":"oct","k":"c2VjcmV0","kid":"4"}"#, #"{"kid":"5"}"#, "{}",
            #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"6","alg":"ES256"}"#, #"{"kty":7}"#,
        ].joined(separator: ",")
        let text = good.replacing(#"{"keys":["#, with: #"{"keys":["# + odd + ",")
        for named in [true, false] {
            let keys = RemoteKeys { FetchedKeySet(Array(text.utf8)) }
            let verifier = IDTokenVerifier(keys: keys, algorithms: Set(Self.asymmetric))
            let header: JSONObject = named ? ["alg": "ES256", "kid": .string(key.id)] : ["alg": "ES256"]
            #expect(try await fault(Self.token(key, header), verifier) == nil)
        }
    }

    // MARK: Access tokens

    /// OpenID Connect Core, appendix A.
    private static let accessToken = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"

    private static let hashes: [(SignatureAlgorithm, String)] = [
        (.rs256, "77QmUPtjPfzWtF2AnpK9RQ"), (.ps256, "77QmUPtjPfzWtF2AnpK9RQ"), (.es256, "77QmUPtjPfzWtF2AnpK9RQ"),
        (.es384, "jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs"), (.rs512, "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM"),
        (.edDSA, "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM"),
    ]

    @Test("belong to the access token whose digest they carry", arguments: hashes)
    func accessTokens(_ algorithm: SignatureAlgorithm, _ hash: String) throws {
        let verifier = try Self.verifier([])
        func fault(_ hash: JSONValue?, _ accessToken: String = Self.accessToken) throws -> ProviderFault? {
            var claims: JSONObject = [
                "iss": "https://idp.example.test", "sub": "ada", "aud": "authd", "exp": 1_800_000_300,
                "iat": 1_800_000_000,
            ]
            claims["at_hash"] = hash
            let payload = JSONValue.object(claims).serialized
            let token = try Self.token(
                try TestKeys.key(algorithm), ["alg": .string(algorithm.rawValue), "kid": "a"], payload)
            do throws(ProviderFault) {
                try verifier.checkAccessToken(accessToken, of: token, claims: try IDTokenClaims(payload))
                return nil
            } catch {
                return error
            }
        }
        #expect(try fault(.string(hash)) == nil)
        // Without a digest there is nothing that it could differ from.
        #expect(try fault(nil) == nil)
        let lies = ["", hash + "A", String(hash.dropLast()), hash + "=", hash.uppercased(), "another"]
        for lie in lies { #expect(try fault(.string(lie)) == .wrongAccessTokenHash, "\(lie)") }
        for other in ["", Self.accessToken + "A", "another"] {
            #expect(try fault(.string(hash), other) == .wrongAccessTokenHash, "\(other)")
        }
    }

    // MARK: Nonces

    @Test("carry the nonce of an app or its SHA-256 in lower-case hexadecimal")
    func nonces() {
        let expected = ExpectedNonce.exactlyOrDigest("n-0S6_WzA2Mj")
        let digest = "0823a09b54cb9381561068b00aaf4e539b3f54604631d3e6a820879b6b04cc19"
        #expect(expected.accepts("n-0S6_WzA2Mj") && expected.accepts(digest))
        for lie in ["", digest.uppercased(), String(digest.dropLast()), digest + "0", "n-0S6_WzA2M", "N-0S6_WzA2Mj"] {
            #expect(!expected.accepts(lie), "\(lie)")
        }
    }
}
