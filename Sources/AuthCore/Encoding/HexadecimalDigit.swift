// SPDX-License-Identifier: Apache-2.0

/// Digits to the base sixteen, in either case.
package enum HexadecimalDigit {
    /// The value of a digit in ASCII; `nil` for every other octet.
    package static func value(of octet: UInt8) -> UInt8? {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): octet - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
