// SPDX-License-Identifier: Apache-2.0

/// The rule that keeps the letters of a domain name in the order in which they are read, where scripts that are written from
/// right to left take part.
///
/// - Source: RFC 5893 §2.
enum BidiRule {
    /// The directions that letters, marks and numbers of labels have.
    ///
    /// R and AL are one, as the rule takes them.
    private enum Direction {
        /// L.
        case leftToRight
        /// R and AL.
        case rightToLeft
        /// AN.
        case arabicNumber
        /// EN.
        case europeanNumber
        /// NSM.
        case mark
        /// ES, CS, ET, ON and BN.
        case neutral
    }

    /// Whether the rule is to be asked about the whole domain name that has this label.
    static func concerns(_ label: [Unicode.Scalar]) -> Bool {
        label.contains { scalar in
            switch direction(of: scalar) {
            case .rightToLeft, .arabicNumber: true
            case .leftToRight, .europeanNumber, .mark, .neutral: false
            }
        }
    }

    /// Whether a label of such a domain name satisfies the six conditions.
    static func allows(_ label: [Unicode.Scalar]) -> Bool {
        let directions = label.map(direction)
        guard let last = directions.last(where: { $0 != .mark }) else { return false }
        switch directions.first {
        case .rightToLeft:
            return !directions.contains(.leftToRight)
                && [.rightToLeft, .europeanNumber, .arabicNumber].contains(last)
                && !(directions.contains(.europeanNumber) && directions.contains(.arabicNumber))
        case .leftToRight:
            return !directions.contains(.rightToLeft) && !directions.contains(.arabicNumber)
                && [.leftToRight, .europeanNumber].contains(last)
        case .arabicNumber, .europeanNumber, .mark, .neutral, nil: return false
        }
    }

    /// The class of a code point that ``IDNAProperty`` does not disallow.
    ///
    /// The standard library has no such property. Unicode keeps whole blocks for scripts that are written from right to left,
    /// so a letter that a newer version adds there has its direction too.
    ///
    /// - Source: Unicode Standard Annex #9 §3.2, and the default values of DerivedBidiClass.txt.
    private static func direction(of scalar: Unicode.Scalar) -> Direction {
        switch scalar.value {
        case 0x30...0x39, 0x6F0...0x6F9: return .europeanNumber
        case 0x660...0x669, 0x10D30...0x10D39: return .arabicNumber
        case 0x2D, 0xB7, 0x375, 0x200C, 0x200D, 0x30FB: return .neutral
        case 0x2B9, 0x2BA, 0x2C2...0x2CF, 0x2EC, 0x2E2F, 0xA67F, 0xA717...0xA71F, 0xA788: return .neutral
        // Marks that take a place of their own.
        case 0xCBF, 0xCC6, 0x11A07, 0x11A08, 0x11C3F: return .leftToRight
        default: break
        }
        if scalar.value >= 0x300, scalar.properties.generalCategory == .nonspacingMark { return .mark }
        return switch scalar.value {
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: .rightToLeft
        default: .leftToRight
        }
    }
}
