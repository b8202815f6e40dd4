// SPDX-License-Identifier: Apache-2.0

/// Finds the word that the operator meant who wrote another one.
enum NearWord {
    /// The word that is nearest to `text`; `nil` where none is near.
    ///
    /// It begins with `text`, or `text` begins with it, or one letter tells them apart, or two in words of six letters and
    /// more. A text of one letter is near to nothing.
    static func of(_ text: String, in words: [String]) -> String? {
        let given = Array(text.lowercased().utf8)
        guard (2...32).contains(given.count) else { return nil }
        let candidates = words.map { (word: $0, octets: Array($0.lowercased().utf8)) }
        if let longer = candidates.first(where: { $0.octets.starts(with: given) }) { return longer.word }
        if let shorter = candidates.first(where: { $0.octets.count >= 3 && given.starts(with: $0.octets) }) {
            return shorter.word
        }
        let near = candidates.map {
            (word: $0.word, distance: Misspelling.distance(given, $0.octets), length: $0.octets.count)
        }
        .filter { $0.distance <= ($0.length >= 6 ? 2 : 1) }
        return near.min { $0.distance < $1.distance }?.word
    }
}
