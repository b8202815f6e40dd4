// SPDX-License-Identifier: Apache-2.0

/// Lists whose elements hold no quoted strings.
enum FieldList {
    /// The elements of all lines of a field in order, without the white space around them; empty elements are skipped.
    ///
    /// - Source: RFC 9110 §5.3, §5.6.1.2
    static func elements(of lines: [String]) -> [Substring] {
        lines.flatMap { line in
            line.utf8.split(separator: UInt8(ascii: ",")).map { Substring(trimmed($0)) }.filter { !$0.isEmpty }
        }
    }

    /// A piece of a value without the white space around it. - Source: RFC 9110 §5.6.3
    static func trimmed(_ piece: Substring.UTF8View) -> Substring.UTF8View {
        var piece = piece
        while let first = piece.first, first == 0x20 || first == 0x09 { piece.removeFirst() }
        while let last = piece.last, last == 0x20 || last == 0x09 { piece.removeLast() }
        return piece
    }
}
