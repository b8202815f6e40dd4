// SPDX-License-Identifier: Apache-2.0

/// Reads the value of a header field from left to right, octet by octet.
///
/// - Source: RFC 9110 §5.6
struct FieldScanner {
    private let octets: [UInt8]
    private var position = 0

    init(_ octets: some Collection<UInt8>) {
        self.octets = Array(octets)
    }

    var isAtEnd: Bool { position == octets.count }

    /// The octet that comes next.
    var next: UInt8? { position < octets.count ? octets[position] : nil }

    /// Steps over one octet, if it comes next.
    mutating func take(_ octet: UInt8) -> Bool {
        guard next == octet else { return false }
        position += 1
        return true
    }

    /// Steps over optional white space. - Source: RFC 9110 §5.6.3
    mutating func skipSpace() {
        while next == 0x20 || next == 0x09 { position += 1 }
    }

    /// Steps over white space and the commas of empty list elements. - Source: RFC 9110 §5.6.1.2
    mutating func skipEmptyElements() {
        while next == 0x20 || next == 0x09 || next == UInt8(ascii: ",") { position += 1 }
    }

    /// Reads a token; `nil` if none comes next. - Source: RFC 9110 §5.6.2
    mutating func token() -> String? {
        let start = position
        while let octet = next, HTTPSyntax.isTokenByte(octet) { position += 1 }
        // Tokens are ASCII, so this decoding cannot repair anything.
        return position > start ? String(decoding: octets[start..<position], as: UTF8.self) : nil
    }

    /// Reads a quoted string and gives what it stands for; `nil` if none comes next, it does not end, or it holds a
    /// control character. - Source: RFC 9110 §5.6.4
    mutating func quotedString() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var content: [UInt8] = []
        while let octet = next {
            position += 1
            switch octet {
            case UInt8(ascii: "\""):
                return String(validating: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = next, Self.isText(escaped) else { return nil }
                position += 1
                content.append(escaped)
            default:
                guard Self.isText(octet) else { return nil }
                content.append(octet)
            }
        }
        return nil
    }

    /// Reads the opaque part of an entity tag with its quotation marks, between which nothing is escaped; `nil` if none
    /// comes next. - Source: RFC 9110 §8.8.3
    mutating func opaqueTag() -> ArraySlice<UInt8>? {
        let start = position
        guard take(UInt8(ascii: "\"")) else { return nil }
        while let octet = next {
            position += 1
            if octet == UInt8(ascii: "\"") { return octets[start..<position] }
            guard octet > 0x20, octet != 0x7f else { return nil }
        }
        return nil
    }

    private static func isText(_ octet: UInt8) -> Bool {
        octet == 0x09 || octet >= 0x20 && octet != 0x7f
    }
}
