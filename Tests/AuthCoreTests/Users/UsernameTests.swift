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

    // Behaviour A6
    @Test(
        "refuses everything else",
        arguments: [
            TextCase("", .missing), TextCase("ab", .tooShort(minimum: 3)),
            TextCase(String(repeating: "a", count: 51), .tooLong(maximum: 50)), TextCase(".abc", .malformed),
            TextCase("abc-", .malformed), TextCase("___", .malformed), TextCase("a@b", .forbiddenCharacter),
            TextCase("john doe", .forbiddenCharacter), TextCase(" ", .missing),
            TextCase("jöhn", .forbiddenCharacter), TextCase("jоhn", .forbiddenCharacter),
            TextCase("john\0", .forbiddenCharacter), TextCase("john\nx", .forbiddenCharacter),
            TextCase("john/../x", .forbiddenCharacter), TextCase("\u{212A}ate", .forbiddenCharacter),
        ])
    func refuses(_ refused: TextCase) {
        #expect(throws: ValidationError(.username, refused.reason)) { try Username(refused.text) }
    }

    @Test("trims white space and invisible characters at both ends", arguments: Invisible.ends)
    func trims(_ end: String) throws {
        for text in [end + "ada", "ada" + end, end + end + "ada" + end] {
            #expect(try Username(text).original.utf8.elementsEqual("ada".utf8), "\(text.debugDescription)")
            #expect(try Identifier(parsing: text).original.utf8.elementsEqual("ada".utf8))
        }
        #expect(throws: ValidationError(.username, .missing)) { try Username(end) }
        #expect(throws: ValidationError(.username, .forbiddenCharacter)) { try Username("a\(end)da") }
    }

    @Test("is the same name in another case")
    func foldsCase() throws {
        let names: Set = [try Username("John_Doe"), try Username("john_doe"), try Username("JOHN_DOE")]
        #expect(names.count == 1)
    }
}

/// What keyboards, autofill and copying leave at the ends of a text.
enum Invisible {
    static let ends = [
        " ", "\t", "\n", "\r\n", "\u{85}", "\u{A0}", "\u{1680}", "\u{2003}", "\u{2028}", "\u{202F}", "\u{3000}",
        "\u{FEFF}", "\u{200B}", "\u{200E}", "\u{200F}", "\u{202A}", "\u{202C}", "\u{2060}", "\u{2069}", "\u{AD}",
    ]
}

/// A text and the fault that is found in it.
struct TextCase: CustomTestStringConvertible {
    var text: String
    var reason: ValidationError.Reason
    var testDescription: String { text.debugDescription }

    init(_ text: String, _ reason: ValidationError.Reason) {
        self.text = text
        self.reason = reason
    }
}
