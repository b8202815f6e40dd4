// SPDX-License-Identifier: Apache-2.0

/// Characters that follow each other by a rule: one that repeats itself, neighbours in an alphabet or among digits, and keys
/// beside, above or below each other.
///
/// A run keeps its direction, and begins anew at the other end. A character may stand twice and more at its place: `aabbcc` is
/// one run; `abb` is none, for it holds too few characters.
enum CharacterRun {
    /// Shorter runs are found in any word.
    static let shortest = 3

    /// How many characters belong to the longest run that begins at a place, or 1; all are in lower case.
    ///
    /// Cost: a constant for each character of the run.
    static func length(at start: Int, of scalars: [Unicode.Scalar]) -> Int {
        guard scalars.indices.contains(start) else { return 0 }
        let character = scalars[start]
        let repeated = scalars[start...].prefix { $0 == character }.count
        var longest = repeated >= shortest ? repeated : 1
        for step in [1, -1] {
            longest = max(longest, run(at: start, of: scalars, shortest) { follows($0, $1, step) })
        }
        for place in KeyboardLines.places[character] ?? [] {
            let line = place.line
            for step in [1, -1] {
                var position = place.position
                let length = run(at: start, of: scalars, place.shortest) { _, next in
                    position = (position + step + line.count) % line.count
                    return line[position] == next
                }
                longest = max(longest, length)
            }
        }
        return longest
    }

    /// How many characters a run holds in which each is the one before, or continues it; 0 if too few differ.
    private static func run(
        at start: Int, of scalars: [Unicode.Scalar], _ shortest: Int,
        continues: (Unicode.Scalar, Unicode.Scalar) -> Bool
    ) -> Int {
        var (end, different) = (start + 1, 1)
        while end < scalars.count {
            if scalars[end] != scalars[end - 1] {
                guard continues(scalars[end - 1], scalars[end]) else { break }
                different += 1
            }
            end += 1
        }
        return different >= shortest ? end - start : 0
    }

    /// Whether two characters are neighbours by their code points, whatever the script, or the ends of alphabet or digits.
    private static func follows(_ before: Unicode.Scalar, _ after: Unicode.Scalar, _ step: Int) -> Bool {
        let (first, second) = step > 0 ? (before, after) : (after, before)
        if (first == "z" && second == "a") || (first == "9" && second == "0") { return true }
        return Int64(second.value) - Int64(first.value) == 1 && first.isWordPart && second.isWordPart
    }
}
