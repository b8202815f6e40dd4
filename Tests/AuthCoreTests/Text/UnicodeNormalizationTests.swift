// SPDX-License-Identifier: Apache-2.0

import AuthCore
@_spi(_Unicode) import Swift
import Testing

@Suite("Unicode normalization") struct UnicodeNormalizationTests {
    @Test("passes the vectors of Unicode 15.0")
    func vectors() throws {
        let vectors = try TestSource.text("Tests/AuthCoreTests/Vectors/unicode/NormalizationTest-15.0.0.txt")
        var count = 0
        for line in vectors.split(separator: "\n") {
            let columns = line.split(separator: ";").map(scalars)
            try #require(columns.count == 5)
            count += 1
            // The two invariants that the file states for NFC.
            for source in columns[...2] where nfc(source) != columns[1] { Issue.record("\(line)") }
            for source in columns[3...] where nfc(source) != columns[3] { Issue.record("\(line)") }
        }
        #expect(count == 19_074)
    }

    @Test("keeps compatibility forms apart", arguments: ["ﬁ", "Ａ", "①", "ſ"])
    func keepsCompatibilityForms(_ text: String) {
        #expect(nfc(Array(text.unicodeScalars)) == Array(text.unicodeScalars))
    }

    @Test(
        "puts long runs of marks in canonical order, which changes no result",
        arguments: [
            "\u{301}", "\u{301}\u{300}", "\u{327}\u{301}", "\u{344}", "\u{F73}", "\u{F75}\u{F71}", "\u{F81}\u{5B0}",
            "\u{5B0}\u{94D}",
        ])
    func longRuns(mark: String) {
        let marks = String(repeating: mark, count: 40)
        for text in ["e" + marks + String(repeating: "\u{316}", count: 40), marks + "\u{E9}\u{316}" + marks] {
            var expected = String.UnicodeScalarView()
            expected.append(contentsOf: text._nfc)

            #expect(UnicodeNormalization.nfc(text).utf8.elementsEqual(String(expected).utf8))
        }
    }

    private func nfc(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return Array(UnicodeNormalization.nfc(String(text)).unicodeScalars)
    }

    private func scalars(_ column: Substring) -> [Unicode.Scalar] {
        column.split(separator: " ").compactMap { UInt32($0, radix: 16).flatMap(Unicode.Scalar.init) }
    }
}
