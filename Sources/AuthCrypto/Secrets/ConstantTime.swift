// SPDX-License-Identifier: Apache-2.0

import CLibSodium

/// Comparison whose duration does not depend on where two values differ.
public enum ConstantTime {
    /// Whether both hold the same bytes.
    ///
    /// Only the lengths can be learned from the time taken.
    public static func equal(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        let answer = left.withContiguousStorageIfAvailable { left in
            right.withContiguousStorageIfAvailable { right in
                equal(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
            }
        }
        guard let answer = answer ?? nil else { return equal(Array(left), Array(right)) }
        return answer
    }

    static func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return left.isEmpty }
        return sodium_memcmp(leftStart, rightStart, left.count) == 0
    }
}
