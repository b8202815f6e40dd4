// SPDX-License-Identifier: Apache-2.0

/// Octets that stand for themselves in every part of a URL and of a form, and escapes for all others.
///
/// - Source: RFC 3986 §2.1, §2.3.
package enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Whether an octet is a letter, a digit or one of `-._~`.
    package static func isUnreserved(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Appends a text, with an escape for each octet that is not unreserved.
    package static func encode(_ text: String, to octets: inout [UInt8]) {
        for octet in text.utf8 {
            if isUnreserved(octet) {
                octets.append(octet)
            } else {
                octets += [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 0x0F)]]
            }
        }
    }

    /// A text with an escape for each octet that is not unreserved.
    package static func encode(_ text: String) -> String {
        var octets: [UInt8] = []
        octets.reserveCapacity(text.utf8.count)
        encode(text, to: &octets)
        return String(decoding: octets, as: UTF8.self)
    }
}
