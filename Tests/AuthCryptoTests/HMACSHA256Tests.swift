// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import Testing

@Suite("HMAC-SHA-256 and SHA-256")
struct HMACSHA256Tests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let key: [UInt8]
        let message: [UInt8]
        let code: String
        var testDescription: String { name }
    }

    /// RFC 4231 §4; its case 5 is the truncated form, which nothing here produces.
    static let vectors = [
        Case(
            name: "RFC 4231 case 1", key: Array(repeating: 0x0B, count: 20), message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Case(
            name: "RFC 4231 case 2", key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Case(
            name: "RFC 4231 case 3", key: Array(repeating: 0xAA, count: 20), message: Array(repeating: 0xDD, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Case(
            name: "RFC 4231 case 4", key: Array(1...25), message: Array(repeating: 0xCD, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Case(
            name: "RFC 4231 case 6", key: Array(repeating: 0xAA, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Case(
            name: "RFC 4231 case 7", key: Array(repeating: 0xAA, count: 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test("gives the codes of RFC 4231, as often as asked", arguments: vectors)
    func vector(_ example: Case) {
        let mac = HMACSHA256(key: SecretBytes(example.key))

        #expect(mac.authenticationCode(for: example.message) == bytes(hexadecimal: example.code))
        #expect(mac.authenticationCode(for: example.message[...]) == bytes(hexadecimal: example.code))
        #expect(mac.isValid(bytes(hexadecimal: example.code), for: example.message))
    }

    @Test("takes an empty key and an empty message")
    func empty() {
        // Python: hmac.new(b"", b"", "sha256").hexdigest()
        let code = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"

        #expect(HMACSHA256(key: SecretBytes([])).authenticationCode(for: []) == bytes(hexadecimal: code))
    }

    @Test("refuses a code with any bit changed, and a shortened one")
    func changed() {
        let mac = HMACSHA256(key: SecretBytes([1, 2, 3]))
        let message = Array("message".utf8)
        let code = mac.authenticationCode(for: message)

        for bit in 0..<256 {
            var changed = code
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!mac.isValid(changed, for: message))
        }
        #expect(!mac.isValid(code.dropLast(), for: message))
        #expect(!mac.isValid([], for: message))
    }

    @Test("shows nothing of its key")
    func redaction() {
        let mac = HMACSHA256(key: SecretBytes(Array("0123456789".utf8)))

        #expect("\(mac)" == "HMACSHA256(redacted)")
        #expect(Mirror(reflecting: mac).children.isEmpty)
    }

    /// FIPS 180-4 examples.
    @Test("gives the digests of SHA-256")
    func digest() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

        #expect(SHA256.digest([]) == bytes(hexadecimal: empty))
        #expect(SHA256.digest("abc".utf8) == bytes(hexadecimal: abc))
        #expect(SHA256.digest([0x63, 0x62, 0x61].reversed()) == bytes(hexadecimal: abc))
    }
}
