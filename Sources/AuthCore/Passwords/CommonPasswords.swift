// SPDX-License-Identifier: Apache-2.0

/// The passwords that are tried first, compared without regard to case.
///
/// The list is one constant text, sorted and searched in place in the binary: it costs no memory and no start-up
/// time. (An array literal of this size does not compile in reasonable time.)
public enum CommonPasswords {
    /// Whether a password is in the list, which holds passwords of eight code points and more.
    public static func contains(_ password: Password) -> Bool {
        var folded = password.text.lowercased()
        return folded.withUTF8 { wanted in list.withUTF8Buffer { search(for: wanted, in: $0) } }
    }

    /// The words of the list in order, for tests and tools.
    static var all: [String] {
        list.withUTF8Buffer { text in
            text.split(whereSeparator: isSeparator).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n")
    }

    private static func search(for wanted: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        // Bounds always lie on the first byte of a word or behind the last one.
        var low = 0
        var high = text.count
        while low < high {
            var start = low + (high - low) / 2
            while start > low, !isSeparator(text[start - 1]) { start -= 1 }
            var end = start
            while end < high, !isSeparator(text[end]) { end += 1 }
            let word = text[start..<end]
            if word.elementsEqual(wanted) { return true }
            if word.lexicographicallyPrecedes(wanted) {
                low = min(end + 1, high)
            } else {
                high = start
            }
        }
        return false
    }
}
