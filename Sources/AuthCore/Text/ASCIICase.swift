// SPDX-License-Identifier: Apache-2.0

/// Letter case as protocols have it: of the 26 letters of ASCII, and of nothing else.
package enum ASCIICase {
    /// Whether a text is `lowercase` but for the case of its letters; `lowercase` must have no capital letter.
    ///
    /// Cost: at most one pass over `lowercase`, whatever the text is.
    @inlinable
    package static func matches(_ text: some StringProtocol, lowercase: StaticString) -> Bool {
        let count = lowercase.utf8CodeUnitCount
        let octets = text.utf8
        guard octets.count == count else { return false }
        let expected = UnsafeBufferPointer(start: lowercase.utf8Start, count: count)
        return zip(octets, expected).allSatisfy { octet, wanted in lowered(octet) == wanted }
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
