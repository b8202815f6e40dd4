// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import AuthTokens
import Testing

@Suite("Signing keys")
struct SigningKeyTests {
    @Test("verify what they signed, and nothing else", arguments: SignatureAlgorithm.allCases)
    func roundTrip(_ algorithm: SignatureAlgorithm) throws {
        var generator = SeededGenerator(seed: 7)
        let key = try TestKeys.key(algorithm)
        for length in [0, 1, 31, 32, 33, 1_000] {
            let message = generator.bytes(length)
            let signature = try key.signature(for: message)

            #expect(key.verificationKey.isValid(signature, for: message))
            #expect(!key.verificationKey.isValid(signature, for: message + [0]))
            #expect(!key.verificationKey.isValid(signature + [0], for: message))
            #expect(!key.verificationKey.isValid([0] + signature, for: message))
            #expect(!key.verificationKey.isValid(signature.dropLast(), for: message))
            #expect(!key.verificationKey.isValid([], for: message))
        }
    }

    @Test("refuse a signature with any bit changed", arguments: SignatureAlgorithm.allCases)
    func changedSignature(_ algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(algorithm)
        let message = Array("message".utf8)
        var signature = try key.signature(for: message)
        // Every bit of the short ones; of the others one bit in every second byte, so that the suite stays quick.
        let step = signature.count > 64 ? 17 : 1
        for bit in stride(from: 0, to: signature.count * 8, by: step) {
            signature[bit / 8] ^= 1 << (bit % 8)
            #expect(!key.verificationKey.isValid(signature, for: message), "bit \(bit)")
            signature[bit / 8] ^= 1 << (bit % 8)
        }
    }

    @Test("refuse a signature by another key of the kind", arguments: [SignatureAlgorithm.hs256, .es256, .edDSA])
    func otherKey(_ algorithm: SignatureAlgorithm) throws {
        let signature = try SigningKey(generating: algorithm).signature(for: [1, 2, 3])

        #expect(!(try TestKeys.key(algorithm).verificationKey.isValid(signature, for: [1, 2, 3])))
    }

    @Test("survive being stored as a private JWK", arguments: SignatureAlgorithm.allCases)
    func storage(_ algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(algorithm)
        let restored = try SigningKey(JSONWebKey(key.privateJWK()))

        #expect(restored.id == key.id)
        #expect(restored.algorithm == algorithm)
        #expect(restored.privateJWK() == key.privateJWK())
        #expect(key.verificationKey.isValid(try restored.signature(for: [9]), for: [9]))
    }

    @Test("publish nothing private", arguments: SignatureAlgorithm.allCases.filter { !$0.isSymmetric })
    func publication(_ algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(algorithm)
        let jwk = try #require(key.publicJWK)
        let set = try JWKSet(JWKSet([JSONWebKey(key.privateJWK()), jwk]).serializedOnce())

        let alone = try JSONWebKey(try #require(JSONWebKey(key.privateJWK()).serializedPublicHalf()))
        #expect(!jwk.isSecret)
        #expect(!alone.isSecret)
        #expect(alone.thumbprint == jwk.thumbprint)
        #expect(set.keys.count == 1)
        #expect(set.ignored.isEmpty)
        #expect(try VerificationKey(jwk).isValid(try key.signature(for: [5]), for: [5]))
    }

    @Test("of HMAC are never published", arguments: [SignatureAlgorithm.hs256, .hs384, .hs512])
    func symmetricPublication(_ algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(algorithm)
        #expect(key.publicJWK == nil)
        #expect(try JSONWebKey(key.privateJWK()).serializedPublicHalf() == nil)
        #expect(JWKSet([try JSONWebKey(key.privateJWK())]).serialized() == Array(#"{"keys":[]}"#.utf8))
    }

    @Test("of HMAC are at least as long as the digest", arguments: [SignatureAlgorithm.hs256, .hs384, .hs512])
    func secretLength(_ algorithm: SignatureAlgorithm) throws {
        let length = try TestKeys.key(algorithm).signature(for: []).count

        #expect(throws: KeyError.weak) {
            try SigningKey(secret: [UInt8](repeating: 1, count: length - 1), algorithm: algorithm)
        }
        #expect(
            try SigningKey(secret: [UInt8](repeating: 1, count: length), algorithm: algorithm).algorithm == algorithm)
    }

    @Test("of HMAC have an id that is stable and no digest of the secret")
    func secretID() throws {
        let secret = [UInt8](repeating: 0x61, count: 32)
        let key = try SigningKey(secret: secret)

        #expect(try SigningKey(secret: secret).id == key.id)
        #expect(try SigningKey(secret: secret + [0x61]).id != key.id)
        #expect(key.id != (try JSONWebKey(key.privateJWK()).thumbprint))
        #expect(try SigningKey(secret: secret, id: "mine").id == "mine")
    }

    @Test("of RSA have a length within bounds")
    func modulusLength() {
        #expect(throws: KeyError.weak) { try SigningKey(generating: .rs256, modulusBits: 1_024) }
        #expect(throws: KeyError.tooLarge) { try SigningKey(generating: .rs256, modulusBits: 16_384) }
        #expect(throws: KeyError.tooLarge) { try SigningKey(generating: .rs256, modulusBits: 2_049) }
    }

    @Test("cannot be made of a public key")
    func publicHalf() throws {
        let jwk = try #require(try TestKeys.key(.es256).publicJWK)
        #expect(throws: KeyError.missingMember("d")) { try SigningKey(jwk) }
    }

    @Test(
        "show nothing of the secret in any description", arguments: [SignatureAlgorithm.hs256, .es256, .rs256, .edDSA])
    func redaction(_ algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(algorithm)
        var dumped = ""
        dump(key, to: &dumped)
        dump(try JSONWebKey(key.privateJWK()), to: &dumped)
        dump(key.verificationKey, to: &dumped)
        let shown = "\(key) \(String(reflecting: key)) \(key.verificationKey) \(dumped)"

        #expect(shown.contains(key.id))
        #expect(!shown.contains("Octets"))
        #expect(!shown.contains("material"))
    }
}

extension JWKSet {
    /// The set with each id once, because a private key and its public half are one key.
    fileprivate func serializedOnce() -> [UInt8] {
        var seen: Set<String> = []
        return JWKSet(keys.filter { seen.insert($0.effectiveID).inserted }).serialized()
    }
}
