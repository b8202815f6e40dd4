// SPDX-License-Identifier: Apache-2.0

import AuthService
import Testing

@testable import AuthCore
@testable import authd

/// What `docs/passwords.md` says of new passwords against what is asked of them.
@Suite("Page on passwords")
struct PasswordDocumentTests {
    // ASVS 6.1.2
    @Test("the words that a password must not be built from are those of the code")
    func words() throws {
        let text = try Repository.text("docs/passwords.md")
        let policy = try DaemonConfiguration.read(["APP_NAME": "Harbour Office"]).service.passwords
        let context = PasswordContext(
            username: try Username("grace.hopper"), email: try EmailAddress("g.hopper@navy.example.com"),
            fullName: try FullName("Grace Hopper"))
        var rows: [String] = []
        for source in PasswordViolation.Source.allCases {
            let words = context.texts(productWords: policy.productWords).filter { $0.source == source }
            #expect(!words.isEmpty, "\(source)")
            let list = words.map { "`\($0.text)`" }.joined(separator: ", ")
            rows.append("| `\(PasswordViolation.builtFrom(source).code)` | \(list) |")
        }

        for row in rows { #expect(text.contains(row), "\(row)") }
        #expect(text.split(separator: "\n").count { $0.hasPrefix("| `contains_") } == rows.count)
        #expect(
            text.contains(
                "at least \(GuessableWords.minimumWordLength) characters")
                && text.contains("fewer than \(GuessableWords.minimumLettersLeft) letters"))
        // The page's own examples.
        let examples: [(String, [String])] = [
            ("Grace.Hopper-2026!", ["contains_username", "contains_email", "contains_full_name"]),
            ("Navy1234!!", ["contains_email"]), ("harbour office 1", ["contains_product_name"]),
            ("grace eats lemons", []),
        ]
        for (password, codes) in examples {
            #expect(text.contains("`\(password)`"))
            #expect(policy.violations(of: try Password(password), context: context).map(\.code) == codes, "\(password)")
        }
    }

    @Test("the examples of trivial passwords are rejected, and the bounds are those of the code")
    func trivial() throws {
        let text = try Repository.text("docs/passwords.md")
        let section = try #require(text.split(separator: "\n## ").first { $0.hasPrefix("Trivial passwords") })
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| ") && !$0.hasPrefix("| what") }
        #expect(rows.count == 6)
        var examples = 0
        for row in rows {
            let column = row.split(separator: "|").last ?? ""
            for example in column.split(separator: "`").filter({ !$0.allSatisfy { " ,".contains($0) } }) {
                examples += 1
                let isTrivial = TrivialPasswords.contains(try Password(String(example)))
                #expect(isTrivial, "\(example)")
            }
        }
        #expect(examples >= 13)
        #expect(text.contains("(`\(PasswordViolation.trivial.code)`)"))
        #expect(section.contains("fewer than \(TrivialPasswords.shortestUnit) characters"))
        #expect(section.contains("up to \(TrivialPasswords.mostPadding) digits, symbols or blanks"))
        let phrase = "correct horse battery staple"
        #expect(section.contains("`\(phrase)`"))
        #expect(PasswordPolicy().violations(of: try Password(phrase)) == [])
    }

    @Test("the lengths and the rule of composition are those of the code")
    func lengths() throws {
        let text = try Repository.text("docs/passwords.md")
        let policy = try DaemonConfiguration.read([:]).service.passwords

        #expect(text.contains("\(policy.minimumLength) characters or more"))
        #expect(text.contains("1,024 bytes") && policy.maximumBytes == 1_024)
        #expect(text.contains("some \(CommonPasswords.all.count / 1_000),000 common passwords"))
        #expect(text.contains("Under \(policy.compositionLength) characters") && policy.composition == .short)
    }
}
