// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthCrypto

@Suite("Key derivation")
struct KeyDerivationTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let key: [UInt8]
        let salt: [UInt8]
        let info: [UInt8]
        let output: String
        var testDescription: String { name }
    }

    /// RFC 5869 appendix A.
    static let vectors = [
        Case(
            name: "RFC 5869 case 1", key: Array(repeating: 0x0B, count: 22), salt: Array(0...12),
            info: Array(0xF0...0xF9),
            output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
        Case(
            name: "RFC 5869 case 2", key: Array(0...0x4F), salt: Array(0x60...0xAF), info: Array(0xB0...0xFF),
            output: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                + "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"),
        Case(
            name: "RFC 5869 case 3", key: Array(repeating: 0x0B, count: 22), salt: [], info: [],
            output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
    ]

    @Test("gives the keys of RFC 5869", arguments: vectors)
    func vector(_ example: Case) throws {
        let expected = bytes(hexadecimal: example.output)

        let key = try HKDF.deriveKey(
            from: SecretBytes(example.key), salt: example.salt, info: example.info, byteCount: expected.count)

        #expect(key == SecretBytes(expected))
    }

    @Test("fails rather than give more than HKDF can")
    func tooMuch() {
        #expect(throws: CryptoError.libraryFailure(.hkdf)) {
            try HKDF.deriveKey(from: SecretBytes([1]), salt: [], info: [], byteCount: 255 * 32 + 1)
        }
    }

    static let rootKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

    @Test("derives another key for every purpose and the same again")
    func purposes() throws {
        let root = try RootKey(hexadecimal: Self.rootKey)

        let first = try DerivedKeys(root: root)
        let second = try DerivedKeys(root: root)

        let keys = KeyPurpose.allCases.map { purpose in first[purpose].withUnsafeBytes { Array($0) } }
        #expect(Set(keys).count == KeyPurpose.allCases.count)
        #expect(keys.allSatisfy { $0.count == 32 })
        #expect(KeyPurpose.allCases.allSatisfy { first[$0] == second[$0] })
        #expect(first.rootKeyCheckValue == second.rootKeyCheckValue)
        #expect(first.rootKeyCheckValue.utf8.count == 64)
    }

    /// A changed label would void every refresh token and sealed key in the field.
    ///
    /// Python: HKDF by hmac and hashlib of the root key above, without salt.
    @Test("keeps the labels of the first release")
    func labels() throws {
        let keys = try DerivedKeys(root: RootKey(hexadecimal: Self.rootKey))

        let derived = KeyPurpose.allCases.map { "\($0) " + hexadecimal(keys[$0]) }

        #expect(
            derived == [
                "sealing ec589d55cd4d3a55a579c2d4f42f82a59b0687d2af94c3e3d86ad114a587a495",
                "refreshToken 98319b738a3e9555d7afa7e3642a0586656f9dbef83c87842279919a4727c8ae",
                "sourceDigest cad92780d251e976acfaf7dc1660ed7e41683386e40d65713a457ba839257491",
                "identifierDigest b0b07a7396978f34f776b74f9500a9f04d821b14898fe2393078a2ad97fe69c7",
                "oneTimeToken 3fc093c787d8579769bfee42ed06943e5182162e293c8a7e6fdef83b7391dfe0",
                "rootKeyCheck aba936f8fa07ac2f5754a67ec6413cd498c760f6382462974f0d8458535bdf78",
                "dummyHash 50ebda285d91359add5dd39841f41f454e59a2b68080d1dfb21462902d154da9",
                "limiterDigest b3e29947cfc9ca8009154f502e68da21c7b6c8be76df57e60eb96e6d2acf355e",
                "deviceToken e0cbeb9f1ae4dd35e52b4abaa7311b9c5bedb2207eef74116e00e3ee56465418",
                "decoyUser 3d998687ba4ce0cfdde4dd4b705873c2af9b511efcfce542df65977ca11fbd5a",
                "mailIdentifier e122bf1e96f4ba2e55c3479e9d34b16c324b52e66827af617a679710f99bbb36",
                "providerFlow a4afb914c5782fcfefac1c53c2d3649977bc5e216091ea3c86c8709b2856589c",
                "supabase 009a91f9819cfe06091683f57b94c9bc47324ba3187006cceae9a8577197208e",
            ])
    }

    private func hexadecimal(_ secret: SecretBytes) -> String {
        secret.withUnsafeBytes { bytes in
            bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }
}
