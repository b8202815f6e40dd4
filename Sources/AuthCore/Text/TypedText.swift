// SPDX-License-Identifier: Apache-2.0

/// Names, addresses and mailed tokens as keyboards, autofill and copying deliver them.
package enum TypedText {
    /// A text without the invisible scalars at both ends: white space, byte order marks, zero-width and directional
    /// marks.
    ///
    /// No identifier can hold any of them at its ends, so no two identifiers become one. Linear in the length of the text.
    package static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last, isInvisible(first) || isInvisible(last) else {
            return text
        }
        var rest = scalars[...]
        while let first = rest.first, isInvisible(first) { rest.removeFirst() }
        while let last = rest.last, isInvisible(last) { rest.removeLast() }
        return String(rest)
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar == " " || ("\t"..."\r").contains(scalar) }
        return scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint
    }

    /// An address in which the at sign and the full stops of East Asian input methods, full-width, half-width and
    /// ideographic, are the plain ones.
    ///
    /// No address can hold the others, so here too no two become one; full-width letters stay what they are.
    ///
    /// - Source: RFC 5895 §2 for the ideographic full stop.
    static func withPlainSeparators(_ text: String) -> String {
        // They begin with these octets of UTF-8.
        guard text.utf8.contains(where: { $0 == 0xEF || $0 == 0xE3 }) else { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{FF20}": scalars.append("@")
            case "\u{FF0E}", "\u{FF61}", "\u{3002}": scalars.append(".")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }
}
