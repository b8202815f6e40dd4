// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

@Suite("JSON reader") struct JSONReaderTests {
    struct Accepted: CustomTestStringConvertible {
        var text: String
        var value: JSONValue
        var testDescription: String { text }

        init(_ text: String, _ value: JSONValue) {
            self.text = text
            self.value = value
        }
    }

    @Test(
        "reads values",
        arguments: [
            Accepted("null", nil), Accepted("true", true), Accepted(" false\r\n\t ", false), Accepted("0", 0),
            Accepted("-0", 0), Accepted("12", 12), Accepted("-7", -7), Accepted(#""""#, ""), Accepted(#""ab""#, "ab"),
            Accepted("[]", []), Accepted("[ ]", []), Accepted("{}", [:]), Accepted("{ }", [:]),
            Accepted("[1 , 2,[3],{}]", [1, 2, [3], [:]]),
            Accepted(#"{"a":{"b":[null]},"c":"d"}"#, ["a": ["b": [nil]], "c": "d"]),
            Accepted(#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{08}\u{0C}\n\r\t"), Accepted(#""\u0041\u00e9\u20AC""#, "Aé€"),
            Accepted(#""\ud83d\uDE00!""#, "😀!"), Accepted(#""\u0000""#, "\0"),
            Accepted("\"\u{7F}\u{FFFF}\"", "\u{7F}\u{FFFF}"),
            Accepted("9223372036854775807", .number(JSONNumber(.max))),
            Accepted("-9223372036854775808", .number(JSONNumber(.min))),
        ])
    func reads(_ accepted: Accepted) throws {
        #expect(try JSONReader.read(Array(accepted.text.utf8)) == accepted.value)
    }

    struct Number: CustomTestStringConvertible {
        var text: String
        var double: Double
        var int64: Int64?
        var testDescription: String { text }
    }

    @Test(
        "keeps integers exact and reads the rest as doubles",
        arguments: [
            Number(text: "9007199254740993", double: 9007199254740992, int64: 9_007_199_254_740_993),
            Number(text: "9223372036854775808", double: 9.223372036854775808e18, int64: nil),
            Number(text: "-9223372036854775809", double: -9.223372036854775808e18, int64: -9_223_372_036_854_775_808),
            Number(text: "1.5", double: 1.5, int64: nil), Number(text: "2.0", double: 2, int64: 2),
            Number(text: "1e3", double: 1000, int64: 1000), Number(text: "1E+2", double: 100, int64: 100),
            Number(text: "-2.5e-1", double: -0.25, int64: nil), Number(text: "0.1", double: 0.1, int64: nil),
            Number(text: "1e-999", double: 0, int64: 0),
            Number(text: "1.7976931348623157e308", double: .greatestFiniteMagnitude),
        ])
    func readsNumber(_ number: Number) throws {
        let value = try #require(try JSONReader.read(Array(number.text.utf8)).numberValue)
        #expect(value.double == number.double)
        #expect(value.int64 == number.int64)
    }

    struct Refused: CustomTestStringConvertible {
        var text: [UInt8]
        var error: JSONError
        var testDescription: String { String(decoding: text, as: UTF8.self) }

        init(_ text: String, _ error: JSONError) {
            self.text = Array(text.utf8)
            self.error = error
        }

        init(_ text: [UInt8], _ error: JSONError) {
            self.text = text
            self.error = error
        }
    }

    @Test(
        "refuses broken structure, and says where",
        arguments: [
            Refused("", .unexpectedEnd(at: 0)), Refused("  ", .unexpectedEnd(at: 2)),
            Refused("[", .unexpectedEnd(at: 1)),
            Refused("[1", .unexpectedEnd(at: 2)), Refused("[1,", .unexpectedEnd(at: 3)),
            Refused("[1,]", .unexpectedByte(at: 3)), Refused("[,1]", .unexpectedByte(at: 1)),
            Refused("[1 2]", .unexpectedByte(at: 3)), Refused("[1}", .unexpectedByte(at: 2)),
            Refused(#"{"a":1]"#, .unexpectedByte(at: 6)), Refused(#"{"a"}"#, .unexpectedByte(at: 4)),
            Refused(#"{"a":}"#, .unexpectedByte(at: 5)), Refused(#"{"a":1,}"#, .unexpectedByte(at: 7)),
            Refused("{a:1}", .unexpectedByte(at: 1)), Refused("{'a':1}", .unexpectedByte(at: 1)),
            Refused("{1:1}", .unexpectedByte(at: 1)), Refused("1 2", .trailingBytes(at: 2)),
            Refused("{}x", .trailingBytes(at: 2)), Refused("{}\0", .trailingBytes(at: 2)),
            Refused("]", .unexpectedByte(at: 0)),
            Refused("[1]//", .trailingBytes(at: 3)), Refused("tru", .unexpectedEnd(at: 3)),
            Refused("trux", .unexpectedByte(at: 3)), Refused("True", .unexpectedByte(at: 0)),
            Refused("nan", .unexpectedByte(at: 1)), Refused("NaN", .unexpectedByte(at: 0)),
            Refused("Infinity", .unexpectedByte(at: 0)), Refused("\u{A0}1", .unexpectedByte(at: 0)),
            Refused([0xEF, 0xBB, 0xBF, 0x31], .unexpectedByte(at: 0)), Refused("\u{0B}1", .unexpectedByte(at: 0)),
        ])
    func refusesStructure(_ refused: Refused) {
        #expect(throws: refused.error) { try JSONReader.read(refused.text) }
    }

    @Test(
        "refuses broken numbers",
        arguments: [
            Refused("01", .invalidNumber(at: 0)), Refused("-01", .invalidNumber(at: 0)),
            Refused("00", .invalidNumber(at: 0)),
            Refused("-", .invalidNumber(at: 0)), Refused("[1.]", .invalidNumber(at: 1)),
            Refused("1e", .invalidNumber(at: 0)),
            Refused("1e+", .invalidNumber(at: 0)), Refused("-.5", .invalidNumber(at: 0)),
            Refused(".5", .unexpectedByte(at: 0)),
            Refused("+1", .unexpectedByte(at: 0)), Refused("-Infinity", .invalidNumber(at: 0)),
            Refused("0x1", .trailingBytes(at: 1)), Refused("1_0", .trailingBytes(at: 1)),
            Refused("1e999", .numberOutOfRange(at: 0)), Refused("[-1e400]", .numberOutOfRange(at: 1)),
            Refused(String(repeating: "9", count: 400), .numberOutOfRange(at: 0)),
        ])
    func refusesNumber(_ refused: Refused) {
        #expect(throws: refused.error) { try JSONReader.read(refused.text) }
    }

    @Test(
        "refuses broken strings",
        arguments: [
            Refused("\"", .unexpectedEnd(at: 1)), Refused(#""a"#, .unexpectedEnd(at: 2)),
            Refused(#""\"#, .unexpectedEnd(at: 2)),
            Refused(#""\u12"#, .unexpectedEnd(at: 5)), Refused(#""\"a"#, .unexpectedEnd(at: 4)),
            Refused(#""\x""#, .invalidEscape(at: 1)), Refused(#""\U0041""#, .invalidEscape(at: 1)),
            Refused(#""\u12g4""#, .invalidEscape(at: 1)), Refused(#""a\'""#, .invalidEscape(at: 2)),
            Refused("\"a\nb\"", .controlCharacter(at: 2)), Refused("\"\\n\u{01}\"", .controlCharacter(at: 3)),
            Refused("\"\0\"", .controlCharacter(at: 1)), Refused(#""\ud800""#, .loneSurrogate(at: 1)),
            Refused(#""\udc00""#, .loneSurrogate(at: 1)), Refused(#""\ud800\ud800""#, .loneSurrogate(at: 1)),
            Refused(#""\ud800\n""#, .loneSurrogate(at: 1)), Refused(#""\ud800\u0041""#, .loneSurrogate(at: 1)),
            Refused([0x22, 0xFF, 0x22], .invalidUTF8(at: 0)), Refused([0x22, 0xC0, 0x80, 0x22], .invalidUTF8(at: 0)),
            Refused([0x22, 0xED, 0xA0, 0x80, 0x22], .invalidUTF8(at: 0)),
            Refused([0x22, 0xC3, 0x22], .invalidUTF8(at: 0)),
            Refused([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], .invalidUTF8(at: 0)),
            Refused([0x22, 0x5C, 0x6E, 0xE2, 0x82, 0x22], .invalidUTF8(at: 0)),
        ])
    func refusesString(_ refused: Refused) {
        #expect(throws: refused.error) { try JSONReader.read(refused.text) }
    }

    @Test(
        "refuses a repeated name, however it is escaped",
        arguments: [
            Refused(#"{"a":1,"a":1}"#, .duplicateName(at: 7)), Refused(#"{"a":1,"\u0061":2}"#, .duplicateName(at: 7)),
            Refused(#"[{"b":{"x":1,"y":2,"x":3}}]"#, .duplicateName(at: 19)),
            Refused(#"{"":1,"":2}"#, .duplicateName(at: 6)),
        ])
    func refusesDuplicates(_ refused: Refused) {
        #expect(throws: refused.error) { try JSONReader.read(refused.text) }
    }

    @Test("tells names apart by their octets alone", arguments: [0, 16])
    func namesAreOctets(others: Int) throws {
        let before = (0..<others).map { "\"n\($0)\":0," }.joined()
        // One character to Swift in two spellings.
        let object = try #require(try JSONReader.read(Array("{\(before)\"\u{E9}\":1,\"e\u{301}\":2}".utf8)).objectValue)

        #expect(object["\u{E9}"]?.int64Value == 1 && object["e\u{301}"]?.int64Value == 2)
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
        #expect(JSONObject(dictionaryLiteral: ("\u{E9}", 1)) != JSONObject(dictionaryLiteral: ("e\u{301}", 1)))
    }

    @Test("finds the end of a string behind text outside ASCII, wherever it stands", arguments: 0...24)
    func endsAfterOtherScripts(count: Int) throws {
        func read(_ text: String) throws(JSONError) -> JSONValue { try JSONReader.read(Array(text.utf8)) }

        for letters in ["\u{E9}", "a\u{301}", "\u{10FFFF}", "aaaaaaaa\u{80}"] {
            let text = String(repeating: letters, count: count)
            #expect(try read("[\"\(text)\",1]") == [.string(text), 1])
            #expect(try read("\"\(text)\\n\"") == .string(text + "\n"))
            #expect(throws: JSONError.controlCharacter(at: 1 + text.utf8.count)) { try read("\"\(text)\u{1F}\"") }
            #expect(throws: JSONError.unexpectedEnd(at: 1 + text.utf8.count)) { try read("\"\(text)") }
        }
    }

    @Test("refuses names over 256 octets, however they are written", arguments: ["a", "\u{301}", "\\u0301"])
    func limitsNames(letter: String) throws {
        let octets = letter == "a" ? 1 : 2
        func object(_ count: Int) -> [UInt8] { Array("{\"\(String(repeating: letter, count: count))\":1}".utf8) }

        #expect(throws: Never.self) { try JSONReader.read(object(256 / octets)) }
        #expect(throws: JSONError.nameTooLong(at: 1)) { try JSONReader.read(object(256 / octets + 1)) }
        #expect(throws: TokenError.malformed) { try AccessTokenClaims(payload: object(256 / octets + 1)) }
    }

    @Test("finds a repeated name in a wide object, whichever it is", arguments: [0, 1, 15, 16, 17, 99])
    func refusesDuplicateInWideObject(repeated: Int) throws {
        let members = (0..<100).map { #""n\#($0)":0"# }.joined(separator: ",")

        #expect(try JSONReader.read(Array("{\(members)}".utf8)).objectValue?.count == 100)
        #expect(throws: JSONError.duplicateName(at: members.utf8.count + 2)) {
            try JSONReader.read(Array("{\(members),\"n\(repeated)\":0}".utf8))
        }
    }

    @Test("counts nesting up to the limit and no further", arguments: [("[", "]"), (#"{"a":"#, "}")])
    func limitsDepth(brackets: (open: String, close: String)) throws {
        func nested(_ depth: Int) -> [UInt8] {
            let open = String(repeating: brackets.open, count: depth)
            let close = String(repeating: brackets.close, count: depth)
            return Array("\(open)0\(close)".utf8)
        }
        let wide = JSONLimits(maximumBytes: 10_000_000, maximumDepth: 16)

        #expect(throws: Never.self) { try JSONReader.read(nested(16), limits: wide) }
        #expect(throws: JSONError.tooDeep(at: 16 * brackets.open.utf8.count)) {
            try JSONReader.read(nested(17), limits: wide)
        }
        #expect(throws: JSONError.tooDeep(at: 16 * brackets.open.utf8.count)) {
            try JSONReader.read(nested(100_000), limits: wide)
        }
        #expect(throws: JSONError.tooDeep(at: 0)) {
            try JSONReader.read(nested(1), limits: JSONLimits(maximumDepth: 0))
        }
    }

    @Test("reads a text of exactly the largest size")
    func limitsSize() {
        let limits = JSONLimits(maximumBytes: 4)

        #expect(throws: Never.self) { try JSONReader.read(Array("true".utf8), limits: limits) }
        #expect(throws: JSONError.tooLarge(maximum: 4)) { try JSONReader.read(Array("false".utf8), limits: limits) }
    }

    @Test("survives every truncation and every changed byte of a text", arguments: [UInt64(11), 12])
    func survivesMutations(seed: UInt64) throws {
        let text = Array(#"{"a":[1,-2.5e3,"x\n\ud83d\ude00é"],"b":{"c":null,"d":true,"e":false}} "#.utf8)
        var generator = SeededGenerator(seed: seed)

        for end in 0..<text.count - 1 {
            #expect(throws: JSONError.self, "\(end) bytes") { try JSONReader.read(Array(text[..<end])) }
        }
        for index in text.indices {
            for _ in 0..<40 {
                var changed = text
                changed[index] = UInt8(truncatingIfNeeded: generator.next())
                guard let value = try? JSONReader.read(changed) else { continue }
                #expect(try JSONReader.read(value.serialized) == value, "\(generator), byte \(index)")
            }
        }
    }

    @Test("finds what ends or breaks a string at each place of its words of eight bytes", arguments: 0..<26)
    func findsSpecialBytes(place: Int) throws {
        let plain = (0..<26).map { UInt8(ascii: "a") + UInt8($0) }
        func text(_ byte: [UInt8]) -> [UInt8] {
            [0x22] + plain[..<place] + byte + plain[place...] + [0x22]
        }

        #expect(throws: JSONError.trailingBytes(at: place + 2)) { try JSONReader.read(text([0x22])) }
        for control in UInt8(0)..<0x20 {
            #expect(throws: JSONError.controlCharacter(at: place + 1)) { try JSONReader.read(text([control])) }
        }
        for lone in UInt8(0x80)...0xFF {
            #expect(throws: JSONError.invalidUTF8(at: 0)) { try JSONReader.read(text([lone])) }
        }
        for byte in UInt8(0x20)..<0x80 where byte != 0x22 && byte != 0x5C {
            let expected = text([byte]).dropFirst().dropLast()
            #expect(try JSONReader.read(text([byte])).stringValue.map { Array($0.utf8) } == Array(expected))
        }
        #expect(try JSONReader.read(text(Array("\\\"é".utf8))).stringValue?.contains("\"é") == true)
        #expect(throws: JSONError.unexpectedEnd(at: place + 1)) { try JSONReader.read(Array(text([])[...place])) }
    }
}
