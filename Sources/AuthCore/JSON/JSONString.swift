// SPDX-License-Identifier: Apache-2.0

/// What is rare inside JSON strings: escapes, and letters outside ASCII.
enum JSONString {
    /// A string with what followed it still to read.
    struct Unescaped {
        var text: String
        /// The offset after the closing quotation mark.
        var end: Int
    }

    /// Makes a text of bytes that may not be UTF-8.
    static func validated(_ content: UnsafeBufferPointer<UInt8>, openedAt start: Int) throws(JSONError) -> String {
        do {
            return String(copying: try UTF8Span(validating: content.span))
        } catch {
            throw .invalidUTF8(at: start)
        }
    }

    /// Reads a string that has a backslash at `firstEscape`, from the byte after its opening quotation mark.
    static func unescape(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, firstEscape: Int
    ) throws(JSONError) -> Unescaped {
        var content = [UInt8](bytes[start..<firstEscape])
        var position = firstEscape
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                let text = try content.withUnsafeBufferPointer { (content) throws(JSONError) in
                    try validated(content, openedAt: start - 1)
                }
                return Unescaped(text: text, end: position + 1)
            case UInt8(ascii: "\\"): content.append(contentsOf: try escape(bytes, at: &position).utf8)
            case 0..<0x20: throw .controlCharacter(at: position)
            default:
                content.append(byte)
                position += 1
            }
        }
        throw .unexpectedEnd(at: position)
    }

    /// Reads one escape, surrogate pairs included, and moves behind it.
    private static func escape(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: inout Int
    ) throws(JSONError) -> Unicode.Scalar {
        let start = position
        guard start + 1 < bytes.count else { throw .unexpectedEnd(at: bytes.count) }
        let simple: Unicode.Scalar
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): simple = "\""
        case UInt8(ascii: "\\"): simple = "\\"
        case UInt8(ascii: "/"): simple = "/"
        case UInt8(ascii: "b"): simple = "\u{08}"
        case UInt8(ascii: "f"): simple = "\u{0C}"
        case UInt8(ascii: "n"): simple = "\n"
        case UInt8(ascii: "r"): simple = "\r"
        case UInt8(ascii: "t"): simple = "\t"
        case UInt8(ascii: "u"):
            let unit = try codeUnit(bytes, at: start)
            position = start + 6
            if let scalar = Unicode.Scalar(unit) { return scalar }
            guard UTF16.isLeadSurrogate(unit), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw .loneSurrogate(at: start) }
            let second = try codeUnit(bytes, at: position)
            guard UTF16.isTrailSurrogate(second) else { throw .loneSurrogate(at: start) }
            position += 6
            return UTF16.decode(UTF16.EncodedScalar([unit, second]))
        default: throw .invalidEscape(at: start)
        }
        position = start + 2
        return simple
    }

    /// The four hexadecimal digits of the `\u` escape that begins at `start`.
    private static func codeUnit(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for index in start + 2..<start + 6 {
            guard index < bytes.count else { throw .unexpectedEnd(at: bytes.count) }
            let digit: UInt8
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[index] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = bytes[index] - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = bytes[index] - UInt8(ascii: "A") + 10
            default: throw .invalidEscape(at: start)
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
