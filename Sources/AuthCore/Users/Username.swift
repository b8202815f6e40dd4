// SPDX-License-Identifier: Apache-2.0

/// A name to sign in with: 3 to 50 characters of `A–Z a–z 0–9 . _ -`.
///
/// The first and the last character is a letter, a digit or an underscore, and one character at least is a letter or a
/// digit. There is no `@` in the alphabet, so a username can never be taken for an address. Names that differ only in
/// case are one name.
public struct Username: Sendable {
    /// How many characters a name may have.
    public static let lengths = 3...50

    /// The name as its owner spells it.
    public let original: String
    /// The name in lower case, by which it is found and compared.
    public let canonical: String

    /// Checks a name as it was typed: white space and other invisible scalars are left out at both ends.
    ///
    /// - Throws: `.missing` if empty, `.forbiddenCharacter`, `.tooShort`, `.tooLong`, or `.malformed` if the ends or the
    ///   lack of any letter or digit are at fault.
    public init(_ text: String) throws(ValidationError) {
        let text = TypedText.trimmed(text)
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last else { throw ValidationError(.username, .missing) }
        guard scalars.allSatisfy(Username.isAllowed) else { throw ValidationError(.username, .forbiddenCharacter) }
        guard scalars.count >= Username.lengths.lowerBound else {
            throw ValidationError(.username, .tooShort(minimum: Username.lengths.lowerBound))
        }
        guard scalars.count <= Username.lengths.upperBound else {
            throw ValidationError(.username, .tooLong(maximum: Username.lengths.upperBound))
        }
        guard Username.isAllowedAtEnd(first), Username.isAllowedAtEnd(last),
            scalars.contains(where: \.isASCIILetterOrDigit)
        else { throw ValidationError(.username, .malformed) }
        original = text
        canonical = text.lowercased()
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        isAllowedAtEnd(scalar) || scalar == "." || scalar == "-"
    }

    private static func isAllowedAtEnd(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCIILetterOrDigit || scalar == "_"
    }
}

extension Username: Hashable {
    /// Compares names without regard to case.
    public static func == (left: Username, right: Username) -> Bool {
        left.canonical == right.canonical
    }

    /// Feeds the canonical form into the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(canonical)
    }
}
