// SPDX-License-Identifier: Apache-2.0

/// Letter case as protocols have it: of the 26 letters of ASCII, and of nothing else.
package enum ASCIICase {
    /// Whether a text is `lowercase` but for the case of its letters; `lowercase` must have no capital letter.
    ///
    /// Cost: at most one pass over `lowercase`, whatever the text is. Not generic, for every request asks it several times
    /// for each of its fields, from modules in which the compiler does not specialise it.
    package static func matches(_ text: String, lowercase: StaticString) -> Bool {
        matches(text.utf8.span, lowercase)
    }

    /// The same for a part of a text.
    package static func matches(_ text: Substring, lowercase: StaticString) -> Bool {
        matches(text.utf8.span, lowercase)
    }

    private static func matches(_ octets: Span<UInt8>, _ lowercase: StaticString) -> Bool {
        let count = lowercase.utf8CodeUnitCount
        guard octets.count == count else { return false }
        let expected = UnsafeBufferPointer(start: lowercase.utf8Start, count: count)
        for index in 0..<count {
            guard lowered(octets[index]) == expected[index] else { return false }
        }
        return true
    }

    /// The octet of the small letter, where an octet is a capital one.
    @inlinable
    package static func lowered(_ octet: UInt8) -> UInt8 {
        (0x41...0x5a).contains(octet) ? octet | 0x20 : octet
    }

    /// A text with small letters in place of capital ones.
    package static func lowered(_ text: some StringProtocol) -> String {
        String(decoding: text.utf8.map { lowered($0) }, as: UTF8.self)
    }
}
