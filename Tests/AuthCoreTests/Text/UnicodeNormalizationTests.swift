// SPDX-License-Identifier: Apache-2.0

import AuthCore
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

    private func nfc(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return Array(UnicodeNormalization.nfc(String(text)).unicodeScalars)
    }

    private func scalars(_ column: Substring) -> [Unicode.Scalar] {
        column.split(separator: " ").compactMap { UInt32($0, radix: 16).flatMap(Unicode.Scalar.init) }
    }
}
