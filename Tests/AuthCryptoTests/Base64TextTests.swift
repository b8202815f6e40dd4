// SPDX-License-Identifier: Apache-2.0

import AuthTesting
import Testing

@testable import AuthCrypto

@Suite("Base64 of password hashes")
struct Base64TextTests {
    static let forms = [Base64Text.padded, .unpadded, .adapted, .bcrypt]

    @Test("reads what it writes, at every length", arguments: forms)
    func roundTrip(_ form: Base64Text) {
        let random = SeededRandom(seed: 7)
        for length in 0...66 {
            let bytes = random.bytes(count: length)
            #expect(form.decode(form.encode(bytes)[...]) == bytes)
        }
    }

    @Test("writes each form's own alphabet")
    func alphabets() {
        let bytes: [UInt8] = [0xFB, 0xFF, 0xFE, 0x00]

        #expect(Base64Text.padded.encode(bytes) == "+//+AA==")
        #expect(Base64Text.unpadded.encode(bytes) == "+//+AA")
        #expect(Base64Text.adapted.encode(bytes) == ".//.AA")
        // Python: bcrypt's alphabet in place of the standard one, character by character.
        #expect(Base64Text.bcrypt.encode(bytes) == "8998..")
    }

    struct Case: CustomTestStringConvertible {
        let form: Base64Text
        let text: Substring
        var testDescription: String { "\(form) \(text)" }
    }

    @Test(
        "refuses what is not the one encoding",
        arguments: [
            Case(form: .padded, text: "AA"), Case(form: .padded, text: "AA="), Case(form: .padded, text: "AA==="),
            Case(form: .unpadded, text: "AA=="), Case(form: .unpadded, text: "A"), Case(form: .unpadded, text: "AB"),
            Case(form: .unpadded, text: "A A"), Case(form: .unpadded, text: "-_"), Case(form: .unpadded, text: "..AA"),
            Case(form: .adapted, text: "++AA"), Case(form: .adapted, text: "AB"), Case(form: .bcrypt, text: "+A"),
            Case(form: .bcrypt, text: "./"), Case(form: .unpadded, text: "ÄA"),
        ])
    func refuses(_ example: Case) {
        #expect(example.form.decode(example.text) == nil)
    }
}
