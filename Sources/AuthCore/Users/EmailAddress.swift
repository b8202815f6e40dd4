// SPDX-License-Identifier: Apache-2.0

/// An address that mail can be sent to.
///
/// Two addresses are the same user's when they differ only in case or in canonically equivalent spelling (NFC). Nothing
/// else is folded: not dots, not plus tags, not compatibility forms, not look-alikes, so an attacker cannot receive
/// another user's reset mail by registering a similar address. Mail goes to ``original`` as it was stored, never to the
/// text of a request.
///
/// Deliberately narrower than RFC 5322 and RFC 6531: no quoted local parts, comments, address literals or dotless
/// domains, and outside ASCII only letters, marks and numbers, because nothing else is needed to reach people and each
/// of them has broken a mail system. Both forms are therefore safe in an SMTP command and in a header between angle
/// brackets.
public struct EmailAddress: Sendable {
    /// The longest address and local part in bytes.
    ///
    /// - Source: RFC 5321 §4.5.3.1.1 and §4.5.3.1.3 (a path of 256 bytes with its angle brackets).
    public static let maximumBytes = (address: 254, localPart: 64)

    /// The address in NFC with the case that its owner gave it: for sending and showing.
    public let original: String
    /// The address in NFC and lower case: for looking up and comparing.
    public let canonical: String

    /// Checks an address as it was typed: white space and other invisible scalars are left out at both ends, and the
    /// full-width at sign and dot of an input method are taken for the plain ones.
    ///
    /// - Throws: `.missing` if empty, `.tooManyBytes`, `.forbiddenCharacter`, or `.malformed` for a wrong arrangement of
    ///   `@`, dots and hyphens.
    public init(_ text: String) throws(ValidationError) {
        let limit = EmailAddress.maximumBytes
        let text = TypedText.withPlainSeparators(TypedText.trimmed(text))
        guard !text.isEmpty else { throw ValidationError(.email, .missing) }
        // Composing shortens a text by less than this factor, so what is cut off here could not have fitted.
        guard text.utf8.count <= limit.address * 4 else {
            throw ValidationError(.email, .tooManyBytes(maximum: limit.address))
        }
        let composed = UnicodeNormalization.nfc(text)
        let folded = UnicodeNormalization.nfc(composed.lowercased())
        // Some letters grow in lower case; both forms have the same limits.
        for form in folded.hasSameOctets(as: composed) ? [composed] : [composed, folded] {
            guard form.utf8.count <= limit.address else {
                throw ValidationError(.email, .tooManyBytes(maximum: limit.address))
            }
            let parts = form.unicodeScalars.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw ValidationError(.email, .malformed) }
            guard String(parts[0]).utf8.count <= limit.localPart else {
                throw ValidationError(.email, .tooManyBytes(maximum: limit.localPart))
            }
            try EmailAddress.checkLocalPart(parts[0])
            try EmailAddress.checkDomain(parts[1])
        }
        original = composed
        canonical = folded
    }

    /// What stands before the `@`, in the canonical form.
    public var localPart: Substring {
        Substring(canonical.unicodeScalars.prefix { $0 != "@" })
    }

    /// What stands behind the `@`, in the canonical form; not converted to Punycode.
    public var domain: Substring {
        Substring(canonical.unicodeScalars.drop { $0 != "@" }.dropFirst())
    }

    /// What stands behind the `@`, with labels outside ASCII in Punycode, as every mail server knows it.
    ///
    /// The Unicode form itself where a label would become too long in ASCII.
    public var asciiDomain: String {
        var labels: [String] = []
        for label in domain.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false) {
            guard let ascii = Punycode.asciiLabel(label) else { return String(domain) }
            labels.append(ascii)
        }
        return labels.joined(separator: ".")
    }

    /// The address as it goes into SMTP commands and header fields: ``original``, with ``asciiDomain`` where the domain is not
    /// ASCII.
    ///
    /// - Source: RFC 5321 §2.3.5 and RFC 6531 §3.2, by which only servers with the SMTPUTF8 extension take the Unicode form.
    public var transportForm: String {
        let parts = original.unicodeScalars.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].allSatisfy(\.isASCII) else { return original }
        return "\(String(parts[0]))@\(asciiDomain)"
    }

    /// Whether only servers with the SMTPUTF8 extension can accept the address.
    public var needsSMTPUTF8: Bool {
        transportForm.utf8.contains { $0 >= 0x80 }
    }

    private static func checkLocalPart(_ part: Substring.UnicodeScalarView) throws(ValidationError) {
        guard part.allSatisfy({ $0 == "." || isAtomText($0) }) else {
            throw ValidationError(.email, .forbiddenCharacter)
        }
        // Some mail libraries decode what looks like an encoded word (RFC 2047), and would send to whatever it says.
        guard !zip(part, part.dropFirst()).contains(where: { $0 == "=" && $1 == "?" }) else {
            throw ValidationError(.email, .malformed)
        }
        for atom in part.split(separator: ".", omittingEmptySubsequences: false) {
            guard let first = atom.first, !first.isCombiningMark else { throw ValidationError(.email, .malformed) }
        }
    }

    private static func checkDomain(_ part: Substring.UnicodeScalarView) throws(ValidationError) {
        guard part.allSatisfy({ $0 == "." || $0 == "-" || isLabelText($0) }) else {
            throw ValidationError(.email, .forbiddenCharacter)
        }
        let labels = part.split(separator: ".", omittingEmptySubsequences: false)
        guard let topLevel = labels.last, labels.count >= 2 else { throw ValidationError(.email, .malformed) }
        for label in labels {
            guard let first = label.first, first != "-", label.last != "-", !first.isCombiningMark,
                String(label).utf8.count <= 63
            else { throw ValidationError(.email, .malformed) }
        }
        // An IPv4 address is no domain; no top-level domain is a number.
        guard !topLevel.allSatisfy({ $0.properties.numericType != nil }) else {
            throw ValidationError(.email, .malformed)
        }
    }

    /// RFC 5322 §3.2.3 `atext`, and the words of other scripts.
    private static func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else { return isForeignWordPart(scalar) }
        switch scalar {
        case "!", "#", "$", "%", "&", "'", "*", "+", "-", "/", "=", "?", "^", "_", "`", "{", "|", "}", "~": return true
        default: return scalar.isASCIILetterOrDigit
        }
    }

    /// Letters and digits, and of other scripts only what a mapping to Punycode leaves as it is.
    ///
    /// A resolver maps a full-width or a ligature letter to plain ones, so such a spelling would be a second name of a
    /// domain. Sharp s and final sigma change under case folding too, but are letters of their own in IDNA.
    ///
    /// - Source: RFC 5892 §2.2 (unstable code points) and §2.6 (exceptions).
    private static func isLabelText(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return scalar.isASCIILetterOrDigit }
        guard isForeignWordPart(scalar) else { return false }
        if scalar == "ß" || scalar == "ς" { return true }
        return scalar.properties.lowercaseMapping.unicodeScalars.allSatisfy { !$0.properties.changesWhenNFKCCaseFolded }
    }

    /// Default-ignorable scalars are invisible, such as variation selectors and the Hangul fillers.
    private static func isForeignWordPart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isWordPart && !scalar.properties.isDefaultIgnorableCodePoint
    }
}

extension EmailAddress: Hashable {
    /// Compares canonical forms.
    public static func == (left: EmailAddress, right: EmailAddress) -> Bool {
        left.canonical == right.canonical
    }

    /// Feeds the canonical form into the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(canonical)
    }
}
