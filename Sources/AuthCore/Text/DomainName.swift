// SPDX-License-Identifier: Apache-2.0

/// A domain name of the Internet, of two labels or more, that mail can be sent to.
///
/// Two texts are one name if name servers take them for one: they are put into NFC and lower case, and labels outside ASCII are
/// written in Punycode. Nothing else is mapped. Compatibility forms such as full-width letters, symbols and what IDNA 2008 does
/// not have as a letter or a digit are refused, for programs differ in which name they make of them. A name that was received in
/// Punycode must be exactly what its letters are written as; other labels with two hyphens in the third and fourth place are
/// refused.
///
/// - Source: RFC 5890 to RFC 5893 for labels outside ASCII, RFC 5895 §2 for the mapping, RFC 1034 §3.5 for the others.
public struct DomainName: Sendable {
    /// Why a text is not the name of a domain.
    public enum Fault: Error, Hashable, Sendable {
        /// A character that no label, or not this one, may hold at its place.
        case forbiddenCharacter
        /// Characters that are allowed, in an arrangement that is not; or a label or name that is too long.
        case malformed
    }

    /// The longest label and name in octets, in Punycode.
    ///
    /// - Source: RFC 1035 §2.3.4 (a name of 255 octets with the lengths of its labels, and the root's).
    public static let maximumOctets = (label: 63, name: 253)

    /// The name as name servers and mail servers know it: in lower case and Punycode, and so in ASCII.
    public let ascii: String
    /// The name as it is read: in lower case and NFC.
    ///
    /// Equal to ``ascii`` if no label is outside ASCII.
    public let unicode: String

    /// Checks a name; full-width and ideographic full stops are taken for the plain one.
    ///
    /// Cost: linear in the text, and bounded: a label is put into Punycode only where it can fit.
    public init(_ text: String) throws(Fault) {
        let octets = text.utf8
        // A label outside ASCII takes at most four octets for each of what it is in Punycode.
        guard octets.count <= Self.maximumOctets.name * 4 else { throw .malformed }
        let isPlain = octets.allSatisfy { $0 < 0x80 }
        let mapped: String
        if isPlain {
            mapped = ASCIICase.lowered(text)
        } else {
            let composed = UnicodeNormalization.nfc(TypedText.withPlainSeparators(text))
            mapped = UnicodeNormalization.nfc(composed.lowercased())
        }
        let labels = mapped.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2 else { throw .malformed }
        var ascii: [String] = []
        var unicode: [[Unicode.Scalar]] = []
        for label in labels {
            let both = try Self.forms(of: Array(label))
            ascii.append(both.ascii)
            unicode.append(both.unicode)
        }
        // An IPv4 address is no domain; no top-level domain is a number.
        guard let topLevel = unicode.last, !topLevel.allSatisfy({ $0.properties.numericType != nil }) else {
            throw .malformed
        }
        guard !unicode.contains(where: BidiRule.concerns) || unicode.allSatisfy(BidiRule.allows) else {
            throw .malformed
        }
        self.ascii = ascii.joined(separator: ".")
        guard self.ascii.utf8.count <= Self.maximumOctets.name else { throw .malformed }
        var readable = String.UnicodeScalarView()
        readable.append(contentsOf: unicode.joined(separator: CollectionOfOne<Unicode.Scalar>(".")))
        self.unicode = readable.allSatisfy(\.isASCII) ? self.ascii : String(readable)
    }

    private static func forms(
        of label: [Unicode.Scalar]
    ) throws(Fault) -> (ascii: String, unicode: [Unicode.Scalar]) {
        guard !label.isEmpty, label.count <= maximumOctets.label else { throw .malformed }
        if label.allSatisfy(\.isASCII) {
            let octets = label.map { UInt8(truncatingIfNeeded: $0.value) }
            guard label.allSatisfy({ IDNAProperty($0) == .valid }) else { throw .forbiddenCharacter }
            let text = String(decoding: octets, as: UTF8.self)
            guard octets.starts(with: IDNALabel.prefix) else {
                guard IDNALabel.hasPlainHyphens(label) else { throw .malformed }
                return (text, label)
            }
            guard let decoded = Punycode.decode(octets.dropFirst(IDNALabel.prefix.count)),
                !decoded.allSatisfy(\.isASCII)
            else { throw .malformed }
            try IDNALabel.check(decoded)
            guard Punycode.encode(decoded).map({ IDNALabel.prefix + $0 }) == octets else { throw .malformed }
            return (text, decoded)
        }
        try IDNALabel.check(label)
        guard let encoded = Punycode.encode(label), encoded.count + IDNALabel.prefix.count <= maximumOctets.label else {
            throw .malformed
        }
        return (String(decoding: IDNALabel.prefix + encoded, as: UTF8.self), label)
    }
}

extension DomainName: Hashable {
    /// Compares the forms in ASCII.
    public static func == (left: DomainName, right: DomainName) -> Bool {
        left.ascii.hasSameOctets(as: right.ascii)
    }

    /// Feeds the form in ASCII into the hasher.
    public func hash(into hasher: inout Hasher) {
        ascii.hashOctets(into: &hasher)
    }
}
