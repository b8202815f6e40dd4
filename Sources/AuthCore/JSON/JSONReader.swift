// SPDX-License-Identifier: Apache-2.0

/// A strict reader of JSON texts: one text has one meaning, or it is refused.
///
/// Refuses what lenient readers disagree about: duplicate names, names beyond the limit, lone surrogates, broken UTF-8, byte order marks, control
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
        var seen: Set<WireText> = []

        static let widthForHashing = 16

        /// Notes the name of the next member; false if the object has it already.
        mutating func begin(_ name: String) -> Bool {
            self.name = name
            guard members.count >= Frame.widthForHashing else {
                return !members.contains { $0.name.hasSameOctets(as: name) }
            }
            if seen.isEmpty { seen = Set(members.lazy.map { WireText($0.name) }) }
            return seen.insert(WireText(name)).inserted
        }

        /// Makes room once for what most objects and arrays hold.
        init(isObject: Bool) {
            self.isObject = isObject
            if isObject { members.reserveCapacity(8) } else { elements.reserveCapacity(4) }
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

    private var scanner: JSONScanner
    private let maximumDepth: Int
    private let maximumNameBytes: Int
    private var frames: [Frame] = []

    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits, maximumDepth: Int) {
        scanner = JSONScanner(bytes)
        self.maximumDepth = maximumDepth
        maximumNameBytes = limits.maximumNameBytes
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
        var reader = JSONReader(bytes, limits, maximumDepth: limits.maximumDepth)
        let value = try reader.value()
        try reader.scanner.finish()
        return value
    }

    /// Reads one complete text that is an object, and lets `take` read its values one by one.
    ///
    /// Accepts exactly what ``read(_:limits:)`` accepts as an object, provided that `take` reads exactly one value for
    /// each name and returns false for a name that it had before.
    ///
    /// - Throws: As ``read(_:limits:)``; also `.unexpectedByte` if the text is no object.
    static func readMembers(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits,
        take: (JSONName, inout JSONReader) throws(JSONError) -> Bool
    ) throws(JSONError) {
        guard bytes.count <= limits.maximumBytes else { throw .tooLarge(maximum: limits.maximumBytes) }
        guard limits.maximumDepth > 0 else { throw .tooDeep(at: 0) }
        // The object itself is the first level.
        var reader = JSONReader(bytes, limits, maximumDepth: limits.maximumDepth - 1)
        try reader.scanner.expect("{")
        if try reader.closesAtOnce("}") { return try reader.scanner.finish() }
        while true {
            guard try reader.scanner.next() == UInt8(ascii: "\"") else {
                throw .unexpectedByte(at: reader.scanner.position)
            }
            let start = reader.scanner.position
            let name = try reader.name()
            try reader.scanner.expect(":")
            guard try take(name, &reader) else { throw .duplicateName(at: start) }
            guard try reader.scanner.next() == UInt8(ascii: ",") else { break }
            reader.scanner.advance()
        }
        try reader.scanner.expect("}")
        try reader.scanner.finish()
    }

    private mutating func name() throws(JSONError) -> JSONName {
        let start = scanner.position
        switch try scanner.quoted() {
        case .ascii(let content):
            guard content.count <= maximumNameBytes else { throw .nameTooLong(at: start) }
            return JSONName(ascii: content)
        case .unicode(let content):
            return JSONName(try bounded(try JSONString.validated(content, openedAt: start), openedAt: start))
        case .escaped:
            return JSONName(try bounded(try scanner.string(), openedAt: start))
        }
    }

    private func bounded(_ name: String, openedAt start: Int) throws(JSONError) -> String {
        guard name.utf8.count <= maximumNameBytes else { throw .nameTooLong(at: start) }
        return name
    }

    /// Reads one value; gives it out if it is a string.
    mutating func string() throws(JSONError) -> String? {
        guard try scanner.next() == UInt8(ascii: "\"") else {
            _ = try value()
            return nil
        }
        return try scanner.string()
    }

    /// Reads one value; gives it out if it is an integer that fits.
    mutating func integer() throws(JSONError) -> Int64? {
        switch try scanner.next() {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try scanner.number().int64
        default:
            _ = try value()
            return nil
        }
    }

    /// Reads one value with all that it contains.
    mutating func value() throws(JSONError) -> JSONValue {
        while true {
            guard var value = try openOrScalar() else { continue }
            // Each turn closes one container that the value completed.
            closing: while true {
                guard !frames.isEmpty else { return value }
                frames[frames.count - 1].append(value)
                switch try scanner.next() {
                case UInt8(ascii: ","):
                    scanner.advance()
                    if frames[frames.count - 1].isObject { try memberName() }
                    break closing
                case UInt8(ascii: "]") where !frames[frames.count - 1].isObject,
                    UInt8(ascii: "}") where frames[frames.count - 1].isObject:
                    scanner.advance()
                    value = frames.removeLast().value
                default:
                    throw .unexpectedByte(at: scanner.position)
                }
            }
        }
    }

    /// Reads a scalar or an empty container; opens any other container and returns `nil`.
    private mutating func openOrScalar() throws(JSONError) -> JSONValue? {
        switch try scanner.next() {
        case UInt8(ascii: "\""): return .string(try scanner.string())
        case UInt8(ascii: "{"):
            try open()
            if try closesAtOnce("}") { return .object(JSONObject()) }
            frames.append(Frame(isObject: true))
            try memberName()
            return nil
        case UInt8(ascii: "["):
            try open()
            if try closesAtOnce("]") { return .array([]) }
            frames.append(Frame(isObject: false))
            return nil
        case UInt8(ascii: "t"):
            try scanner.literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try scanner.literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try scanner.literal("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try scanner.number())
        default: throw .unexpectedByte(at: scanner.position)
        }
    }

    private mutating func open() throws(JSONError) {
        guard frames.count < maximumDepth else { throw .tooDeep(at: scanner.position) }
        scanner.advance()
    }

    private mutating func closesAtOnce(_ bracket: Unicode.Scalar) throws(JSONError) -> Bool {
        guard try scanner.next() == UInt8(ascii: bracket) else { return false }
        scanner.advance()
        return true
    }

    private mutating func memberName() throws(JSONError) {
        guard try scanner.next() == UInt8(ascii: "\"") else { throw .unexpectedByte(at: scanner.position) }
        let start = scanner.position
        let name = try bounded(try scanner.string(), openedAt: start)
        guard frames[frames.count - 1].begin(name) else { throw .duplicateName(at: start) }
        try scanner.expect(":")
    }
}
