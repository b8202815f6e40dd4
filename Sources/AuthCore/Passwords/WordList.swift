// SPDX-License-Identifier: Apache-2.0

/// Words in one constant text, sorted by their octets and searched in place in the binary.
///
/// It costs no memory and no start-up time. (An array literal of this size does not compile in reasonable time.)
struct WordList {
    /// The words, in lower case and ASCII, with a space or a line feed between them.
    let text: StaticString

    /// Whether a word is in the list, octet by octet.
    func contains(_ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
        text.withUTF8Buffer { Self.search(for: wanted, in: $0) }
    }

    /// The words in order.
    var all: [String] {
        text.withUTF8Buffer { text in
            text.split(whereSeparator: Self.isSeparator).map { String(decoding: $0, as: UTF8.self) }
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
