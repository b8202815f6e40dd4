// SPDX-License-Identifier: Apache-2.0

/// Whether a code point may stand in a label of a domain name.
///
/// Derived from the general categories and properties that the standard library has, by the rules and in the order of the
/// RFC, so that a newer standard library brings the letters of a newer Unicode. A code point without a character is
/// disallowed.
///
/// - Source: RFC 5892 §2 and §3.
enum IDNAProperty {
    /// PVALID: at any place but, for a mark, the first.
    case valid
    /// CONTEXTJ and CONTEXTO: where its neighbours or the whole label allow it (``IDNALabel``).
    case contextual
    /// DISALLOWED and UNASSIGNED: nowhere.
    case disallowed

    init(_ scalar: Unicode.Scalar) {
        self = Self.exception(scalar.value) ?? Self.derived(scalar)
    }

    /// The categories F (Exceptions) and H (JoinControl); the digits are at CONTEXTO.
    private static func exception(_ value: UInt32) -> IDNAProperty? {
        switch value {
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: .valid
        case 0xB7, 0x375, 0x5F3, 0x5F4, 0x660...0x669, 0x6F0...0x6F9, 0x200C, 0x200D, 0x30FB: .contextual
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: .disallowed
        default: nil
        }
    }

    private static func derived(_ scalar: Unicode.Scalar) -> IDNAProperty {
        if scalar.isASCII {
            // Capitals are not stable under case folding.
            switch scalar {
            case "a"..."z", "0"..."9", "-": return .valid
            default: return .disallowed
            }
        }
        let properties = scalar.properties
        guard !properties.changesWhenNFKCCaseFolded, !properties.isDefaultIgnorableCodePoint,
            !properties.isWhitespace, !isInIgnoredBlock(scalar.value)
        else { return .disallowed }
        return switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
            .decimalNumber:
            .valid
        default: .disallowed
        }
    }

    /// The categories D (IgnorableBlocks) and I (OldHangulJamo).
    private static func isInIgnoredBlock(_ value: UInt32) -> Bool {
        switch value {
        case 0x20D0...0x20FF, 0x1D100...0x1D1FF, 0x1D200...0x1D24F: true
        case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF: true
        default: false
        }
    }
}
