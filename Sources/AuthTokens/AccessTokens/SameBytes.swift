// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension Array<UInt8> {
    /// Whether the bytes are the same, by one `memcmp`: for public texts, as the time it takes tells where they differ.
    func hasSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard count == other.count, let start = other.baseAddress else { return count == other.count }
        return withUnsafeBytes { own in own.baseAddress.map { memcmp($0, start, own.count) == 0 } ?? true }
    }
}
