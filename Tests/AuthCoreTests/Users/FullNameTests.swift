// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Full name") struct FullNameTests {
    @Test(
        "accepts names of any script",
        arguments: [
            "John Doe", "X", "Ní Bhriain", "山田 太郎", "محمد", "O'Neil-Smith, Jr.", "👩‍🚀 Ada", "نام\u{200C}خانوادگی",
            String(repeating: "名", count: 255),
        ])
    func accepts(_ text: String) throws {
        #expect(try FullName(text).text == text)
    }

    @Test("trims the ends and composes")
    func normalizes() throws {
        let name = try FullName(" \t\u{3000}Zoe\u{308} B\n")
        #expect(Array(name.text.utf8) == Array("Zoë B".utf8))
    }

    @Test(
        "refuses what cannot be shown on one line",
        arguments: [
            TextCase("", .missing), TextCase("  ", .missing), TextCase("\u{200B}\u{200D}", .missing),
            TextCase("\u{3164}", .missing), TextCase("a\nb", .forbiddenCharacter),
            TextCase("a\0b", .forbiddenCharacter),
            TextCase("a\u{1B}[31m", .forbiddenCharacter), TextCase("a\u{2028}b", .forbiddenCharacter),
            TextCase("a\u{202E}b", .forbiddenCharacter), TextCase("a\u{2066}b", .forbiddenCharacter),
            TextCase("a\u{FEFF}b", .forbiddenCharacter), TextCase("a\u{9B}b", .forbiddenCharacter),
            TextCase(String(repeating: "é", count: 256), .tooLong(maximum: 255)),
            TextCase(String(repeating: "a", count: 5_000), .tooLong(maximum: 255)),
        ])
    func refuses(_ refused: TextCase) {
        #expect(throws: refused.error) { try FullName(refused.text) }
    }
}

@Suite("Validation error") struct ValidationErrorTests {
    @Test("an error becomes a violation with a stable code")
    func violation() {
        let violation = FieldViolation(field: "username", .tooShort(minimum: 3))
        #expect(violation.code == "too_short")
        #expect(violation.message == "At least 3 characters are required.")
    }

    @Test(
        "each case has a code",
        arguments: [
            (ValidationError.missing, "missing"), (.tooLong(maximum: 1), "too_long"),
            (.tooManyBytes(maximum: 1), "too_long"), (.malformed, "malformed"),
            (.forbiddenCharacter, "forbidden_character"), (.reserved, "reserved"),
        ])
    func codes(error: ValidationError, code: String) {
        #expect(error.code == code)
        #expect(error.message.hasSuffix("."))
    }
}
