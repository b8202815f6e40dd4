// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

@testable import AuthDelivery

@Suite("Header text")
struct HeaderTextTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        let unstructured: String
        let phrase: String
        var testDescription: String { text.debugDescription }
    }

    @Test(
        "is written plainly where it can be and encoded where it must",
        arguments: [
            Case(text: "Ada Lovelace", unstructured: "Ada Lovelace", phrase: "Ada Lovelace"),
            Case(text: "Lovelace, Ada", unstructured: "Lovelace, Ada", phrase: "\"Lovelace, Ada\""),
            Case(text: "a\"b\\c", unstructured: "a\"b\\c", phrase: "\"a\\\"b\\\\c\""),
            Case(text: "é", unstructured: "=?UTF-8?B?w6k=?=", phrase: "=?UTF-8?B?w6k=?="),
            Case(text: "=?x", unstructured: "=?UTF-8?B?PT94?=", phrase: "=?UTF-8?B?PT94?="),
            Case(text: "  a \r\n\tb\u{0} ", unstructured: "a b", phrase: "a b"),
            Case(text: "\r\n", unstructured: "", phrase: ""),
        ])
    func forms(_ example: Case) {
        #expect(HeaderText(example.text).unstructured == example.unstructured)
        #expect(HeaderText(example.text).phrase == example.phrase)
    }

    @Test("encoded words stay within 75 characters and one a line")
    func encodedWordLength() {
        let lines = HeaderText(String(repeating: "🙂é", count: 100)).unstructured.split { $0 == "\r\n" }

        #expect(lines.count > 1)
        #expect(lines.allSatisfy { $0.drop { $0 == " " }.utf8.count <= 75 })
    }

    @Test("no text of any scalars leaves a bare line end")
    func noLineEnds() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                let value = UInt32.random(in: 0..<0x3000, using: &generator)
                if let scalar = Unicode.Scalar(Bool.random(using: &generator) ? value % 0x21 : value) {
                    text.append(scalar)
                }
            }
            let header = HeaderText(String(text))
            for form in [header.unstructured, header.phrase] {
                let bytes = Array(form.utf8)
                #expect(bytes.allSatisfy { $0 < 0x7F })
                for (index, byte) in bytes.enumerated() where byte < 0x20 {
                    let following = bytes.dropFirst(index)
                    let isFold = following.starts(with: [0x0D, 0x0A, 0x20]) || following.starts(with: [0x0A, 0x20])
                    #expect(isFold, "seed 7: \(form.debugDescription)")
                }
            }
        }
    }
}
