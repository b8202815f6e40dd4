// SPDX-License-Identifier: Apache-2.0

import AuthTokens
import Testing

@Suite("Signing keys as PEM")
struct SigningKeyPEMTests {
    /// Made by `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`, and public since.
    private static let pem = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgFHJ+x6h1qTlEnqrI
        BnvHMvrkqYeelRgX+vaknmmal1ehRANCAATydY4Mi6SBxKyzIC6rkcqQHBEbhSg9
        oDgUyIH7AA9Jje7FvJaEjvg7KjDw4uwGD3vREYfXBsKu2UgIDv1K4Go3
        -----END PRIVATE KEY-----
        """

    @Test("a key of P-256 signs what its public half verifies, with line ends of either kind")
    func signs() throws {
        for text in [Self.pem, Self.pem + "\n", Self.pem.replacing("\n", with: "\r\n")] {
            let key = try SigningKey(p256PEM: text)
            #expect(key.algorithm == .es256)
            let message = Array("a client secret".utf8)
            #expect(key.verificationKey.isValid(try key.signature(for: message), for: message))
        }
    }

    @Test(
        "other texts are refused, and none of them traps",
        arguments: [
            "", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\n====\n-----END PRIVATE KEY-----",
            SigningKeyPEMTests.pem.replacing("PRIVATE KEY", with: "EC PRIVATE KEY"),
        ])
    func malformed(_ text: String) {
        #expect(throws: KeyError.malformed) { try SigningKey(p256PEM: text) }
    }

    @Test("a key of another kind is refused as that, and halves that do not belong together are no key")
    func others() throws {
        // An Ed25519 key of openssl's.
        let edwards = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
            -----END PRIVATE KEY-----
            """
        #expect(throws: KeyError.unsupported) { try SigningKey(p256PEM: edwards) }
        let torn = Self.pem.replacing("FHJ+x6h1", with: "FHJ+x6h2")
        #expect(throws: KeyError.inconsistent) { try SigningKey(p256PEM: torn) }
    }

    @Test("every shorter text and every text with another octet is refused or a key, without a trap")
    func everyCut() {
        let octets = Array(Self.pem.utf8)
        for count in octets.indices {
            #expect(throws: KeyError.self) {
                try SigningKey(p256PEM: String(decoding: octets[..<count], as: UTF8.self))
            }
        }
    }
}
