// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Names of identity providers")
struct ProviderNameTests {
    @Test(
        "have letters, digits and hyphens, and begin with a letter",
        arguments: ["a", "google", "my-corp", "a-", "a--b", "x1", String(repeating: "x", count: 32)])
    func valid(_ text: String) throws {
        let name = try ProviderName(text)
        #expect(name.text == text && "\(name)" == text)
        #expect(ProviderName(parsing: text[...]) == name)
    }

    @Test(
        "are nothing else",
        arguments: [
            ("", .missing), ("1a", .malformed), ("-a", .malformed), ("Google", .forbiddenCharacter),
            ("a_b", .forbiddenCharacter), ("a.b", .forbiddenCharacter), ("a/b", .forbiddenCharacter),
            ("a b", .forbiddenCharacter), ("a\n", .forbiddenCharacter), ("a\0", .forbiddenCharacter),
            ("\u{212A}", .forbiddenCharacter), ("a\u{301}", .forbiddenCharacter),
            (String(repeating: "x", count: 33), .tooLong(maximum: 32)),
        ] as [(String, ValidationError.Reason)])
    func invalid(_ text: String, _ reason: ValidationError.Reason) {
        #expect(throws: ValidationError(.providerName, reason)) { try ProviderName(text) }
        #expect(ProviderName(parsing: text) == nil)
    }
}

@Suite("Subjects at identity providers")
struct ProviderSubjectTests {
    @Test("are the same if issuer and subject are, to the octet")
    func octets() throws {
        let subject = try #require(ProviderSubject(issuer: "https://a.test", subject: "\u{E9}"))
        for (issuer, name) in [
            ("https://a.test", "e\u{301}"), ("https://a.test/", "\u{E9}"), ("https://A.test", "\u{E9}"),
            ("\u{E9}", "https://a.test"),
        ] {
            let other = try #require(ProviderSubject(issuer: issuer, subject: name))
            #expect(other != subject && Set([other, subject]).count == 2)
        }
        #expect(ProviderSubject(issuer: "https://a.test", subject: "\u{E9}") == subject)
        // Where one part ends and the other begins counts.
        #expect(ProviderSubject(issuer: "ab", subject: "c") != ProviderSubject(issuer: "a", subject: "bc"))
    }

    @Test("have bounds, which count octets")
    func bounds() {
        func isValid(_ issuer: Int, _ subject: Int, _ letter: String = "x") -> Bool {
            ProviderSubject(
                issuer: String(repeating: letter, count: issuer), subject: String(repeating: letter, count: subject))
                != nil
        }
        #expect(isValid(1, 1) && isValid(512, 255) && isValid(256, 127, "\u{E9}"))
        #expect(!isValid(0, 1) && !isValid(1, 0) && !isValid(513, 1) && !isValid(1, 256))
        #expect(!isValid(257, 1, "\u{E9}") && !isValid(1, 128, "\u{E9}"))
        #expect(ProviderSubject(issuer: "a\0", subject: "b") == nil)
        #expect(ProviderSubject(issuer: "a", subject: "\0") == nil)
    }

    @Test("profiles are the same if their texts are, to the octet")
    func profiles() throws {
        let composed = try ProviderExamples.profile(fullName: "\u{E9}")
        let decomposed = try ProviderExamples.profile(fullName: "e\u{301}")
        #expect(composed != decomposed)
        #expect(try composed == ProviderExamples.profile(fullName: "\u{E9}"))
        #expect(try ProviderExamples.profile(fullName: "a") != ProviderExamples.profile(hostedDomain: "a"))
    }
}
