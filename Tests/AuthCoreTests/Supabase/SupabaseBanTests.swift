// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

@Suite("Durations of bans")
struct SupabaseBanTests {
    @Test(
        "are read as Go writes them",
        arguments: [
            ("24h", 86_400_000_000), ("1h30m", 5_400_000_000), ("1h30m10s5ms", 5_410_005_000), ("1.5h", 5_400_000_000),
            ("0.5s", 500_000), (".5s", 500_000), ("5.s", 5_000_000), ("+1m", 60_000_000), ("0", 0), ("0s", 0),
            ("1ms", 1_000), ("1.2345ms", 1_234), ("90m", 5_400_000_000), ("1s1h", 3_601_000_000), ("007s", 7_000_000),
            ("876600h", 3_155_760_000_000_000), ("0.0000000000000000000000000000000000000000000000000000000000001h", 0),
        ] as [(String, Int64)])
    func durations(_ text: String, _ microseconds: Int64) {
        #expect(SupabaseBan.parse(text) == .lasting(.microseconds(microseconds)))
    }

    @Test("are lifted by one word")
    func lifting() {
        #expect(SupabaseBan.parse("none") == .lifted)
        for text in ["None", "none ", "non\u{435}", "none\u{301}"] { #expect(SupabaseBan.parse(text) == nil) }
    }

    private static let nines = String(repeating: "9", count: 63) + "s"
    private static let zeros = String(repeating: "0", count: 64) + "s"
    private static let parts = String(repeating: "1s", count: 33)

    static let malformed: [String] = [
        "", " ", "h", "24", "24H", "24 h", "h24", "-1h", "--1h", "+-1h", "+", "1d", "1w", "1us", "1ns", "1\u{B5}s",
        "1hh",
        "1h-30m", "1e3s", "1,5h", ".h", ".", "1..5h", "\u{662}h", "1h ", "876601h", "876600h1ms",
        "99999999999999999999h",
        "9223372036854775807ms", "9223372036854775808ms", nines,
        zeros, parts, "1h\u{301}", "\u{0}1h",
    ]

    @Test("are nothing else, and no longer than a hundred years", arguments: malformed)
    func refusals(_ text: String) {
        #expect(SupabaseBan.parse(text) == nil)
    }

    @Test("any text is read or refused without a trap", arguments: [1, 2, 3] as [UInt64])
    func junk(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let letters = Array("0123456789.hms+-en\u{B5}".utf8)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...70, using: &random)
            let octets = (0..<count).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }
            guard case .lasting(let duration) = SupabaseBan.parse(String(decoding: octets, as: UTF8.self)) else {
                continue
            }
            #expect(duration >= .zero && duration <= SupabaseBan.longest)
        }
    }
}
