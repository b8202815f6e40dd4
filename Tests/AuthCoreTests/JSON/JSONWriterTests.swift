// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

@Suite("JSON writer") struct JSONWriterTests {
    struct Case: CustomTestStringConvertible {
        var value: JSONValue
        var text: String
        var testDescription: String { text }

        init(_ value: JSONValue, _ text: String) {
            self.value = value
            self.text = text
        }
    }

    @Test(
        "writes compact text",
        arguments: [
            Case(nil, "null"), Case(true, "true"), Case(false, "false"), Case(0, "0"), Case(-120, "-120"),
            Case([], "[]"),
            Case([:], "{}"), Case([1, [2, []], [:], "x"], #"[1,[2,[]],{},"x"]"#),
            Case(["b": 1, "a": ["c": nil, "d": [true]]], #"{"b":1,"a":{"c":null,"d":[true]}}"#),
            Case("\"\\/é😀\u{7F}\u{2028}<", "\"\\\"\\\\/é😀\u{7F}\u{2028}<\""),
            Case("\0\u{01}\u{08}\t\n\u{0B}\u{0C}\r\u{1F}", #""\u0000\u0001\b\t\n\u000b\f\r\u001f""#),
            Case(.number(JSONNumber(.min)), "-9223372036854775808"),
            Case(.number(JSONNumber(.max)), "9223372036854775807"),
        ])
    func writes(_ example: Case) {
        #expect(String(decoding: example.value.serialized, as: UTF8.self) == example.text)
    }

    @Test("places commas whatever the order of calls")
    func placesCommas() {
        var writer = JSONWriter(appendingTo: Array("> ".utf8))
        writer.object { body in
            body.member("a", "x")
            body.member("b", Int64(1))
            body.member("c", object: { _ in })
            body.member(
                "d",
                array: {
                    $0.bool(true); $0.null(); $0.unchecked("{}".utf8)
                })
            body.member("e", ["p", "q"])
            body.member(ifPresent: "f", nil as String?)
            body.member(ifPresent: "g", 2)
            body.member(orNull: "h", nil as String?)
            body.member("i", false)
        }
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"> {"a":"x","b":1,"c":{},"d":[true,null,{}],"e":["p","q"],"g":2,"h":null,"i":false}"#)
    }

    @Test("holds no number that JSON cannot write", arguments: [Double.infinity, -.infinity, .nan])
    func refusesNonFinite(_ double: Double) {
        #expect(JSONNumber(double) == nil)
    }

    @Test("writes what reads back as the same value", arguments: [UInt64(21), 22, 23])
    func roundTrips(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<300 {
            let value = JSONValue.random(depth: 4, using: &generator)
            #expect(try JSONReader.read(value.serialized) == value, "\(generator), round \(round)")
        }
    }
}

@Suite("JSON object") struct JSONObjectTests {
    @Test("keeps order, replaces in place and removes")
    func edits() {
        var object: JSONObject = ["a": 1, "b": 2, "c": 3]
        object["b"] = "two"
        object["a"] = nil
        object["d"] = .some(.null)

        #expect(object.names == ["b", "c", "d"])
        #expect(object["b"] == "two")
        #expect(object["a"] == nil)
        #expect(object["d"] == .some(.null))
    }

    @Test("is equal, with an equal hash, whatever the order")
    func equality() {
        let left: JSONObject = ["a": 1, "b": [2]]
        let right: JSONObject = ["b": [2], "a": 1]

        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left != ["a": 1, "b": [3]])
        #expect(left != ["a": 1])
    }
}

extension JSONValue {
    static func random(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &generator) {
        case 0: return nil
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .number(JSONNumber(Int64(bitPattern: generator.next())))
        case 3: return .number(JSONNumber(Int64.random(in: -20...20, using: &generator)))
        case 4: return JSONNumber(Double(bitPattern: generator.next())).map(JSONValue.number) ?? nil
        case 5: return .string(generator.text(maximumScalars: 12))
        case 6:
            let count = Int.random(in: 0..<5, using: &generator)
            return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<24, using: &generator) {
                object[generator.text(maximumScalars: 4)] = random(depth: depth - 1, using: &generator)
            }
            return .object(object)
        }
    }
}
