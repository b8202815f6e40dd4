// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

@Suite("Base64url") struct Base64URLTests {
    struct Case: CustomTestStringConvertible {
        var plain: String
        var encoded: String
        var testDescription: String { plain }
    }

    static let examples = [
        Case(plain: "", encoded: ""), Case(plain: "f", encoded: "Zg"), Case(plain: "fo", encoded: "Zm8"),
        Case(plain: "foo", encoded: "Zm9v"), Case(plain: "foob", encoded: "Zm9vYg"),
        Case(plain: "fooba", encoded: "Zm9vYmE"), Case(plain: "foobar", encoded: "Zm9vYmFy"),
    ]

    @Test("spells the examples of RFC 4648 §10 without their padding", arguments: examples)
    func spellsExamples(_ example: Case) {
        #expect(Base64URL.encode(example.plain.utf8) == example.encoded)
        #expect(Base64URL.decode(example.encoded) == Array(example.plain.utf8))
        #expect(Base64URL.encodedCount(example.plain.utf8.count) == example.encoded.utf8.count)
    }

    @Test("spells the example of RFC 7515 appendix C")
    func spellsJOSEExample() {
        #expect(Base64URL.encode([3, 236, 255, 224, 193]) == "A-z_4ME")
        #expect(Base64URL.decode("A-z_4ME") == [3, 236, 255, 224, 193])
    }

    @Test(
        "refuses every other spelling",
        arguments: [
            "Zg==", "Zm8=", "A+z/4ME", "Zm9v\n", " Zm9v", "Zm 9v", "Z", "Zm9vY", "Zh", "Zm9", "Zm9w=", "Zé9v", "Zm9v\0",
        ])
    func refuses(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("refuses each byte that is no letter, at each place of a group")
    func refusesForeignBytes() {
        let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for byte in UInt8.min...UInt8.max {
            for place in 0..<6 {
                var text = Array("AAAAAA".utf8)
                text[place] = byte
                let isAccepted = Base64URL.decode(text) != nil
                // The last letter of a group of two carries four bits that must be zero.
                let expected = letters.contains(byte) && (place < 5 || Array("AQgw".utf8).contains(byte))
                #expect(isAccepted == expected, "byte \(byte) at \(place)")
            }
        }
    }

    @Test("decodes what it encoded, and appending gives the same text", arguments: [UInt64(1), 2, 3])
    func roundTrips(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for count in 0..<100 {
            let bytes = generator.bytes(count)
            let text = Base64URL.encode(bytes)
            var appended = Array("x.".utf8)
            Base64URL.encode(bytes, appendingTo: &appended)

            #expect(Base64URL.decode(text) == bytes, "\(generator), \(count) bytes")
            #expect(appended == Array("x.\(text)".utf8))
            #expect(Base64URL.encode(bytes.lazy.map { $0 }) == text)
            #expect(Base64URL.decode(Array(text.utf8).lazy.map { $0 }) == bytes)
        }
    }

    @Test("accepts a text only if it is the one that encoding gives back", arguments: [UInt64(4), 5])
    func isCanonical(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let letters = Array("ABCDabcd0123-_wxgQ".utf8)
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
                letters.randomElement(using: &generator) ?? 0
            }
            guard let bytes = Base64URL.decode(text) else { continue }
            #expect(Array(Base64URL.encode(bytes).utf8) == text, "\(generator)")
        }
    }
}
