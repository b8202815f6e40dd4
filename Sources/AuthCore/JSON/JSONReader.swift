// SPDX-License-Identifier: Apache-2.0

/// A strict reader of JSON texts: one text has one meaning, or it is refused.
///
/// Refuses what lenient readers disagree about: duplicate names, lone surrogates, broken UTF-8, byte order marks, control
/// characters in strings, leading zeros, numbers beyond a double, trailing bytes. Nesting is counted, not recursed, so
/// no input can exhaust the stack.
///
/// Deliberately accepts Unicode noncharacters, which I-JSON excludes and RFC 8259 does not, because they are harmless to
/// carry and some passwords hold them.
///
/// - Source: RFC 8259, RFC 7493 §2 (I-JSON).
public struct JSONReader: ~Copyable {
    /// One array or object that is still open.
    private struct Frame {
        var isObject: Bool
        var name = ""
        var elements: [JSONValue] = []
        var members: [JSONObject.Member] = []
        /// Filled only once an object is too wide for a linear search.
        var seen: Set<String> = []

        static let widthForHashing = 16

        /// Notes the name of the next member; false if the object has it already.
        mutating func begin(_ name: String) -> Bool {
            self.name = name
            guard members.count >= Frame.widthForHashing else {
                return !members.contains { $0.name == name }
            }
            if seen.isEmpty { seen = Set(members.lazy.map(\.name)) }
            return seen.insert(name).inserted
        }

        mutating func append(_ value: JSONValue) {
            if isObject {
                members.append(JSONObject.Member(name: name, value: value))
            } else {
                elements.append(value)
            }
        }

        var value: JSONValue { isObject ? .object(JSONObject(unique: members)) : .array(elements) }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let maximumDepth: Int
    private var position = 0
    private var frames: [Frame] = []

    private init(_ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// Reads one complete text.
    ///
    /// - Throws: The first fault from the left; every case of ``JSONError`` is possible.
    public static func read(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in try read(buffer, limits: limits) }
    }

    /// Reads one complete text from memory that outlives the call; nothing keeps a reference to it.
    ///
    /// - Throws: The first fault from the left; every case of ``JSONError`` is possible.
    public static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = .standard
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.maximumBytes else { throw .tooLarge(maximum: limits.maximumBytes) }
        var reader = JSONReader(bytes, maximumDepth: limits.maximumDepth)
        return try reader.text()
    }

    private mutating func text() throws(JSONError) -> JSONValue {
        while true {
            guard var value = try openOrScalar() else { continue }
            // Each turn closes one container that the value completed.
            closing: while true {
                guard !frames.isEmpty else {
                    skipSpace()
                    guard position == bytes.count else { throw .trailingBytes(at: position) }
                    return value
                }
                frames[frames.count - 1].append(value)
                switch try next() {
                case UInt8(ascii: ","):
                    position += 1
                    if frames[frames.count - 1].isObject { try memberName() }
                    break closing
                case UInt8(ascii: "]") where !frames[frames.count - 1].isObject,
                    UInt8(ascii: "}") where frames[frames.count - 1].isObject:
                    position += 1
                    value = frames.removeLast().value
                default:
                    throw .unexpectedByte(at: position)
                }
            }
        }
    }

    /// Reads a scalar or an empty container; opens any other container and returns `nil`.
    private mutating func openOrScalar() throws(JSONError) -> JSONValue? {
        switch try next() {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"):
            try open(isObject: true)
            if try next() == UInt8(ascii: "}") { return close() }
            try memberName()
            return nil
        case UInt8(ascii: "["):
            try open(isObject: false)
            if try next() == UInt8(ascii: "]") { return close() }
            return nil
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw .unexpectedByte(at: position)
        }
    }

    private mutating func open(isObject: Bool) throws(JSONError) {
        guard frames.count < maximumDepth else { throw .tooDeep(at: position) }
        frames.append(Frame(isObject: isObject))
        position += 1
    }

    private mutating func close() -> JSONValue {
        position += 1
        return frames.removeLast().value
    }

    private mutating func memberName() throws(JSONError) {
        guard try next() == UInt8(ascii: "\"") else { throw .unexpectedByte(at: position) }
        let start = position
        let name = try string()
        guard frames[frames.count - 1].begin(name) else { throw .duplicateName(at: start) }
        guard try next() == UInt8(ascii: ":") else { throw .unexpectedByte(at: position) }
        position += 1
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// The next byte that is not white space, left in place.
    private mutating func next() throws(JSONError) -> UInt8 {
        skipSpace()
        guard position < bytes.count else { throw .unexpectedEnd(at: position) }
        return bytes[position]
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for letter in UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount) {
            guard position < bytes.count else { throw .unexpectedEnd(at: position) }
            guard bytes[position] == letter else { throw .unexpectedByte(at: position) }
            position += 1
        }
        return value
    }

    private mutating func string() throws(JSONError) -> String {
        let start = position
        switch JSONString.scan(bytes, from: start + 1) {
        case .success(let scanned):
            position = scanned.end
            return scanned.text
        case .failure(let error): throw error
        }
    }

    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        guard skipDigits() else { throw .invalidNumber(at: start) }
        if bytes[firstDigit] == UInt8(ascii: "0"), position - firstDigit > 1 { throw .invalidNumber(at: start) }

        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            guard skipDigits() else { throw .invalidNumber(at: start) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
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
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
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
