// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Username") struct UsernameTests {
    @Test(
        "accepts letters, digits, dots, underscores and hyphens",
        arguments: [
            "abc", "john_doe", "auth_test_user", "J.R.R-Tolkien", "_x1", "a__", "007", "admin", "user",
            String(repeating: "a", count: 50),
        ])
    func accepts(_ text: String) throws {
        let username = try Username(text)
        #expect(username.original == text)
        #expect(username.canonical == text.lowercased())
    }

    @Test(
        "refuses everything else",
        arguments: [
            TextCase("", .missing), TextCase("ab", .tooShort(minimum: 3)),
            TextCase(String(repeating: "a", count: 51), .tooLong(maximum: 50)), TextCase(".abc", .malformed),
            TextCase("abc-", .malformed), TextCase("___", .malformed), TextCase("a@b", .forbiddenCharacter),
            TextCase("john doe", .forbiddenCharacter), TextCase(" john", .forbiddenCharacter),
            TextCase("jöhn", .forbiddenCharacter), TextCase("jоhn", .forbiddenCharacter),
            TextCase("john\0", .forbiddenCharacter), TextCase("john\n", .forbiddenCharacter),
            TextCase("john/../x", .forbiddenCharacter), TextCase("\u{212A}ate", .forbiddenCharacter),
        ])
    func refuses(_ refused: TextCase) {
        #expect(throws: refused.error) { try Username(refused.text) }
    }

    @Test("is the same name in another case")
    func foldsCase() throws {
        let names: Set = [try Username("John_Doe"), try Username("john_doe"), try Username("JOHN_DOE")]
        #expect(names.count == 1)
    }
}

/// A text and the fault that is found in it.
struct TextCase: CustomTestStringConvertible {
    var text: String
    var error: ValidationError
    var testDescription: String { text.debugDescription }

    init(_ text: String, _ error: ValidationError) {
        self.text = text
        self.error = error
    }
}
