// SPDX-License-Identifier: Apache-2.0

/// The quoted-printable encoding of text (RFC 2045 §6.7).
enum QuotedPrintable {
    private static let digits = Array("0123456789ABCDEF".utf8)
    /// Without its line end; an encoded line may not be longer.
    private static let maximumLineLength = 76

    /// Encodes UTF-8 text with CRLF line ends and a CRLF at its end; LF, CR and CRLF all count as one line end.
    static func encode(_ text: String) -> String {
        var output: [UInt8] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            append(Array(line.utf8), to: &output)
            output += [0x0D, 0x0A]
        }
        if text.last?.isNewline == true { output.removeLast(2) }
        return String(decoding: output, as: UTF8.self)
    }

    private static func append(_ line: [UInt8], to output: inout [UInt8]) {
        var column = 0
        for (index, byte) in line.enumerated() {
            let isLast = index == line.count - 1
            let escape = [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            let encoded = isLiteral(byte, isLast: isLast) ? [byte] : escape
            let room = maximumLineLength - (isLast ? 0 : 1)
            if column + encoded.count > room {
                output += [0x3D, 0x0D, 0x0A]
                column = 0
            }
            output += encoded
            column += encoded.count
        }
    }

    /// White space at the end of a line would be lost on the way.
    private static func isLiteral(_ byte: UInt8, isLast: Bool) -> Bool {
        switch byte {
        case 0x20, 0x09: !isLast
        case 0x3D: false
        default: byte > 0x20 && byte < 0x7F
        }
    }
}
