// SPDX-License-Identifier: Apache-2.0

/// Percent-decoding that refuses what it cannot decode. - Source: RFC 3986 §2.1
package enum PercentEncoding {
    /// Reads the two hexadecimal digits at `index` and moves past them; `nil` if they are not there.
    static func byte(in text: Substring.UTF8View, at index: inout Substring.UTF8View.Index) -> UInt8? {
        guard index < text.endIndex, let high = HTTPSyntax.hexValue(text[index]) else { return nil }
        text.formIndex(after: &index)
        guard index < text.endIndex, let low = HTTPSyntax.hexValue(text[index]) else { return nil }
        text.formIndex(after: &index)
        return high << 4 | low
    }

    /// Encodes all but the unreserved characters.
    package static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e:
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xf)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
