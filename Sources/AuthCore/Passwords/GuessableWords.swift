// SPDX-License-Identifier: Apache-2.0

/// The words that an attacker of one user tries first, and the rule against passwords built from them.
///
/// A password is built from known words if it contains one and, with all of them taken out, fewer than four letters are
/// left. `john.doe-2024!` is built from `john.doe`; `johnny-eats-lemons` is not. Words count from four code points on:
/// each text as a whole, without its separators, and each of its parts. Case does not matter.
struct GuessableWords {
    static let minimumWordLength = 4
    static let minimumLettersLeft = 4

    private struct Word {
        var source: PasswordViolation.Source
        var scalars: [Unicode.Scalar]
    }

    /// Longest first, so that a short word inside a longer one does not spoil it.
    private var words: [Word] = []

    init(_ texts: [(source: PasswordViolation.Source, text: String)]) {
        for (source, text) in texts {
            let scalars = GuessableWords.fold(text)
            let parts = scalars.split { !$0.isWordPart }
            for candidate in [scalars, Array(parts.joined())] + parts.map(Array.init)
            where candidate.count >= GuessableWords.minimumWordLength {
                words.append(Word(source: source, scalars: candidate))
            }
        }
        words.sort { $0.scalars.count > $1.scalars.count }
    }

    /// The kinds of words that a password is built from; empty if it is built from none.
    func sources(of password: Password) -> [PasswordViolation.Source] {
        let whole = GuessableWords.fold(password.text)
        var rest: [Unicode.Scalar?] = whole
        var found: Set<PasswordViolation.Source> = []
        for word in words where word.scalars.count <= whole.count {
            for start in 0...(whole.count - word.scalars.count) {
                let end = start + word.scalars.count
                guard whole[start..<end].elementsEqual(word.scalars) else { continue }
                found.insert(word.source)
                for index in start..<end { rest[index] = nil }
            }
        }
        let lettersLeft = rest.count { $0?.properties.isAlphabetic ?? false }
        guard lettersLeft < GuessableWords.minimumLettersLeft else { return [] }
        return PasswordViolation.Source.allCases.filter(found.contains)
    }

    private static func fold(_ text: String) -> [Unicode.Scalar] {
        Array(UnicodeNormalization.nfc(text.lowercased()).unicodeScalars)
    }
}
