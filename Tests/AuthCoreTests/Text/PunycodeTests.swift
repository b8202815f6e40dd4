// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

@testable import AuthCore

@Suite("Punycode") struct PunycodeTests {
    /// A label and its code.
    struct Vector: CustomTestStringConvertible, Sendable {
        var name: String
        var label: String
        var code: String
        var testDescription: String { name }

        init(_ name: String, _ label: String, _ code: String) {
            self.name = name
            self.label = label
            self.code = code
        }
    }

    /// RFC 3492 §7.1, "Sample strings", (A) to (S).
    static let vectors = [
        Vector(
            "(A) Arabic",
            "ليهمابتكلموشعربي؟",
            "egbpdaj6bu4bxfgehfvwxn"),
        Vector("(B) Chinese, simplified", "他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
        Vector("(C) Chinese, traditional", "他們爲什麽不說中文", "ihqwctvzc91f659drss3x8bo0yb"),
        Vector("(D) Czech", "Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
        Vector("(E) Hebrew", "למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"),
        Vector("(F) Hindi", "यहलोगहिन्दीक्योंनहींबोलसकतेहैं", "i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd"),
        Vector("(G) Japanese", "なぜみんな日本語を話してくれないのか", "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"),
        Vector(
            "(H) Korean", "세계의모든사람들이한국어를이해한다면얼마나좋을까",
            "989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c"),
        Vector("(I) Russian", "почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
        Vector(
            "(J) Spanish", "PorquénopuedensimplementehablarenEspañol", "PorqunopuedensimplementehablarenEspaol-fmd56a"),
        Vector("(K) Vietnamese", "TạisaohọkhôngthểchỉnóitiếngViệt", "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g"),
        Vector("(L)", "3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
        Vector("(M)", "安室奈美恵-with-SUPER-MONKEYS", "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n"),
        Vector("(N)", "Hello-Another-Way-それぞれの場所", "Hello-Another-Way--fc4qua05auwb3674vfr0b"),
        Vector("(O)", "ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"),
        Vector("(P)", "MajiでKoiする5秒前", "MajiKoi5-783gue6qz075azm5e"),
        Vector("(Q)", "パフィーdeルンバ", "de-jg4avhby1noc0d"),
        Vector("(R)", "そのスピードで", "d9juau41awczczp"),
        Vector("(S)", "-> $1.00 <-", "-> $1.00 <--"),
    ]

    @Test("passes the sample strings of RFC 3492", arguments: vectors)
    func samples(_ vector: Vector) throws {
        let label = Array(vector.label.unicodeScalars)

        #expect(try text(#require(Punycode.encode(label))) == vector.code)
        #expect(Punycode.decode(Array(vector.code.utf8)) == label)
    }

    @Test("reads the digits of the code in either case, and keeps the letters of ASCII")
    func letterCase() {
        // RFC 3492 §7.1 (I) has a capital letter, which marks the case of a letter that has been mapped.
        let russian = Array("почемужеонинеговорятпорусски".unicodeScalars)
        #expect(Punycode.decode(Array("b1abfaaepdrnnbgefbaDotcwatmq2g4l".utf8)) == russian)
        #expect(Punycode.decode(Array("Bcher-KVA".utf8)) == Array("Bücher".unicodeScalars))
    }

    @Test(
        "refuses what is no code",
        arguments: [
            "ü", "a-ü", "bcher-kv", "bcher-k!", "9", "99999999", "a-99999999999", "_", "a b", "0-\u{7F}",
            // A surrogate, and what is beyond the last code point.
            "ib9b", "en32g",
        ])
    func refuses(_ code: String) {
        #expect(Punycode.decode(Array(code.utf8)) == nil)
    }

    @Test("holds the empty label, and one of nothing but ASCII")
    func borders() throws {
        #expect(Punycode.encode([]) == [])
        #expect(Punycode.decode([]) == [])
        #expect(try text(#require(Punycode.encode(["a", "b"]))) == "ab-")
        #expect(Punycode.decode(Array("ab-".utf8)) == ["a", "b"])
        #expect(Punycode.decode(Array("-".utf8)) == [])
    }

    @Test("neither writes nor reads labels beyond its bound")
    func bound() throws {
        let longest = [Unicode.Scalar](repeating: "ü", count: Punycode.maximumCodePoints)
        let code = try #require(Punycode.encode(longest))

        #expect(Punycode.decode(code) == longest)
        #expect(Punycode.encode(longest + ["ü"]) == nil)
        #expect(Punycode.decode(code + Array(repeating: UInt8(ascii: "a"), count: 100_000)) == nil)
    }

    @Test("reads back what it writes, whatever the code points", arguments: [UInt64(5), 6])
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let label = (0..<Int.random(in: 0...24, using: &generator)).map { _ in generator.scalar() }
            let code = try #require(Punycode.encode(label), "\(generator)")
            #expect(code.allSatisfy { $0 < 0x80 }, "\(generator)")
            #expect(Punycode.decode(code) == label, "\(generator)")
        }
    }

    @Test("reads random octets without a trap", arguments: [UInt64(7), 8])
    func randomOctets(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("abcdefghijklmnopqrstuvwxyzABZ0123456789-".utf8)
        var read = 0
        for _ in 0..<20_000 {
            let code = (0..<Int.random(in: 1...59, using: &generator)).compactMap { _ in
                alphabet.randomElement(using: &generator)
            }
            guard let label = Punycode.decode(code) else { continue }
            read += 1
            #expect(label.count <= code.count, "\(generator)")
        }
        #expect(read > 20)
    }

    private func text(_ octets: [UInt8]) -> String {
        String(decoding: octets, as: UTF8.self)
    }
}
