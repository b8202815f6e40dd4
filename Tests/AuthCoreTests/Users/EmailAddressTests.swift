// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

@testable import AuthCore

@Suite("Mail address") struct EmailAddressTests {
    struct Accepted: CustomTestStringConvertible {
        var text: String
        var canonical: String
        var testDescription: String { text }

        init(_ text: String, _ canonical: String) {
            self.text = text
            self.canonical = canonical
        }
    }

    // Behaviour A4
    @Test(
        "keeps the address for sending and folds case for looking up",
        arguments: [
            Accepted("user@example.com", "user@example.com"), Accepted("User@Example.COM", "user@example.com"),
            Accepted("a@b.cd", "a@b.cd"),
            Accepted("first.last+tag@sub.example.test", "first.last+tag@sub.example.test"),
            Accepted("o'brien_#!%&*/?=^`{|}~-@x-y.test", "o'brien_#!%&*/?=^`{|}~-@x-y.test"),
            Accepted("JÖRG@BÜCHER.example", "jörg@xn--bcher-kva.example"),
            Accepted("用户@例子.公司", "用户@xn--fsqu00a.xn--55qx5d"),
            Accepted("x@straße.example", "x@xn--strae-oqa.example"),
            Accepted("x@xn--bcher-kva.example", "x@xn--bcher-kva.example"),
            Accepted("\(String(repeating: "a", count: 64))@b.cd", "\(String(repeating: "a", count: 64))@b.cd"),
        ])
    func accepts(_ accepted: Accepted) throws {
        let address = try EmailAddress(accepted.text)
        #expect(address.original == accepted.text)
        #expect(address.canonical == accepted.canonical)
    }

    @Test(
        "is one address in every spelling of its domain, and keeps the one that was typed for showing",
        arguments: [
            "Ada@Bücher.Example", "ada@BÜCHER.example", "ada@bu\u{308}cher.example", "ada@xn--bcher-kva.example",
            "ADA@XN--BCHER-KVA.EXAMPLE", "ada@bücher\u{3002}example", "ada\u{FF20}bücher\u{FF0E}example",
        ])
    func spellingsOfDomains(_ text: String) throws {
        let address = try EmailAddress(text)
        let typed = UnicodeNormalization.nfc(TypedText.withPlainSeparators(text))

        #expect(address == (try EmailAddress("ada@bücher.example")))
        #expect(address.canonical.utf8.elementsEqual("ada@xn--bcher-kva.example".utf8))
        #expect(address.original.utf8.elementsEqual(typed.utf8))
        #expect(address.domain == (try DomainName("bücher.example")))
    }

    @Test(
        "rejects a domain that no registry gives out, and a label in Punycode that nothing is written as",
        arguments: [
            TextCase("a@☃.example", .forbiddenCharacter), TextCase("a@a·b.example", .forbiddenCharacter),
            TextCase("a@aא.example", .malformed), TextCase("a@אב.1a.example", .malformed),
            TextCase("a@xn--.example", .malformed), TextCase("a@xn--plain-.example", .malformed),
            TextCase("a@xn--n3h.example", .forbiddenCharacter), TextCase("a@ab--cd.example", .malformed),
            TextCase("a@ـa.example", .forbiddenCharacter), TextCase("a@²ü.example", .forbiddenCharacter),
            TextCase("a@\(String(repeating: "a", count: 55))üö.example", .malformed),
        ])
    func refusesDomains(_ refused: TextCase) {
        #expect(throws: ValidationError(.email, refused.reason)) { try EmailAddress(refused.text) }
    }

    @Test("an address may have 254 bytes in each of its forms, Punycode included")
    func lengthInPunycode() throws {
        // 63 octets of Punycode and the dot for each label, which is 57 bytes as it is read.
        let label = String(repeating: "a", count: 55) + "ü"
        let domain = Array(repeating: label, count: 3).joined(separator: ".") + ".example"
        let longest = String(repeating: "b", count: 254 - 1 - 3 * 64 - 7)
        let address = try EmailAddress("\(longest)@\(domain)")

        #expect(address.canonical.utf8.count == 254 && address.transportForm.utf8.count == 254)
        #expect(throws: ValidationError(.email, .tooManyBytes(maximum: 254))) {
            try EmailAddress("b\(longest)@\(domain)")
        }
    }

    @Test(
        "rejects texts that are no plain address",
        arguments: [
            TextCase("", .missing), TextCase("user", .malformed), TextCase("@", .malformed), TextCase("a@", .malformed),
            TextCase("@b.cd", .malformed), TextCase("a@b@c.de", .malformed), TextCase("a@localhost", .malformed),
            TextCase(".a@b.cd", .malformed), TextCase("a.@b.cd", .malformed), TextCase("a..b@c.de", .malformed),
            TextCase("a@.b.cd", .malformed), TextCase("a@b.cd.", .malformed), TextCase("a@b..cd", .malformed),
            TextCase("a@-b.cd", .malformed), TextCase("a@b-.cd", .malformed), TextCase("a@127.0.0.1", .malformed),
            TextCase("a@[127.0.0.1]", .forbiddenCharacter), TextCase("\"a b\"@c.de", .forbiddenCharacter),
            TextCase("a b@c.de", .forbiddenCharacter), TextCase(" @b.cd", .malformed),
            TextCase("  ", .missing), TextCase("a(c)@b.cd", .forbiddenCharacter),
            TextCase("a,b@c.de", .forbiddenCharacter), TextCase("a;b@c.de", .forbiddenCharacter),
            TextCase("a:b@c.de", .forbiddenCharacter), TextCase("a\\b@c.de", .forbiddenCharacter),
            TextCase("a@b_c.de", .forbiddenCharacter), TextCase("a@b.c/de", .forbiddenCharacter),
            TextCase("=?utf-8?q?x?=@b.cd", .malformed), TextCase("a@\u{301}b.cd", .malformed),
            TextCase("a.\u{301}@b.cd", .malformed), TextCase("\u{301}a@b.cd", .malformed),
            TextCase("\(String(repeating: "İ", count: 32))@b.cd", .tooManyBytes(maximum: 64)),
            TextCase("a@b.cd>", .forbiddenCharacter), TextCase("<a@b.cd", .forbiddenCharacter),
            TextCase("\(String(repeating: "a", count: 65))@b.cd", .tooManyBytes(maximum: 64)),
            TextCase("\(String(repeating: "ä", count: 33))@b.cd", .tooManyBytes(maximum: 64)),
            TextCase("a@\(String(repeating: "b", count: 64)).cd", .malformed),
            TextCase("a@\(String(repeating: "bcd.", count: 63))e", .tooManyBytes(maximum: 254)),
            TextCase(String(repeating: "a", count: 100_000), .tooManyBytes(maximum: 254)),
        ])
    func refuses(_ refused: TextCase) {
        #expect(throws: ValidationError(.email, refused.reason)) { try EmailAddress(refused.text) }
    }

    @Test(
        "refuses each character that could end or bend a line of SMTP",
        arguments: ["\r", "\n", "\r\n", "\0", "\t", "\u{7F}", "\u{85}", "\u{A0}", "\u{2028}", "\u{200B}", "\u{202E}"])
    func refusesLineBreaks(_ character: String) {
        #expect(throws: ValidationError(.email, .forbiddenCharacter)) {
            try EmailAddress("a\(character)b@example.test")
        }
        #expect(throws: ValidationError(.email, .forbiddenCharacter)) { try EmailAddress("a@exam\(character)ple.test") }
    }

    @Test("trims white space and invisible characters at both ends", arguments: Invisible.ends)
    func trims(_ end: String) throws {
        for text in [end + "a@example.test", "a@example.test" + end, end + end + "a@example.test" + end] {
            #expect(try EmailAddress(text).original.utf8.elementsEqual("a@example.test".utf8))
        }
        #expect(throws: ValidationError(.email, .missing)) { try EmailAddress(end + end) }
        #expect(throws: ValidationError(.email, .forbiddenCharacter)) { try EmailAddress("a\(end)b@example.test") }
    }

    @Test("takes the full-width at sign and dot of an input method for the plain ones, and no letter")
    func fullWidth() throws {
        #expect(try EmailAddress("ada\u{FF20}example\u{FF0E}test") == EmailAddress("ada@example.test"))
        #expect(try Identifier(parsing: "ada\u{FF20}example.test").kind == .email)
        #expect(throws: ValidationError(.email, .malformed)) { try EmailAddress("a@b\u{FF20}c.test") }
        #expect(try EmailAddress("\u{FF41}@example.test") != EmailAddress("a@example.test"))
    }

    @Test("trimming 64 KiB of white space costs time linear in its length")
    func longEnds() {
        for end in Invisible.ends {
            let text = String(repeating: end, count: 65_536 / end.utf8.count)
            #expect(throws: ValidationError.self) { try EmailAddress(text + "a") }
            #expect(throws: ValidationError.self) { try Username("a" + text + "b") }
        }
    }

    @Test("rejects invisible letters", arguments: ["\u{200D}", "\u{FE0F}", "\u{3164}", "\u{FEFF}", "\u{E0041}"])
    func refusesInvisible(_ character: String) {
        #expect(throws: ValidationError(.email, .forbiddenCharacter)) { try EmailAddress("a\(character)@example.test") }
    }

    @Test("is one address in NFC and NFD, and in any case", arguments: ["é", "Å", "ệ", "Ñ"])
    func foldsNormalization(_ letter: String) throws {
        let composed = try EmailAddress("\(letter)@example.test")
        let decomposed = try EmailAddress("\(nfd(letter.lowercased()))@EXAMPLE.test")

        #expect(composed == decomposed)
        #expect(Array(composed.canonical.utf8) == Array(decomposed.canonical.utf8))
    }

    struct LookAlike: CustomTestStringConvertible {
        var victim: String
        var attacker: String
        var testDescription: String { attacker }
    }

    // Behaviour A5
    @Test(
        "never folds a look-alike into another's address",
        arguments: [
            LookAlike(victim: "admin@example.test", attacker: "ａdmin@example.test"),
            LookAlike(victim: "fine@example.test", attacker: "ﬁne@example.test"),
            LookAlike(victim: "admin@example.test", attacker: "аdmin@example.test"),
            LookAlike(victim: "ivi@example.test", attacker: "ıvi@example.test"),
            LookAlike(victim: "ivi@example.test", attacker: "İvi@example.test"),
            LookAlike(victim: "mass@example.test", attacker: "maß@example.test"),
            LookAlike(victim: "sam@example.test", attacker: "ſam@example.test"),
            LookAlike(victim: "a.b@example.test", attacker: "ab@example.test"),
            LookAlike(victim: "a@example.test", attacker: "a+b@example.test"),
        ])
    func keepsLookAlikesApart(_ pair: LookAlike) throws {
        #expect(try EmailAddress(pair.victim) != EmailAddress(pair.attacker))
    }

    // Behaviour A5
    @Test("sends to the very letters that it looks up, where Unicode has two for one")
    func kelvin() throws {
        let address = try EmailAddress("\u{212A}ate@example.test")
        #expect(Array(address.original.utf8) == Array("Kate@example.test".utf8))
        #expect(address.canonical == "kate@example.test")
    }

    @Test(
        "refuses a domain that a resolver would map to another",
        arguments: ["ｅxample", "ﬁne", "exa①", "ſam", "exAᴹple"])
    func refusesUnstableLabels(_ label: String) {
        #expect(throws: ValidationError(.email, .forbiddenCharacter)) { try EmailAddress("a@\(label).test") }
    }

    @Test("has a canonical form that is its own canonical form", arguments: [UInt64(31), 32])
    func canonicalIsStable(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<4_000 {
            let text = "\(generator.scalar())\(generator.scalar())@\(generator.scalar())b.test"
            guard let address = try? EmailAddress(text) else { continue }
            accepted += 1
            let again = try #require(try? EmailAddress(address.canonical), "\(generator), \(text.debugDescription)")
            #expect(again.canonical == address.canonical, "\(generator), \(text.debugDescription)")
            #expect(address.original.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F })
        }
        #expect(accepted > 20)
    }

    @Test("gives its parts")
    func parts() throws {
        let address = try EmailAddress("Ada.L@Mail.Example.TEST")
        #expect(address.localPart == "ada.l")
        #expect(address.domain.ascii == "mail.example.test" && address.asciiDomain == address.domain.ascii)
        #expect(!address.needsSMTPUTF8)
        #expect(try EmailAddress("jörg@example.test").needsSMTPUTF8)
    }

    /// Labels and what every registry makes of them.
    static let labels = [
        ("bücher", "xn--bcher-kva"), ("münchen", "xn--mnchen-3ya"), ("straße", "xn--strae-oqa"),
        ("παράδειγμα", "xn--hxajbheg2az3al"), ("пример", "xn--e1afmkfd"), ("例え", "xn--r8jz45g"),
        ("उदाहरण", "xn--p1b6ci4b4b3a"), ("plain", "plain"),
    ]

    @Test("a domain outside ASCII has a form in Punycode", arguments: labels)
    func punycode(_ label: String, _ ascii: String) throws {
        let address = try EmailAddress("ada+x@mail.\(label).test")

        #expect(address.asciiDomain == "mail.\(ascii).test")
        #expect(address.transportForm == "ada+x@mail.\(ascii).test")
        #expect(!address.needsSMTPUTF8)
    }

    @Test("the local part keeps its spelling, and a domain in ASCII keeps its own")
    func transportForm() throws {
        #expect(try EmailAddress("Ada@Example.Test").transportForm == "Ada@Example.Test")
        #expect(try EmailAddress("Ada@XN--BCHER-KVA.Test").transportForm == "Ada@XN--BCHER-KVA.Test")
        let address = try EmailAddress("Jörg@BÜCHER.Test")
        #expect(address.transportForm == "Jörg@xn--bcher-kva.test")
        #expect(address.needsSMTPUTF8)
    }

    private func nfd(_ text: String) -> String {
        let decompositions: [Character: String] = [
            "é": "e\u{301}", "å": "a\u{30A}", "ệ": "e\u{302}\u{323}", "ñ": "n\u{303}",
        ]
        return text.map { decompositions[$0] ?? String($0) }.joined()
    }
}

@Suite("Identifier") struct IdentifierTests {
    @Test("is an address if it has an @, else a username")
    func parses() throws {
        #expect(try Identifier(parsing: "John_Doe").kind == .username)
        #expect(try Identifier(parsing: "John_Doe").canonical == "john_doe")
        #expect(try Identifier(parsing: "John_Doe").original == "John_Doe")
        #expect(try Identifier(parsing: "User@Example.com") == .email(EmailAddress("user@example.com")))
        #expect(try Identifier(parsing: "User@Example.com").kind.rawValue == "email")
    }

    @Test(
        "rejects a text that is neither",
        arguments: [TextCase("", .missing), TextCase("a@", .malformed), TextCase("x y", .forbiddenCharacter)])
    func refuses(_ refused: TextCase) {
        let subject: ValidationError.Subject = refused.text.contains("@") ? .email : .username
        #expect(throws: ValidationError(subject, refused.reason)) { try Identifier(parsing: refused.text) }
    }
}
