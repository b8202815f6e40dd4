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
        #expect(throws: ValidationError(.fullName, refused.reason)) { try FullName(refused.text) }
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
            (ValidationError.Reason.missing, "missing"), (.tooLong(maximum: 1), "too_long"),
            (.tooManyBytes(maximum: 1), "too_long"), (.malformed, "malformed"),
            (.forbiddenCharacter, "forbidden_character"), (.reserved, "reserved"),
        ])
    func codes(reason: ValidationError.Reason, code: String) {
        let error = ValidationError(.username, reason)
        #expect(error.code == code && reason.code == code)
        #expect(error.message.hasSuffix(".") && error.message == reason.message)
    }

    @Test("an error that a program does not catch says which value is at fault")
    func sentences() {
        func sentence(_ make: () throws -> Void) -> String? {
            do {
                try make()
                return nil
            } catch {
                return String(reflecting: error)
            }
        }

        #expect(sentence { _ = try Username("ab") } == "username: At least 3 characters are required.")
        #expect(sentence { _ = try FullName("") } == "full name: A value is required.")
        #expect(sentence { _ = try Password("") } == "password: A value is required.")
        let form = "email address: The value does not have the required form."
        #expect(sentence { _ = try EmailAddress("ab") } == form)
        #expect(sentence { _ = try Identifier(parsing: "a@b") } == form)
    }
}
