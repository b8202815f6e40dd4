// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// Percent-decoding that refuses what it cannot decode. - Source: RFC 3986 §2.1
extension PercentEncoding {
    /// Reads the two hexadecimal digits at `index` and moves past them; `nil` if they are not there.
    static func byte(in text: Substring.UTF8View, at index: inout Substring.UTF8View.Index) -> UInt8? {
        guard index < text.endIndex, let high = HexadecimalDigit.value(of: text[index]) else { return nil }
        text.formIndex(after: &index)
        guard index < text.endIndex, let low = HexadecimalDigit.value(of: text[index]) else { return nil }
        text.formIndex(after: &index)
        return high << 4 | low
    }
}
