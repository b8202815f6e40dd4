// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthCore

@Suite("Language tags")
struct LanguageTagTests {
    @Test(
        "a tag gets the conventional letter case, so that spellings are equal",
        arguments: [
            ("de", "de"), ("DE", "de"), ("de-at", "de-AT"), ("ZH-hANT-tw", "zh-Hant-TW"), ("es-419", "es-419"),
            ("sl-ROZAJ-biske-1994", "sl-rozaj-biske-1994"), ("de-CH-1901", "de-CH-1901"), ("gsw", "gsw"),
        ])
    func canonical(_ text: String, _ canonical: String) {
        #expect(LanguageTag(text)?.text == canonical)
        #expect(LanguageTag(text) == LanguageTag(canonical))
    }

    @Test(
        "what is no tag of language, script, region and variants is refused",
        arguments: [
            "", "-", "d", "de-", "-de", "de--AT", "deutsch", "de_AT", "d3", "de-AT-DE", "de-419-AT", "de-x-mine",
            "de-u-co-phonebk", "i-klingon", "x-mine", "*", "de ", " de", "dé", "de-1901-1901", "de-abc",
            "\u{212A}o", "de\0", "sl-rozaj-biske-1994-abcdefgh-abcdefgi-x", "de-" + String(repeating: "a", count: 40),
        ])
    func refused(_ text: String) {
        #expect(LanguageTag(text) == nil)
    }

    @Test(
        "a language finds itself, or what is left when subtags are taken from its end",
        arguments: [
            ("de", "de"), ("de-AT", "de"), ("de-CH-1901", "de-CH"), ("zh-Hant-TW", "zh-Hant"), ("zh-TW", nil),
            ("fr", nil), ("pt-PT", nil), ("en-GB", "en"),
        ] as [(String, String?)])
    func lookUp(_ wanted: String, _ found: String?) throws {
        let available = try ["en", "de", "de-CH", "zh-Hant", "pt-BR"].map { try #require(LanguageTag($0)) }
        #expect(try #require(LanguageTag(wanted)).lookUp(in: available)?.text == found)
    }

    struct Choice: CustomTestStringConvertible {
        var preference: String?
        let field: [String]
        let chosen: String
        var testDescription: String { "\(preference ?? "–"), \(field)" }
    }

    @Test(
        "the reader's preference comes first, then the browser's in the order of its weights, then the default",
        arguments: [
            Choice(field: [], chosen: "en"),
            Choice(preference: "de", field: ["en"], chosen: "de"),
            Choice(preference: "de-AT", field: ["en"], chosen: "de"),
            Choice(preference: "ja", field: ["de"], chosen: "de"),
            Choice(field: ["de"], chosen: "de"),
            Choice(field: ["DE-at"], chosen: "de"),
            Choice(field: ["fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5"], chosen: "fr"),
            Choice(field: ["it, de;q=0.7, fr;q=0.71"], chosen: "fr"),
            Choice(field: ["de, fr"], chosen: "de"),
            Choice(field: ["it;q=0.1", "de;q=0.2"], chosen: "de"),
            Choice(field: ["*, de;q=0.1"], chosen: "de"),
            Choice(field: ["*"], chosen: "en"),
            Choice(field: ["de;q=0, fr;q=0.0, *"], chosen: "en"),
            Choice(field: ["de-DE, de;q=0"], chosen: "en"),
            Choice(field: ["de-u-co-phonebk-x-mine"], chosen: "de"),
            Choice(field: [" , ,\tde\t;\tq=1.000 , "], chosen: "de"),
            // Malformed elements are passed over.
            Choice(
                field: ["de;q=2, de;q=1.001, de;q=, de;q=.5, de;q=0.1234, de;x=1, d\u{E9}, de_AT, fr"], chosen: "fr"),
            Choice(field: ["abcdefghi, de-, -de, 1de, fr"], chosen: "fr"),
        ])
    func choice(_ choice: Choice) throws {
        let available = try ["en", "de", "fr"].map { try #require(LanguageTag($0)) }
        let chosen = LanguageTag.choose(
            from: available, preference: choice.preference.flatMap { LanguageTag($0) }, acceptLanguage: choice.field,
            default: available[0])
        #expect(chosen.text == choice.chosen)
    }

    @Test("no more than the first sixteen languages and the first 2,048 octets are read")
    func bounds() throws {
        let english = Language.english.tag
        func chosen(_ field: [String]) -> Language? {
            Language(
                LanguageTag.choose(from: Language.allCases.map(\.tag), acceptLanguage: field, default: english))
        }
        let other = Array(repeating: "ja", count: 15).joined(separator: ",")
        #expect(chosen(["\(other),de"]) == .german)
        #expect(chosen(["\(other),ja,de"]) == .english)
        #expect(chosen([String(repeating: ",", count: 2_046) + "de"]) == .german)
        #expect(chosen([String(repeating: ",", count: 2_047) + "de"]) == .english)
        #expect(chosen([String(repeating: ",", count: 2_048), "de"]) == .english)
    }

    @Test("the built-in languages have tags, and regions of them are found")
    func builtIn() throws {
        #expect(Language.allCases.map(\.tag.text) == ["en", "de"])
        #expect(Language(try #require(LanguageTag("de-AT"))) == .german)
        #expect(Language(try #require(LanguageTag("fr"))) == nil)
        #expect(Language.choose(acceptLanguage: ["de-CH,de;q=0.9"]) == .german)
        #expect(Language.choose(acceptLanguage: ["ja"], default: .german) == .german)
    }
}
