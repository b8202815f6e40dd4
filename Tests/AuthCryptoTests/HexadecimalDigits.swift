// SPDX-License-Identifier: Apache-2.0

/// Reads hexadecimal digits of a vector.
func bytes(hexadecimal text: String) -> [UInt8] {
    let digits: [Int] = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { (place: Int) -> UInt8 in
        UInt8(digits[place] * 16 + digits[place + 1])
    }
}
