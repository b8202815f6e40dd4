// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens
import Testing

@Suite("Client secrets for Apple")
struct AppleClientSecretTests {
    private func secret(_ key: SigningKey) throws(KeyError) -> String {
        try AppleClientSecret.make(
            teamID: "A1B2C3D4E5", keyID: "F6G7H8J9K0", clientID: "com.example.signin", key: key, at: TestClaims.now)
    }

    @Test("are tokens that the team's key signs, for five minutes")
    func contents() throws {
        let key = try TestKeys.key(.es256)
        let token = try UnverifiedJWS(parsing: try secret(key))
        #expect(key.verificationKey.isValid(token.signature, for: Array(token.signingInput)))
        // Apple's name of the key, and not ours.
        #expect(token.header == JWSHeader(algorithm: "ES256", keyID: "F6G7H8J9K0"))
        let claims = try #require(try JSONReader.read(token.payload).objectValue)
        #expect(
            claims == [
                "iss": "A1B2C3D4E5", "iat": 1_700_000_000, "exp": 1_700_000_300, "aud": "https://appleid.apple.com",
                "sub": "com.example.signin",
            ])
    }

    @Test("need a key for ES256", arguments: SignatureAlgorithm.allCases.filter { $0 != .es256 })
    func otherKeys(_ algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(algorithm)
        #expect(throws: KeyError.algorithmMismatch) { try secret(key) }
    }
}
