// SPDX-License-Identifier: Apache-2.0

/// The words of JSON without its grammar: white space, strings, numbers and literals.
///
/// Always stands on a byte of the text or behind the last one; reads nothing twice but the digits of numbers.
struct JSONScanner: ~Copyable {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The next byte that is not white space, left in place.
    mutating func next() throws(JSONError) -> UInt8 {
        skipSpace()
        guard position < bytes.count else { throw .unexpectedEnd(at: position) }
        return bytes[position]
    }

    /// Steps over the byte that ``next()`` gave.
    mutating func advance() {
        position += 1
    }

    /// Steps over one byte, which must come after any white space.
    mutating func expect(_ byte: Unicode.Scalar) throws(JSONError) {
        guard try next() == UInt8(ascii: byte) else { throw .unexpectedByte(at: position) }
        position += 1
    }

    /// Makes sure that nothing but white space is left.
    mutating func finish() throws(JSONError) {
        skipSpace()
        guard position == bytes.count else { throw .trailingBytes(at: position) }
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position &+= 1
            default: return
            }
        }
    }

    mutating func literal(_ word: StaticString) throws(JSONError) {
        for letter in UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount) {
            guard position < bytes.count else { throw .unexpectedEnd(at: position) }
            guard bytes[position] == letter else { throw .unexpectedByte(at: position) }
            position &+= 1
        }
    }

    /// Reads a string from its opening to its closing quotation mark.
    mutating func string() throws(JSONError) -> String {
        let start = position
        switch try quoted() {
        // ASCII, which is nearly everything, needs no validation.
        case .ascii(let content): return String(decoding: content, as: UTF8.self)
        case .unicode(let content): return try JSONString.validated(content, openedAt: start)
        case .escaped(let firstEscape):
            let unescaped = try JSONString.unescape(bytes, from: start + 1, firstEscape: firstEscape)
            position = unescaped.end
            return unescaped.text
        }
    }

    /// What stands between two quotation marks.
    enum Quoted {
        /// The text itself, all of it ASCII.
        case ascii(UnsafeBufferPointer<UInt8>)
        /// Bytes that are the text itself if they are valid UTF-8.
        case unicode(UnsafeBufferPointer<UInt8>)
        /// A backslash at this offset; the scanner still stands on the opening quotation mark.
        case escaped(Int)
    }

    /// Finds the end of a string, and steps over it unless there is something to unescape.
    mutating func quoted() throws(JSONError) -> Quoted {
        let start = position &+ 1
        var index = start
        var isASCII = true
        while true {
            index = indexOfSpecialByte(from: index, isASCII: isASCII)
            guard index < bytes.count else { throw .unexpectedEnd(at: index) }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                position = index &+ 1
                let content = UnsafeBufferPointer(rebasing: bytes[start..<index])
                return isASCII ? .ascii(content) : .unicode(content)
            case UInt8(ascii: "\\"): return .escaped(index)
            case 0..<0x20: throw .controlCharacter(at: index)
            default:
                isASCII = false
                index &+= 1
            }
        }
    }

    /// The next quotation mark, backslash, control character or, where all has been ASCII so far, byte outside ASCII; or
    /// the end of the text.
    private func indexOfSpecialByte(from start: Int, isASCII: Bool) -> Int {
        var index = start
        while bytes.count &- index >= 8 {
            let word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let special = JSONScanner.specialBytes(of: UInt64(littleEndian: word), isASCII: isASCII)
            guard special == 0 else { return index &+ special.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < bytes.count, !JSONScanner.isSpecial(bytes[index], isASCII: isASCII) { index &+= 1 }
        return index
    }

    /// Marks the special bytes among eight by their top bits; of the marks only the lowest is certain.
    ///
    /// Subtracting from all bytes at once sets the top bit of those that were too small, and a borrow can add a false
    /// mark above a true one.
    private static func specialBytes(of word: UInt64, isASCII: Bool) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let control = word &- ones &* 0x20
        let quote = (word ^ ones &* 0x22) &- ones
        let backslash = (word ^ ones &* 0x5C) &- ones
        guard !isASCII else { return (word | control | quote | backslash) & (ones &* 0x80) }
        // A byte outside ASCII has its top bit to begin with: it was not made by subtracting.
        return (control | quote | backslash) & ~word & (ones &* 0x80)
    }

    private static func isSpecial(_ byte: UInt8, isASCII: Bool) -> Bool {
        byte < 0x20 || isASCII && byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// Reads a number, which begins with a sign or a digit.
    mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position &+= 1 }
        let firstDigit = position
        guard skipDigits() else { throw .invalidNumber(at: start) }
        if bytes[firstDigit] == UInt8(ascii: "0"), position - firstDigit > 1 { throw .invalidNumber(at: start) }

        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position &+= 1
            guard skipDigits() else { throw .invalidNumber(at: start) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position &+= 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position &+= 1
            }
            guard skipDigits() else { throw .invalidNumber(at: start) }
        }

        if isInteger, let integer = integer(start..<position) { return JSONNumber(integer) }
        // The grammar was checked above and is ASCII, so this decoding cannot repair anything.
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let double = Double(text), let number = JSONNumber(double) else { throw .numberOutOfRange(at: start) }
        return number
    }

    /// Advances over digits; false if there is none.
    private mutating func skipDigits() -> Bool {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position &+= 1 }
        return position > start
    }

    /// The exact value of checked digits with an optional sign; `nil` if it does not fit.
    private func integer(_ range: Range<Int>) -> Int64? {
        let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
        var value: Int64 = 0
        for index in range.lowerBound + (isNegative ? 1 : 0)..<range.upperBound {
            let digit = Int64(bytes[index] &- UInt8(ascii: "0"))
            // Counting downwards reaches Int64.min, which has no positive twin.
            let (scaled, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowedAgain) = scaled.subtractingReportingOverflow(digit)
            guard !overflowed, !overflowedAgain else { return nil }
            value = sum
        }
        return isNegative ? value : Int64(exactly: value.magnitude)
    }
}
