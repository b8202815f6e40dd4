// SPDX-License-Identifier: Apache-2.0

/// The questions that the text types ask about a character.
extension Unicode.Scalar {
    var isASCIILetterOrDigit: Bool {
        switch self {
        case "A"..."Z", "a"..."z", "0"..."9": true
        default: false
        }
    }

    /// Whether the scalar is a letter, mark or number of any script: what words are made of.
    var isWordPart: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            true
        default: false
        }
    }

    /// Whether the scalar attaches itself to the one before it.
    var isCombiningMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    /// Whether the scalar changes lines or terminals instead of standing for a character.
    var breaksLines: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// Whether the scalar can make text read in an order in which it was not written: embeddings, overrides, isolates.
    var reordersText: Bool {
        switch value {
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Whether a reader sees something where the scalar stands.
    var isVisible: Bool {
        let properties = properties
        return !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint
            && properties.generalCategory != .format && properties.generalCategory != .control
    }
}
