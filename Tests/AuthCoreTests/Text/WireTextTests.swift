// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthCore

@Suite("Text from the network")
struct WireTextTests {
    /// Texts that Swift calls equal.
    static let twins = [("K", "\u{212A}"), ("\u{E9}", "e\u{301}"), ("\u{301}\u{316}", "\u{316}\u{301}")]

    @Test("text is equal by octets, not by Unicode equivalence", arguments: twins)
    func octets(one: String, other: String) {
        #expect(one == other)

        #expect(!one.hasSameOctets(as: other) && !one[...].hasSameOctets(as: other))
        #expect(WireText(one) != WireText(other))
        #expect(Set([WireText(one), WireText(other)]).count == 2)
        #expect(Set([WireText(one), WireText(one + "")]).count == 1)
    }

    @Test("is compared to its last octet, whatever its length", arguments: [0, 1, 7, 8, 9, 15, 16, 17, 64, 1_000])
    func everyOctet(count: Int) {
        let text = String(repeating: "a", count: count)

        #expect(text.hasSameOctets(as: String(decoding: Array(text.utf8), as: UTF8.self)))
        #expect(!text.hasSameOctets(as: text + "a") && !(text + "a").hasSameOctets(as: text))
        for index in 0..<count {
            var octets = Array(text.utf8)
            octets[index] = UInt8(ascii: "b")
            #expect(!text.hasSameOctets(as: String(decoding: octets, as: UTF8.self)))
        }
    }

    @Test("is matched in a switch by octets")
    func matching() {
        func word(_ text: String) -> Int {
            switch WireText(text) {
            case "K": 1
            case "": 2
            default: 3
            }
        }

        #expect(word("K") == 1 && word("") == 2 && word("\u{212A}") == 3 && word("K\u{301}") == 3)
    }

    enum Word: String, CaseIterable { case kilo = "K", other }

    @Test("names a case by octets")
    func cases() {
        #expect(Word(octetsOf: "K") == .kilo && Word(octetsOf: "other"[...]) == .other)
        #expect(Word(octetsOf: "\u{212A}") == nil && Word(octetsOf: "") == nil)
    }

    @Test(
        "ignores the case of the letters of ASCII, and of no others",
        arguments: [
            ("Keep-Alive", true), ("KEEP-ALIVE", true), ("keep-alive", true), ("keep_alive", false),
            ("\u{212A}eep-alive", false),
            ("keep\u{0D}alive", false), ("keep-aliv", false), ("keep-alive\u{301}", false), ("", false),
        ])
    func letterCase(text: String, matches: Bool) {
        #expect(ASCIICase.matches(text, lowercase: "keep-alive") == matches)
        #expect(ASCIICase.lowered(text).hasSameOctets(as: "keep-alive") == matches)
    }
}
