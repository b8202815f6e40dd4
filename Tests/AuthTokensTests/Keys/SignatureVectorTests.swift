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

        var hasEmptyPayload: Bool { token.contains("..") }

        init(_ value: JSONValue) throws(Unreadable) {
            guard let object = value.objectValue, let id = object["id"]?.stringValue,
                let why = object["why"]?.stringValue, let algorithm = object["alg"], let keys = object["keys"],
                let token = object["jws"]?.stringValue,
                let expectation = object["result"]?.stringValue.flatMap(Expectation.init)
            else { throw Unreadable(text: value.serialized) }
            self.id = id
            self.why = why
            self.algorithm = algorithm.stringValue.flatMap(SignatureAlgorithm.init)
            self.keys = keys
            self.token = token
            self.expectation = expectation
        }
    }

    /// Thrown instead of a failed `#require`, which outside a test would be recorded nowhere.
    struct Unreadable: Error {
        let text: [UInt8]
    }

    static let all: Result<[Vector], any Error> = Result {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/jose/flat.json")
        let text = [UInt8](try Data(contentsOf: file))
        let value = try JSONReader.read(text, limits: JSONLimits(maximumBytes: 1 << 20))
        guard let list = value.arrayValue else { throw Unreadable(text: []) }
        return try list.map { try Vector($0) }
    }

    static var vectors: [Vector] { (try? all.get()) ?? [] }

    @Test("are all here")
    func count() throws {
        let vectors = try Self.all.get()
        #expect(vectors.count == 442)
        #expect(vectors.count { $0.expectation == .valid } == 55)
        #expect(vectors.count { $0.expectation == .either } == 8)
    }

    /// Whole sets are refused for duplicate ids and for mixing symmetric and public keys.
    private func keys(of vector: Vector) -> VerificationKeySet? {
        var writer = JSONWriter()
        writer.object { $0.member("keys", vector.keys) }
        guard let set = try? JWKSet(writer.bytes, allowingSecrets: true) else { return nil }
        return try? VerificationKeySet(set, algorithm: vector.algorithm)
    }

    /// What a verifier does with a token, short of its claims, which vectors do not have.
    private func isAccepted(_ vector: Vector) -> Bool {
        guard let keys = keys(of: vector), let token = try? UnverifiedJWS(parsing: vector.token),
            let key = keys.key(forID: token.header.keyID), key.algorithm.rawValue == token.header.algorithm
        else { return false }
        return key.isValid(token.signature, for: Array(token.signingInput))
    }

    @Test("have the stated results", arguments: vectors.filter { !$0.hasEmptyPayload || $0.expectation == .invalid })
    func outcome(_ vector: Vector) {
        let isAccepted = isAccepted(vector)
        switch vector.expectation {
        case .valid: #expect(isAccepted)
        case .invalid: #expect(!isAccepted)
        // The label contradicts itself: both outcomes are right, as long as there is one.
        case .either: _ = isAccepted
        }
    }

    @Test(
        "with nothing signed have good signatures and are no tokens",
        arguments: vectors.filter { $0.hasEmptyPayload && $0.expectation == .valid })
    func emptyPayload(_ vector: Vector) throws {
        let segments = vector.token.split(separator: ".", omittingEmptySubsequences: false)
        let signature = try #require(segments.last.flatMap { Base64URL.decode(String($0)) })
        let key = try #require(keys(of: vector)?.keys.first)

        #expect(key.isValid(signature, for: Array("\(segments[0]).".utf8)))
        #expect(throws: TokenError.malformed) { try UnverifiedJWS(parsing: vector.token) }
    }

    @Test(
        "of weak keys are refused for the key, whatever the signature",
        arguments: vectors.filter { ["wycheproof-key-7", "wycheproof-key-8", "wycheproof-key-9"].contains($0.id) })
    func weakKeys(_ vector: Vector) throws {
        let set = try #require(keys(of: vector))
        #expect(set.keys.isEmpty)
        #expect(set.ignored == [.weak])
    }

    @Test(
        "whose text is no compact serialization are refused as that",
        arguments: vectors.filter { $0.token.first == "{" })
    func otherSerializations(_ vector: Vector) {
        #expect(throws: TokenError.malformed) { try UnverifiedJWS(parsing: vector.token) }
    }

    @Test("never verify as an access token", arguments: vectors)
    func accessToken(_ vector: Vector) throws {
        let keys = keys(of: vector) ?? .empty
        let verifier = TokenVerifier(keys: keys, policy: AccessTokenPolicy(issuer: "joe", audience: "joe"))
        #expect(throws: TokenError.self) { try verifier.verify(vector.token, at: Timestamp(seconds: 1_300_819_370)) }
    }
}

extension Tag {
    @Tag static var vectors: Self
}
