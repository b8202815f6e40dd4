// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Password") struct PasswordTests {
    // Behaviour B23
    @Test("is the same bytes in NFC and NFD")
    func normalizes() throws {
        let composed = try Password("Zoë-naïve-1")
        let decomposed = try Password("Zoe\u{308}-nai\u{308}ve-1")

        #expect(composed.withBytes { Array($0) } == decomposed.withBytes { Array($0) })
        #expect(decomposed.codePointCount == 11)
    }

    // ASVS 6.2.8
    // Behaviour B23
    @Test(
        "is otherwise untouched",
        arguments: [" leading and trailing ", "x", "tab\t", "full\u{3000}width ａ", "line\nbreak", "\u{FFFF}", "👩‍🚀"])
    func keeps(_ text: String) throws {
        #expect(try Password(text).withBytes { Array($0) } == Array(text.utf8))
    }

    // ASVS 6.2.9
    // Behaviour B22
    @Test("holds 1,024 bytes and not one more, without cutting", arguments: ["a", "é", "😀"])
    func limits(_ letter: String) throws {
        let longest = String(repeating: letter, count: 1_024 / letter.utf8.count)

        #expect(try Password(longest).withBytes { $0.count } == 1_024)
        #expect(throws: ValidationError(.password, .tooManyBytes(maximum: 1_024))) { try Password(longest + "a") }
        #expect(throws: ValidationError(.password, .tooManyBytes(maximum: 1_024))) {
            try Password(longest + longest + longest)
        }
    }

    @Test("measures after composing, as it does before hashing")
    func measuresComposed() throws {
        let text = String(repeating: "e\u{301}", count: 512)
        #expect(try Password(text).withBytes { $0.count } == 1_024)
    }

    @Test("rejects the empty password and the zero byte")
    func refuses() {
        #expect(throws: ValidationError(.password, .missing)) { try Password("") }
        #expect(throws: ValidationError(.password, .forbiddenCharacter)) { try Password("abc\0defgh") }
    }

    @Test("is redacted in every description")
    func redacts() throws {
        let password = try Password("correct horse")
        var dumped = ""
        dump(password, to: &dumped)

        for shown in ["\(password)", password.debugDescription, String(reflecting: password), "\([password])", dumped] {
            #expect(!shown.contains("correct"), "\(shown)")
        }
    }
}
