// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("The language that a request wants")
struct WantedLanguageTests {
    @Test(
        "the most wanted well-formed language is taken, the first of those that are wanted alike",
        arguments: [
            ("de", "de"), ("de-AT,de;q=0.9,en;q=0.8", "de-AT"), ("en;q=0.3, de;q=0.7", "de"), ("fr , en", "fr"),
            ("en;q=0.5,de;q=0.5", "en"), ("*,de;q=0.1", "de"), ("de;Q=1.000", "de"), ("de;q=0.001", "de"),
            ("zh-hant-tw", "zh-Hant-TW"), ("\t de\t;q=1 ", "de"),
            ("x-klingon, q, de", "de"), ("en;q=2, de;q=0.2", "de"), ("en;q=0.1234,de;q=0.1", "de"),
            ("en;level=1;q=1,de;q=0.1", "de"),
        ])
    func wanted(_ field: String, _ tag: String) {
        #expect(LanguageTag(mostWantedIn: field)?.text == tag)
    }

    @Test(
        "a field without a wanted language has none",
        arguments: [
            "", "*", ",", ";", "de;q=0", "de;q=0.000", "de;q", "de;q=", "de;q=a", "de;q=1.001", "d", "123", "\u{0}",
        ])
    func none(_ field: String) {
        #expect(LanguageTag(mostWantedIn: field) == nil)
    }

    @Test("what stands behind the first languages and octets is not read")
    func bounds() {
        #expect(LanguageTag(mostWantedIn: String(repeating: "*,", count: 16) + "de") == nil)
        #expect(LanguageTag(mostWantedIn: String(repeating: " ", count: 1_024) + "de") == nil)
        #expect(LanguageTag(mostWantedIn: "en;q=0.1," + String(repeating: "x", count: 100_000))?.text == "en")
    }
}
