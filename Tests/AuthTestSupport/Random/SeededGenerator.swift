// SPDX-License-Identifier: Apache-2.0

/// SplitMix64: the same seed gives the same values on every machine and in every Swift version.
package struct SeededGenerator: RandomNumberGenerator, CustomStringConvertible {
    /// Where the sequence begins.
    package let seed: UInt64
    private var state: UInt64

    /// Starts the sequence that belongs to a seed.
    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    package var description: String { "seed \(seed)" }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// So many octets, one of each value.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// Any Unicode scalar, with the interesting ones far more often than chance would give.
    package mutating func scalar() -> Unicode.Scalar {
        let ranges: [ClosedRange<UInt32>] = [
            0x00...0x1F, 0x20...0x7E, 0x22...0x22, 0x5C...0x5C, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF,
            0x10000...0x10FFFF,
        ]
        let range = ranges.randomElement(using: &self) ?? 0...0
        return Unicode.Scalar(UInt32.random(in: range, using: &self)) ?? "?"
    }

    /// A text of at most so many such scalars.
    package mutating func text(maximumScalars: Int) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...maximumScalars, using: &self) { text.unicodeScalars.append(scalar()) }
        return text
    }
}
