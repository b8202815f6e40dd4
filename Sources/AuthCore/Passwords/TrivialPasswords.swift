// SPDX-License-Identifier: Apache-2.0

/// Passwords that are long, but are made by a rule of a few words that attackers try.
///
/// Trivial is a password of nothing but blanks; a pattern of fewer than ``shortestUnit`` characters that repeats itself; runs of
/// one character, of an alphabet, of digits or along a keyboard, with little beside them; two such runs of which each takes
/// every other place; and a common word, also with digits and symbols for some of its letters, that stands alone or repeats
/// itself, with digits, symbols or blanks around it. Case does not matter, and neither do blanks, dots, commas, hyphens and
/// underscores between the characters.
///
/// A password with four letters or nine other characters in it that follow none of these rules is never trivial, whatever else
/// it holds.
///
/// Cost: bounded by a constant for each character of the password, of which there are at most 1,024.
enum TrivialPasswords {
    /// A pattern of so many characters may repeat itself; it is as good as a password of its length.
    static let shortestUnit = 8
    /// How many digits, symbols and blanks beside a common word do not make a password of it.
    static let mostPadding = 8

    /// Whether a password is trivial; short ones are not told apart well.
    static func contains(_ password: Password) -> Bool {
        let scalars = Array(UnicodeNormalization.nfc(password.text.lowercased()).unicodeScalars)
        guard scalars.contains(where: \.isVisible) else { return true }
        let dense = scalars.filter { !isSeparator($0) }
        return isTrivial(scalars) || (dense.count < scalars.count && isTrivial(dense))
    }

    private static func isTrivial(_ scalars: [Unicode.Scalar]) -> Bool {
        if isSimple(scalars) || isInterleaved(scalars) { return true }
        let core = unpadded(scalars)
        for text in core.count == scalars.count ? [scalars] : [scalars, core] {
            guard let unit = repeatedUnit(of: text) else { continue }
            if unit.count < shortestUnit || isSimple(unit) { return true }
        }
        return false
    }

    private static func isSimple(_ scalars: [Unicode.Scalar]) -> Bool {
        isMadeOfRuns(scalars) || PaddedWord.isCommon(scalars) || PaddedWord.isOne(scalars)
    }

    /// Whether runs make up nearly all of a text.
    ///
    /// A run counts one, and so does a letter beside the runs; a digit or symbol beside them counts half. That is little if it
    /// is at most three (less in the shortest texts), or one for each three characters of the text.
    private static func isMadeOfRuns(_ scalars: [Unicode.Scalar]) -> Bool {
        var (runs, halves, index) = (0, 0, 0)
        while index < scalars.count {
            let length = CharacterRun.length(at: index, of: scalars)
            if length >= CharacterRun.shortest {
                runs += 1
                index += length
            } else {
                halves += isMark(scalars[index]) ? 1 : 2
                // What follows no rule is strong enough by itself.
                guard halves < shortestUnit else { return false }
                index += 1
            }
        }
        let little = max(min(6, scalars.count - 2), 2 * scalars.count / 3)
        return runs > 0 && 2 * runs + halves <= little
    }

    /// Whether each second character belongs to one run, and the others to another.
    private static func isInterleaved(_ scalars: [Unicode.Scalar]) -> Bool {
        [0, 1].allSatisfy { first in
            let half = stride(from: first, to: scalars.count, by: 2).map { scalars[$0] }
            return half.count >= CharacterRun.shortest && CharacterRun.length(at: 0, of: half) == half.count
        }
    }

    /// The shortest beginning that a text repeats, at least once whole; `nil` if there is none.
    private static func repeatedUnit(of scalars: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        // For each place, the length of the longest proper beginning that ends there (Knuth, Morris and Pratt).
        var borders = [Int](repeating: 0, count: scalars.count)
        var border = 0
        for index in scalars.indices.dropFirst() {
            while border > 0, scalars[index] != scalars[border] { border = borders[border - 1] }
            if scalars[index] == scalars[border] { border += 1 }
            borders[index] = border
        }
        let period = scalars.count - border
        return !scalars.isEmpty && scalars.count >= 2 * period ? Array(scalars.prefix(period)) : nil
    }

    /// A text without digits and symbols at its ends, where these are few and no more than what is left.
    private static func unpadded(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard let first = scalars.firstIndex(where: { !isMark($0) }),
            let last = scalars.lastIndex(where: { !isMark($0) })
        else { return scalars }
        let core = Array(scalars[first...last])
        let padding = scalars.count - core.count
        return padding <= min(mostPadding, core.count) ? core : scalars
    }

    /// Whether a character is a digit, a symbol or a blank: what passwords are padded with.
    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.isWordPart || scalar.properties.generalCategory == .decimalNumber
    }

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", ",", "-", "_": true
        default: !scalar.isVisible
        }
    }
}
