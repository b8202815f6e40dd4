// SPDX-License-Identifier: Apache-2.0

/// What a role is for, in a line for people: at most 255 code points in NFC, reading as it is written, or nothing.
///
/// White space at the ends is trimmed. Control characters, line breaks, byte order marks and bidirectional embeddings,
/// overrides and isolates are refused, because the line is put into terminals and documents.
public struct RoleDescription: Hashable, Sendable {
    /// The most code points a description may have.
    public static let maximumLength = 255

    /// The description of a role that has none.
    public static let none = RoleDescription(checked: "")

    /// The line, composed and trimmed; empty for none.
    public let text: String

    /// Checks and trims a line.
    ///
    /// - Throws: `.tooLong`, or `.forbiddenCharacter`.
    public init(_ text: String) throws(ValidationError) {
        // Composing shortens a text by less than this factor, so what is cut off here could not have fitted.
        guard text.unicodeScalars.count <= Self.maximumLength * 4 else {
            throw ValidationError(.roleDescription, .tooLong(maximum: Self.maximumLength))
        }
        var scalars = UnicodeNormalization.nfc(text).unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        guard scalars.count <= Self.maximumLength else {
            throw ValidationError(.roleDescription, .tooLong(maximum: Self.maximumLength))
        }
        guard !scalars.contains(where: { $0.breaksLines || $0.reordersText || $0.value == 0xFEFF }) else {
            throw ValidationError(.roleDescription, .forbiddenCharacter)
        }
        self.text = String(scalars)
    }

    /// Takes a line of the program's own.
    init(checked text: String) {
        self.text = text
    }

    /// Compares octets.
    public static func == (left: RoleDescription, right: RoleDescription) -> Bool {
        left.text.hasSameOctets(as: right.text)
    }

    /// Feeds the octets into the hasher.
    public func hash(into hasher: inout Hasher) {
        text.hashOctets(into: &hasher)
    }
}
