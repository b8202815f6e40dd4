// SPDX-License-Identifier: Apache-2.0

extension LanguageTag {
    /// Checks a tag as it was typed: white space and other invisible scalars are left out at both ends.
    ///
    /// - Throws: `.missing` if empty, or `.malformed`.
    public init(typed text: String) throws(ValidationError) {
        let text = TypedText.trimmed(text)
        guard !text.isEmpty else { throw ValidationError(.languageTag, .missing) }
        guard let tag = LanguageTag(text) else { throw ValidationError(.languageTag, .malformed) }
        self = tag
    }
}
