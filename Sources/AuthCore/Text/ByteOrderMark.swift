// SPDX-License-Identifier: Apache-2.0

/// The mark that some editors write at the start of a text in UTF-8, and that is no part of it.
package enum ByteOrderMark {
    /// The octets of U+FEFF.
    package static let octets: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// What follows the mark, or everything where there is none.
    package static func skipped(in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.starts(with: octets) ? bytes.dropFirst(octets.count) : bytes
    }
}
