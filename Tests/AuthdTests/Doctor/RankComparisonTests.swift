// SPDX-License-Identifier: Apache-2.0

import AuthTesting
import Testing

@testable import authd

@Suite("Rank comparison") struct RankComparisonTests {
    @Test("two samples of one source cannot be told apart")
    func equal() {
        let comparison = RankComparison(Self.times(seed: 1), Self.times(seed: 2))

        #expect(TimingStudy.equality.contains(comparison.interval.lowerBound))
        #expect(TimingStudy.equality.contains(comparison.interval.upperBound))
        #expect(comparison.interval.contains(0.5))
    }

    @Test("a shift shows in the direction that it has", arguments: [Int64(-200_000), 200_000])
    func shifted(by shift: Int64) {
        let comparison = RankComparison(Self.times(seed: 1), Self.times(seed: 2).map { $0 + shift })

        if shift > 0 {
            #expect(comparison.interval.lowerBound > 0.55)
        } else {
            #expect(comparison.interval.upperBound < 0.45)
        }
    }

    @Test("one value that is far off changes next to nothing")
    func outlier() {
        var second = Self.times(seed: 2)
        second[0] = .max

        let comparison = RankComparison(Self.times(seed: 1), second)

        #expect(TimingStudy.equality.contains(comparison.interval.upperBound))
    }

    @Test("samples that are apart have the end of the scale, and no certainty beyond their number")
    func apart() {
        let comparison = RankComparison(Array(0..<100), Array(1_000..<1_100))

        #expect(comparison.area == 1)
        #expect(comparison.interval == 0.99...1)
        #expect(RankComparison(Array(1_000..<1_100), Array(0..<100)).area == 0)
    }

    @Test("equal values are no difference")
    func ties() {
        #expect(RankComparison([5, 5, 5], [5, 5, 5]).area == 0.5)
        #expect(RankComparison([1, 2], [2, 3]).area == 0.875)
    }

    @Test("without values there is no result", arguments: [[], [1]] as [[Int64]])
    func nothing(_ sample: [Int64]) {
        #expect(RankComparison(sample, Array(0..<100)).interval == 0...1)
    }

    /// Times around ten milliseconds, spread over half of one.
    private static func times(seed: UInt64) -> [Int64] {
        let random = SeededRandom(seed: seed)
        return (0..<2_000).map { _ in
            let octets = random.bytes(count: 2)
            return 10_000_000 + (Int64(octets[0]) << 8 | Int64(octets[1])) * 8
        }
    }
}
