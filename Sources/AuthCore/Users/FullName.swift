// SPDX-License-Identifier: Apache-2.0

/// A person's name as it is shown: 1 to 255 code points in NFC, on one line, reading as it is written.
///
/// White space at the ends is trimmed. Any script and any punctuation is fine; control characters, line breaks, byte
/// order marks and bidirectional embeddings, overrides and isolates are not, because the name is put into mails, logs
/// and terminals. It is not safe inside HTML without escaping.
public struct FullName: Hashable, Sendable {
    /// The most code points a name may have.
    public static let maximumLength = 255

    /// The name, composed and trimmed.
    public let text: String

    /// Checks and trims a name.
    ///
    /// - Throws: `.missing` if nothing of it can be seen, `.tooLong`, or `.forbiddenCharacter`.
    public init(_ text: String) throws(ValidationError) {
        // Composing shortens a text by less than this factor, so what is cut off here could not have fitted.
        guard text.unicodeScalars.count <= FullName.maximumLength * 4 else {
            throw ValidationError(.fullName, .tooLong(maximum: FullName.maximumLength))
        }
        var scalars = UnicodeNormalization.nfc(text).unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        guard scalars.contains(where: \.isVisible) else { throw ValidationError(.fullName, .missing) }
        guard scalars.count <= FullName.maximumLength else {
            throw ValidationError(.fullName, .tooLong(maximum: FullName.maximumLength))
        }
        guard !scalars.contains(where: { $0.breaksLines || $0.reordersText || $0.value == 0xFEFF }) else {
            throw ValidationError(.fullName, .forbiddenCharacter)
        }
        self.text = String(scalars)
    }
}
