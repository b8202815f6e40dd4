// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Password policy") struct PasswordPolicyTests {
    struct Case: CustomTestStringConvertible {
        var password: String
        var violations: [PasswordViolation]
        var testDescription: String { password }

        init(_ password: String, _ violations: PasswordViolation...) {
            self.password = password
            self.violations = violations
        }
    }

    @Test(
        "accepts the examples of the documentation",
        arguments: ["SecurePass123", "NewSecurePass123", "ResetPass123", "secretpass123"])
    func acceptsExamples(_ text: String) throws {
        let context = PasswordContext(
            username: try Username("auth_test_user"), email: try EmailAddress("authtest@example.com"),
            fullName: try FullName("Auth Test User"))
        #expect(try PasswordPolicy().violations(of: Password(text), context: context) == [])
    }

    // Behaviour B21, B24
    @Test(
        "reports every violated rule",
        arguments: [
            Case("Ab3$efg", .tooShort(minimum: 8)), Case("Ab3$efgh"),
            Case("abcdefgh", .missingDigit, .missingSymbol, .common),
            Case("secure_password"), Case("Pass123", .tooShort(minimum: 8), .missingSymbol),
            Case("password123", .missingSymbol, .common), Case("NewPass123", .missingSymbol, .trivial),
            Case("abcdefghijx", .missingDigit, .missingSymbol, .trivial), Case("abcdefghijxy", .trivial),
            Case("ginsfrwkbox", .missingDigit, .missingSymbol), Case("ginsfrwkboxy"), Case("käse-brot", .missingDigit),
            Case("käse9brot", .missingSymbol), Case("käse 9 brot"), Case("😀😀😀😀😀😀9", .tooShort(minimum: 8)),
            Case("😀😀😀😀😀😀😀9", .trivial), Case("😀🎈🐳🌵🍋🎻🚲9"), Case("中文密码很安全的", .missingDigit, .missingSymbol),
            Case("123123123123", .common),
            Case("QWERTYUIOP12", .common), Case("a", .tooShort(minimum: 8), .missingDigit, .missingSymbol),
        ])
    func reportsAll(_ example: Case) throws {
        #expect(try PasswordPolicy().violations(of: Password(example.password)) == example.violations)
    }

    @Test(
        "refuses what is trivial, whatever its length and the rule of composition",
        arguments: [
            "passwordpassword", "Summer-2024-!!", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "abcdefghijklmnop1!",
            "1qaz2wsx3edc4rfv5tgb", "k7x!k7x!k7x!k7x!", "                ",
        ])
    func refusesTrivial(_ text: String) throws {
        for composition in [PasswordPolicy.Composition.short, .off] {
            let violations = try PasswordPolicy(composition: composition).violations(of: Password(text))
            #expect(violations == [.trivial], "\(composition)")
        }
    }

    @Test("calls trivial only what no other rule names")
    func trivialLast() throws {
        let context = PasswordContext(username: try Username("monkey"))
        let policy = PasswordPolicy(composition: .off)
        #expect(try policy.violations(of: Password("monkey-2024!"), context: context) == [.builtFrom(.username)])
        #expect(try policy.violations(of: Password("monkey-2024!")) == [.trivial])
        #expect(try policy.violations(of: Password("aaaaaaaa")) != [.trivial])
        #expect(try policy.violations(of: Password("aaaa")) == [.tooShort(minimum: 8)])
    }

    // ASVS 6.2.1
    // Behaviour B21
    @Test("counts code points after composing")
    func countsCodePoints() throws {
        let sevenLetters = try Password("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}1-")
        #expect(PasswordPolicy().violations(of: sevenLetters) == [.tooShort(minimum: 8)])
    }

    @Test("follows the setting of composition")
    func composition() throws {
        let short = try Password("zkwmfpqa")
        let long = try Password("zkwmfpqazkwmfpqa")

        #expect(PasswordPolicy(composition: .off).violations(of: short) == [])
        #expect(PasswordPolicy(composition: .always).violations(of: long) == [.missingDigit, .missingSymbol])
        #expect(PasswordPolicy(composition: .short).violations(of: long) == [])
        #expect(PasswordPolicy(maximumBytes: 15).violations(of: long) == [.tooManyBytes(maximum: 15)])
    }

    // ASVS 6.2.11
    // Behaviour B25
    @Test(
        "refuses passwords built from known words",
        arguments: [
            Case("john.smith-2024!", .builtFrom(.username)), Case("JohnSmith#2024", .builtFrom(.username)),
            Case("2024#smith#john", .builtFrom(.username)), Case("ada@mail.example.test1", .builtFrom(.email)),
            Case("adalove-123456", .builtFrom(.email)), Case("Example!!12345", .builtFrom(.email)),
            Case("Example-adalove-1", .builtFrom(.email)), Case("ÉLODIE-1999-xyz", .builtFrom(.fullName)),
            Case("authd-1234567", .builtFrom(.product)), Case("xAUTHDx!12345", .builtFrom(.product)),
            Case("authd-john.smith!", .builtFrom(.username), .builtFrom(.product)),
        ])
    func refusesKnownWords(_ example: Case) throws {
        var context = try Self.context()
        if example.password.hasPrefix("ada@") { context.email = try EmailAddress("ada@mail.example.test") }
        #expect(
            try PasswordPolicy().violations(of: Password(example.password), context: context) == example.violations)
    }

    @Test(
        "accepts passwords that only happen to hold a known word",
        arguments: [
            "john.smith-eats-lemons", "blacksmithing-forge", "authdaemons-at-dawn", "smit-7-hammers",
            "an-example-of-mine",
            "elod-1-quiet-river", "jon-2-quiet-rivers", "correct horse battery",
        ])
    func acceptsOthers(_ text: String) throws {
        #expect(try PasswordPolicy().violations(of: Password(text), context: Self.context()) == [])
    }

    @Test("does not count words of three letters")
    func ignoresShortWords() throws {
        let context = PasswordContext(username: try Username("bob"), email: try EmailAddress("bob@x.test"))
        let policy = PasswordPolicy(productWords: ["app"])
        #expect(try policy.violations(of: Password("bob-app-12345"), context: context) == [])
    }

    @Test("each violation has a code and a sentence")
    func rendersViolations() {
        let all: [PasswordViolation] =
            [
                .tooShort(minimum: 8), .tooManyBytes(maximum: 9), .missingDigit, .missingSymbol, .common, .trivial,
                .breached,
            ]
            + PasswordViolation.Source.allCases.map(PasswordViolation.builtFrom)
        let fields = all.map { $0.violation(of: "new_password") }

        #expect(Set(fields.map(\.code)).count == all.count)
        #expect(fields.allSatisfy { $0.field == "new_password" && $0.message.hasSuffix(".") })
        #expect(fields.first?.code == "too_short")
    }

    private static func context() throws -> PasswordContext {
        PasswordContext(
            username: try Username("John.Smith"), email: try EmailAddress("adalove@example.test"),
            fullName: try FullName("Élodie Xu"))
    }
}
