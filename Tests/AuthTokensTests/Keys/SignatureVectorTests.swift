// SPDX-License-Identifier: Apache-2.0

import AuthCore
import FoundationEssentials
import Testing

@testable import AuthTokens

/// The signature vectors of RFC 7515, RFC 7520, RFC 8037 and Wycheproof; see `Vectors/jose/README.md`.
@Suite("Signature vectors", .tags(.vectors))
struct SignatureVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        enum Expectation: String { case valid, invalid, either }

        let id: String
        let why: String
        let algorithm: SignatureAlgorithm?
        let keys: JSONValue
        let token: String
        let expectation: Expectation

        var testDescription: String { "\(id) \(why)" }

        init(_ object: JSONObject) throws {
            id = try #require(object["id"]?.stringValue)
            why = try #require(object["why"]?.stringValue)
            algorithm = SignatureAlgorithm(rawValue: try #require(object["alg"]?.stringValue))
            keys = try #require(object["keys"])
            token = try #require(object["jws"]?.stringValue)
            expectation = try #require(object["result"]?.stringValue.flatMap(Expectation.init))
        }
    }

    static let all: Result<[Vector], any Error> = Result {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/jose/flat.json")
        let text = [UInt8](try Data(contentsOf: file))
        let value = try JSONReader.read(text, limits: JSONLimits(maximumBytes: 1 << 20))
        return try #require(value.arrayValue).map { try Vector(try #require($0.objectValue)) }
    }

    static var vectors: [Vector] { (try? all.get()) ?? [] }

    @Test("are all here")
    func count() throws {
        let vectors = try Self.all.get()
        #expect(vectors.count == 442)
        #expect(vectors.count { $0.expectation == .valid } == 57)
        #expect(vectors.count { $0.expectation == .either } == 8)
    }

    /// What a verifier would do with the token, short of its claims, which vectors do not have.
    private func isAccepted(_ vector: Vector) throws -> Bool {
        let text = JSONObject(dictionaryLiteral: ("keys", vector.keys))
        var writer = JSONWriter()
        writer.object(text)
        // Whole sets are refused for duplicate ids and for mixing symmetric and public keys.
        guard let set = try? JWKSet(writer.bytes, allowingSecrets: true),
            let keys = try? VerificationKeySet(set, algorithm: vector.algorithm),
            let token = try? UnverifiedJWS(parsing: vector.token),
            let key = keys.key(forID: token.header.keyID), key.algorithm.rawValue == token.header.algorithm
        else { return false }
        return key.isValid(token.signature, for: Array(token.signingInput))
    }

    @Test("come out as stated", arguments: vectors)
    func outcome(_ vector: Vector) throws {
        let isAccepted = try isAccepted(vector)
        switch vector.expectation {
        case .valid: #expect(isAccepted)
        case .invalid: #expect(!isAccepted)
        // The label contradicts itself: both outcomes are right, as long as there is one.
        case .either: _ = isAccepted
        }
    }

    @Test("whose text is no compact serialization are refused as that", arguments: vectors.filter { $0.token.first == "{" })
    func otherSerializations(_ vector: Vector) {
        #expect(throws: TokenError.malformed) { try UnverifiedJWS(parsing: vector.token) }
    }

    @Test("never verify as an access token", arguments: vectors)
    func accessToken(_ vector: Vector) throws {
        let text = JSONObject(dictionaryLiteral: ("keys", vector.keys))
        var writer = JSONWriter()
        writer.object(text)
        guard let set = try? JWKSet(writer.bytes, allowingSecrets: true),
            let keys = try? VerificationKeySet(set, algorithm: vector.algorithm)
        else { return }
        let verifier = TokenVerifier(keys: keys, policy: AccessTokenPolicy(issuer: "joe", audience: "joe"))
        #expect(throws: TokenError.self) { try verifier.verify(vector.token, at: Timestamp(seconds: 1_300_819_370)) }
    }
}

extension Tag {
    @Tag static var vectors: Self
}
