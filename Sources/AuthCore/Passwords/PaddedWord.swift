// SPDX-License-Identifier: Apache-2.0

/// A common word that stands alone or repeats itself, with nothing but digits, symbols and blanks around it.
///
/// Some letters of the word may be written as the digits and symbols that look like them.
enum PaddedWord {
    private static let lengths = 4...24

    /// Whether a text in lower case is one.
    static func isOne(_ scalars: [Unicode.Scalar]) -> Bool {
        // The word begins with the first letter, or with a symbol that stands for a letter and comes right before it.
        guard let first = scalars.firstIndex(where: { !TrivialPasswords.isMark($0) }) else { return false }
        for start in max(0, first - 2)...first where scalars[start..<first].allSatisfy({ !letters(for: $0).isEmpty }) {
            for length in lengths where start + length <= scalars.count {
                let spelling = scalars[start..<start + length]
                for word in words(spelled: spelling) where isAlone(word, in: scalars) { return true }
            }
        }
        return false
    }

    /// The common words that a text may be, at most three.
    private static func words(spelled spelling: ArraySlice<Unicode.Scalar>) -> [[Unicode.Scalar]] {
        let plain = Array(spelling)
        var found: [[Unicode.Scalar]] = isCommon(plain) ? [plain] : []
        guard plain.contains(where: { !letters(for: $0).isEmpty }) else { return found }
        for choice in [0, 1] {
            let word = plain.map { scalar in
                let letters = letters(for: scalar)
                return letters.dropFirst(choice).first ?? letters.first ?? scalar
            }
            if isCommon(word) { found.append(word) }
        }
        return found
    }

    /// Whether a text in lower case is in one of the lists.
    static func isCommon(_ word: some Collection<Unicode.Scalar>) -> Bool {
        guard word.allSatisfy(\.isASCII) else { return false }
        let octets = word.map { UInt8(truncatingIfNeeded: $0.value) }
        return octets.withUnsafeBufferPointer {
            CommonPasswords.shortWords.contains($0) || CommonPasswords.words.contains($0)
        }
    }

    /// Whether nothing else is in a text but few digits, symbols and blanks, of which a run counts as one.
    private static func isAlone(_ word: [Unicode.Scalar], in scalars: [Unicode.Scalar]) -> Bool {
        var (padding, index) = (0, 0)
        while index < scalars.count {
            if spells(word, at: index, of: scalars) {
                index += word.count
                continue
            }
            guard TrivialPasswords.isMark(scalars[index]) else { return false }
            let length = CharacterRun.length(at: index, of: scalars)
            let marks = scalars[index..<index + length].prefix(while: TrivialPasswords.isMark).count
            padding += 1
            guard padding <= TrivialPasswords.mostPadding else { return false }
            index += marks >= CharacterRun.shortest ? marks : 1
        }
        return true
    }

    private static func spells(_ word: [Unicode.Scalar], at start: Int, of scalars: [Unicode.Scalar]) -> Bool {
        guard start + word.count <= scalars.count else { return false }
        return zip(word, scalars[start...]).allSatisfy { $0 == $1 || letters(for: $1).contains($0) }
    }

    /// The letters that a digit or symbol is written for.
    private static func letters(for scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        switch scalar {
        case "@", "4": ["a"]
        case "3", "€": ["e"]
        case "1", "!", "|": ["i", "l"]
        case "0": ["o"]
        case "$", "5": ["s"]
        case "7", "+": ["t"]
        case "8": ["b"]
        case "9", "6": ["g"]
        default: []
        }
    }
}
