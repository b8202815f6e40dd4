// SPDX-License-Identifier: Apache-2.0

extension LanguageTag {
    /// The language of a text for a reader: by the reader's own preference, then by the browser's, then the default.
    ///
    /// - Source: RFC 4647 §3.4, lookup
    ///
    /// - Parameters:
    ///   - available: The languages that the text exists in, each once.
    ///   - preference: The language that the reader has chosen, if any.
    ///   - acceptLanguage: The values of the request's `Accept-Language` fields, as they were received.
    ///   - fallback: The result where none of these names an available language.
    /// - Returns: One of the available languages, or the default.
    public static func choose(
        from available: [LanguageTag], preference: LanguageTag? = nil, acceptLanguage: [String] = [],
        default fallback: LanguageTag
    ) -> LanguageTag {
        if let preference, let found = preference.lookUp(in: available) { return found }
        let accepted = AcceptedLanguages(acceptLanguage)
        let candidates = available.filter { !accepted.excludes($0) }
        for range in accepted.wanted {
            if let found = range.lookUp(in: candidates) { return found }
        }
        return fallback
    }

    /// The available language that this one names, or that it names with fewer subtags: `de-AT` finds `de`.
    public func lookUp(in available: [LanguageTag]) -> LanguageTag? {
        LanguageRange(self).lookUp(in: available)
    }
}

/// A language, or languages that have their first subtags in common, as small letters: `de`, `de-at`.
struct LanguageRange: Equatable {
    /// One or more, of one to eight letters and digits.
    private let subtags: [[UInt8]]

    /// More subtags than any ``LanguageTag`` has room for.
    private static let maximumCount = 9

    /// Reads a language range without its weight; `nil` for one that RFC 4647 §2.1 does not have, and for `*`, which the
    /// look-up passes over.
    init?(_ octets: some Collection<UInt8>) {
        var subtags: [[UInt8]] = [[]]
        for octet in octets {
            let last = subtags.count - 1
            let small = ASCIICase.lowered(octet)
            if octet == UInt8(ascii: "-") {
                guard !subtags[last].isEmpty else { return nil }
                subtags.append([])
            } else {
                let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(small)
                let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(small)
                guard isLetter || isDigit && last > 0, subtags[last].count < 8 else { return nil }
                subtags[last].append(small)
            }
        }
        guard subtags.last?.isEmpty == false else { return nil }
        self.subtags = Array(subtags.prefix(Self.maximumCount))
    }

    init(_ tag: LanguageTag) {
        subtags = Self.split(tag)
    }

    /// Takes subtags away from the end until a language is found; one of a single character goes with the one behind it.
    func lookUp(in available: [LanguageTag]) -> LanguageTag? {
        var count = subtags.count
        while count > 0 {
            let wanted = subtags.prefix(count)
            if let found = available.first(where: { Self.split($0)[...] == wanted }) { return found }
            count -= count > 1 && subtags[count - 2].count == 1 ? 2 : 1
        }
        return nil
    }

    /// How many subtags of a language this names; `nil` where it names another language.
    func precision(in tag: LanguageTag) -> Int? {
        Self.split(tag).starts(with: subtags) ? subtags.count : nil
    }

    private static func split(_ tag: LanguageTag) -> [[UInt8]] {
        tag.text.utf8.split(separator: UInt8(ascii: "-")).map { $0.map(ASCIICase.lowered) }
    }
}
