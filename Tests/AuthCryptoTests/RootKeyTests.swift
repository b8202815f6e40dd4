// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import AuthTesting
import Testing

@Suite("Root key")
struct RootKeyTests {
    static let digits = "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef"

    @Test("reads the digits in either case and gives them back")
    func reads() throws {
        let key = try RootKey(hexadecimal: Self.digits)

        #expect(try RootKey(hexadecimal: Self.digits.uppercased()) == key)
        #expect(key.withUnsafeHexadecimal { $0 } == Self.digits)
    }

    struct Case: CustomTestStringConvertible {
        let name: String
        let text: String
        let error: RootKeyError
        var testDescription: String { name }
    }

    @Test(
        "refuses everything else",
        arguments: [
            Case(name: "empty", text: "", error: .wrongLength),
            Case(name: "one digit short", text: String(digits.dropLast()), error: .wrongLength),
            Case(name: "one digit more", text: digits + "0", error: .wrongLength),
            Case(name: "a line break", text: digits + "\n", error: .wrongLength),
            Case(name: "a prefix", text: "0x" + digits.dropLast(2), error: .notHexadecimal),
            Case(name: "a space", text: " " + digits.dropLast(), error: .notHexadecimal),
            Case(name: "full-width digits", text: String(repeating: "１", count: 64), error: .wrongLength),
            Case(name: "zeros", text: String(repeating: "0", count: 64), error: .trivial),
            Case(name: "one byte repeated", text: String(repeating: "ab", count: 32), error: .trivial),
        ])
    func refuses(_ example: Case) {
        #expect(throws: example.error) { try RootKey(hexadecimal: example.text) }
    }

    @Test("reads a file with at most one line break", arguments: ["", "\n", "\r\n"])
    func file(ending: String) throws {
        let key = try RootKey(fileContents: Array((Self.digits + ending).utf8))
        let marked = try RootKey(fileContents: [0xEF, 0xBB, 0xBF] + Array((Self.digits + ending).utf8))
        #expect(marked == key)

        #expect(try key == RootKey(hexadecimal: Self.digits))
    }

    @Test("refuses a file with more", arguments: ["\n\n", " ", "\nmore"])
    func longFile(ending: String) {
        #expect(throws: RootKeyError.wrongLength) { try RootKey(fileContents: Array((Self.digits + ending).utf8)) }
    }

    // ASVS 6.5.3
    @Test("is drawn from the random source")
    func random() {
        let key = RootKey(random: SeededRandom(seed: 1))

        #expect(key == RootKey(random: SeededRandom(seed: 1)))
        #expect(key != RootKey(random: SeededRandom(seed: 2)))
        #expect(RootKey(random: SystemRandom()) != RootKey(random: SystemRandom()))
    }

    @Test("shows nothing when printed or dumped")
    func redaction() throws {
        let key = try RootKey(hexadecimal: Self.digits)

        #expect("\(key)" == "RootKey(redacted)")
        #expect(String(reflecting: key) == "RootKey(redacted)")
        #expect(Mirror(reflecting: key).children.isEmpty)
    }
}
