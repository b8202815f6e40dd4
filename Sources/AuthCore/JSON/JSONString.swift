// SPDX-License-Identifier: Apache-2.0

/// The inside of a JSON string: unescaping and UTF-8 validation in one pass.
enum JSONString {
    struct Scanned {
        var text: String
        /// The offset after the closing quotation mark.
        var end: Int
    }

    /// Reads from the byte after the opening quotation mark to the closing one.
    static func scan(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Result<Scanned, JSONError> {
        var position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                return finish(UnsafeBufferPointer(rebasing: bytes[start..<position]), end: position + 1, start: start)
            case UInt8(ascii: "\\"): return unescape(bytes, from: start, firstEscape: position)
            case 0..<0x20: return .failure(.controlCharacter(at: position))
            default: position += 1
            }
        }
        return .failure(.unexpectedEnd(at: position))
    }

    private static func finish(
        _ content: UnsafeBufferPointer<UInt8>, end: Int, start: Int
    ) -> Result<Scanned, JSONError> {
        guard let text = String(validating: content, as: UTF8.self) else {
            return .failure(.invalidUTF8(at: start - 1))
        }
        return .success(Scanned(text: text, end: end))
    }

    private static func unescape(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, firstEscape: Int
    ) -> Result<Scanned, JSONError> {
        var content = [UInt8](bytes[start..<firstEscape])
        var position = firstEscape
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                return content.withUnsafeBufferPointer { finish($0, end: position + 1, start: start) }
            case UInt8(ascii: "\\"):
                do throws(JSONError) {
                    let scalar = try escape(bytes, at: &position)
                    content.append(contentsOf: scalar.utf8)
                } catch {
                    return .failure(error)
                }
            case 0..<0x20: return .failure(.controlCharacter(at: position))
            default:
                content.append(byte)
                position += 1
            }
        }
        return .failure(.unexpectedEnd(at: position))
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
