// SPDX-License-Identifier: Apache-2.0

/// The rules for a label of a domain name that is not ASCII (a U-label).
///
/// Contextual rules are checked, not waived: a joiner stands only where it changes how letters join, and a digit or dot that
/// looks like another one stands only where its script does.
///
/// Cost: a few passes over the label.
/// - Source: RFC 5891 §4.2 and RFC 5892 Appendix A; the rule for both directions is ``BidiRule``.
enum IDNALabel {
    /// The prefix of a label that is written in Punycode (an A-label).
    static let prefix = Array("xn--".utf8)

    /// Refuses a label that no registry may give out.
    ///
    /// The label must be in NFC and lower case, as typed text is after mapping; one that was read from Punycode is
    /// refused if it is not.
    static func check(_ label: [Unicode.Scalar]) throws(DomainName.Fault) {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: label)
        guard UnicodeNormalization.nfc(String(text)).hasSameOctets(as: String(text)) else { throw .forbiddenCharacter }
        for (index, scalar) in label.enumerated() {
            switch IDNAProperty(scalar) {
            case .valid: continue
            case .contextual: guard isInContext(label, at: index) else { throw .forbiddenCharacter }
            case .disallowed: throw .forbiddenCharacter
            }
        }
        guard let first = label.first, !first.isCombiningMark, hasPlainHyphens(label) else { throw .malformed }
    }

    /// Whether no hyphen stands at an end, nor two in the third and fourth place, which are kept for prefixes.
    static func hasPlainHyphens(_ label: [Unicode.Scalar]) -> Bool {
        label.first != "-" && label.last != "-" && !(label.count >= 4 && label[2] == "-" && label[3] == "-")
    }

    private static func isInContext(_ label: [Unicode.Scalar], at index: Int) -> Bool {
        let before = index > 0 ? label[index - 1] : nil
        let after = index + 1 < label.count ? label[index + 1] : nil
        switch label[index].value {
        case 0x200C: return follows(virama: before) || joinsAcross(label, index)
        case 0x200D: return follows(virama: before)
        // Catalan.
        case 0xB7: return before == "l" && after == "l"
        // Greek keraia; Hebrew geresh and gershayim.
        case 0x375: return after.map { isGreek($0.value) } ?? false
        case 0x5F3, 0x5F4: return before.map { isHebrew($0.value) } ?? false
        case 0x30FB: return label.contains { isJapanese($0.value) }
        case 0x660...0x669: return !label.contains { (0x6F0...0x6F9).contains($0.value) }
        case 0x6F0...0x6F9: return !label.contains { (0x660...0x669).contains($0.value) }
        default: return false
        }
    }

    private static func follows(virama before: Unicode.Scalar?) -> Bool {
        before?.properties.canonicalCombiningClass == .virama
    }

    /// Whether the letters before and behind, marks passed over, would be joined but for the joiner.
    private static func joinsAcross(_ label: [Unicode.Scalar], _ index: Int) -> Bool {
        let before = label[..<index].reversed().lazy.map(JoiningType.init).first { $0 != .transparent }
        let after = label[(index + 1)...].lazy.map(JoiningType.init).first { $0 != .transparent }
        return (before == .left || before == .dual) && (after == .right || after == .dual)
    }

    /// The letters of the script that a label can hold.
    private static func isGreek(_ value: UInt32) -> Bool {
        switch value {
        case 0x370...0x373, 0x375...0x377, 0x37B...0x37D, 0x386, 0x388...0x3E1, 0x3F0...0x3FF: true
        case 0x1D26...0x1D2A, 0x1F00...0x1FFF, 0xAB65: true
        default: false
        }
    }

    private static func isHebrew(_ value: UInt32) -> Bool {
        switch value {
        case 0x591...0x5C9, 0x5D0...0x5EA, 0x5EF...0x5F4, 0xFB1E: true
        default: false
        }
    }

    /// Hiragana, Katakana and Han.
    private static func isJapanese(_ value: UInt32) -> Bool {
        switch value {
        case 0x3041...0x3096, 0x309D...0x309F, 0x1B001...0x1B11F, 0x1B132, 0x1B150...0x1B152: true
        case 0x30A1...0x30FA, 0x30FD...0x30FF, 0x31F0...0x31FF, 0x1AFF0...0x1AFFE, 0x1B000: true
        case 0x1B120...0x1B122, 0x1B127...0x1B128, 0x1B155, 0x1B164...0x1B168: true
        case 0x3005, 0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xFA0E...0xFA29, 0x16FE3, 0x16FF0...0x16FF6: true
        case 0x20000...0x2FA1F, 0x30000...0x3347F: true
        default: false
        }
    }
}
