// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import Testing

@Suite("Secret bytes")
struct SecretBytesTests {
    @Test("lends the bytes it was given")
    func lends() {
        let secret = SecretBytes([1, 2, 3])

        #expect(secret.count == 3)
        #expect(secret.withUnsafeBytes { Array($0) } == [1, 2, 3])
    }

    @Test("may be empty")
    func empty() {
        #expect(SecretBytes([]).withUnsafeBytes { Array($0) } == [])
        #expect(SecretBytes([]) == SecretBytes([]))
    }

    @Test("is equal by content")
    func equality() {
        #expect(SecretBytes([1, 2, 3]) == SecretBytes([1, 2, 3]))
        #expect(SecretBytes([1, 2, 3]) != SecretBytes([1, 2, 4]))
        #expect(SecretBytes([1, 2, 3]) != SecretBytes([1, 2]))
    }

    @Test("shows nothing when printed, debugged or dumped")
    func redaction() {
        let secret = SecretBytes([0xC0, 0xFF, 0xEE])
        var dumped = ""
        dump(secret, to: &dumped)

        #expect("\(secret)" == "SecretBytes(redacted)")
        #expect(String(reflecting: secret) == "SecretBytes(redacted)")
        #expect(dumped.contains("redacted") && !dumped.contains("192") && Mirror(reflecting: secret).children.isEmpty)
    }
}

@Suite("Constant time comparison")
struct ConstantTimeTests {
    struct Case: CustomTestStringConvertible {
        let left: [UInt8]
        let right: [UInt8]
        let isEqual: Bool
        var testDescription: String { "\(left) and \(right)" }
    }

    @Test(
        "tells equal from unequal",
        arguments: [
            Case(left: [], right: [], isEqual: true),
            Case(left: [0], right: [], isEqual: false),
            Case(left: [1, 2], right: [1, 2], isEqual: true),
            Case(left: [1, 2], right: [1, 2, 0], isEqual: false),
            Case(left: [1, 2], right: [1, 130], isEqual: false),
            Case(left: [129, 2], right: [1, 2], isEqual: false),
        ])
    func compares(_ example: Case) {
        #expect(ConstantTime.equal(example.left, example.right) == example.isEqual)
        // Neither side has to be contiguous.
        #expect(ConstantTime.equal(example.left.reversed().reversed(), Set(example.right).sorted()) == example.isEqual)
    }
}
