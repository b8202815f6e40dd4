// SPDX-License-Identifier: Apache-2.0

/// An address that mail can be sent to.
///
/// Two addresses are the same user's when they differ only in case or in canonically equivalent spelling (NFC), or in that one
/// has its domain in Punycode. Nothing else is folded: not dots, not plus tags, not compatibility forms, not look-alikes, so an
/// attacker cannot receive another user's reset mail by registering a similar address. Mail goes to ``original`` as it was
/// stored, never to the text of a request.
///
/// Deliberately narrower than RFC 5322 and RFC 6531: no quoted local parts, comments, address literals or dotless
/// domains, and in a local part outside ASCII only letters, marks and numbers, because nothing else is needed to reach people
/// and each of them has broken a mail system. What a domain outside ASCII may hold is ``DomainName``'s matter. All forms are
/// therefore safe in an SMTP command and in a header between angle brackets.
public struct EmailAddress: Sendable {
    /// The longest address and local part in bytes.
    ///
    /// - Source: RFC 5321 §4.5.3.1.1 and §4.5.3.1.3 (a path of 256 bytes with its angle brackets).
    public static let maximumBytes = (address: 254, localPart: 64)

    /// The address in NFC as its owner typed it, with its case and with a domain outside ASCII in its own letters or in
    /// Punycode: for showing, and for the local part of what is sent.
    public let original: String
    /// The address for looking up and comparing: local part in NFC and lower case, domain in Punycode.
    public let canonical: String
    /// The domain, for comparing and for sending in ASCII.
    public let domain: DomainName

    /// Checks an address as it was typed: white space and other invisible scalars are left out at both ends, and the at
    /// sign and full stops of an East Asian input method are taken for the plain ones.
    ///
    /// - Throws: `.missing` if empty, `.tooManyBytes`, `.forbiddenCharacter`, or `.malformed` for a wrong arrangement of
    ///   `@`, dots, hyphens and directions, or a label in Punycode that nothing is written as.
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
        var (localPart, domain, longestLocalPart) = ("", "", 0)
        // Some letters grow in lower case; both forms have the same limits.
        for form in folded.hasSameOctets(as: composed) ? [composed] : [composed, folded] {
            guard form.utf8.count <= limit.address else {
                throw ValidationError(.email, .tooManyBytes(maximum: limit.address))
            }
            let parts = form.unicodeScalars.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw ValidationError(.email, .malformed) }
            localPart = String(parts[0])
            guard localPart.utf8.count <= limit.localPart else {
                throw ValidationError(.email, .tooManyBytes(maximum: limit.localPart))
            }
            try EmailAddress.checkLocalPart(parts[0])
            longestLocalPart = max(longestLocalPart, localPart.utf8.count)
            domain = String(parts[1])
        }
        do throws(DomainName.Fault) {
            self.domain = try DomainName(domain)
        } catch {
            throw ValidationError(.email, EmailAddress.reason(for: error))
        }
        // A domain may grow in Punycode.
        guard longestLocalPart + 1 + self.domain.ascii.utf8.count <= limit.address else {
            throw ValidationError(.email, .tooManyBytes(maximum: limit.address))
        }
        original = composed
        canonical = "\(localPart)@\(self.domain.ascii)"
    }

    /// What stands before the `@`, in the canonical form.
    public var localPart: Substring {
        Substring(canonical.unicodeScalars.prefix { $0 != "@" })
    }

    /// What stands behind the `@`, as every mail server knows it: ``DomainName/ascii`` of ``domain``.
    public var asciiDomain: String { domain.ascii }

    /// The address as it goes into SMTP commands and header fields: ``original``, with ``asciiDomain`` where the domain is not
    /// ASCII.
    ///
    /// - Source: RFC 5321 §2.3.5 and RFC 6531 §3.2, by which only servers with the SMTPUTF8 extension take the Unicode form.
    public var transportForm: String {
        let parts = original.unicodeScalars.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].allSatisfy(\.isASCII) else { return original }
        return "\(String(parts[0]))@\(asciiDomain)"
    }

    /// Whether only servers with the SMTPUTF8 extension can accept the address: those whose local part is not ASCII.
    public var needsSMTPUTF8: Bool {
        transportForm.utf8.contains { $0 >= 0x80 }
    }

    private static func reason(for fault: DomainName.Fault) -> ValidationError.Reason {
        switch fault {
        case .forbiddenCharacter: .forbiddenCharacter
        case .malformed: .malformed
        }
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

    /// RFC 5322 §3.2.3 `atext`, and the words of other scripts.
    private static func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else { return isForeignWordPart(scalar) }
        switch scalar {
        case "!", "#", "$", "%", "&", "'", "*", "+", "-", "/", "=", "?", "^", "_", "`", "{", "|", "}", "~": return true
        default: return scalar.isASCIILetterOrDigit
        }
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
