// SPDX-License-Identifier: Apache-2.0

/// A language that the built-in mails and pages exist in.
public enum Language: String, CaseIterable, Hashable, Sendable {
    /// English.
    case english = "en"
    /// German.
    case german = "de"

    /// The language as BCP 47 names it, also for the attribute `lang`.
    public var tag: LanguageTag {
        guard let tag = LanguageTag(rawValue) else { preconditionFailure("\(rawValue) is a language tag") }
        return tag
    }

    /// The built-in language that a tag names, if it is one: German for `de-AT`.
    public init?(_ tag: LanguageTag) {
        guard let found = tag.lookUp(in: Self.allCases.map(\.tag)) else { return nil }
        self.init(octetsOf: found.text)
    }

    /// The built-in language for a reader, as ``LanguageTag/choose(from:preference:acceptLanguage:default:)`` finds it.
    public static func choose(
        preference: LanguageTag? = nil, acceptLanguage: [String] = [], default fallback: Language = .english
    ) -> Language {
        let chosen = LanguageTag.choose(
            from: allCases.map(\.tag), preference: preference, acceptLanguage: acceptLanguage, default: fallback.tag)
        return Language(chosen) ?? fallback
    }
}
