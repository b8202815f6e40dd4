// SPDX-License-Identifier: Apache-2.0

/// Writes compact JSON text at the end of a byte array.
///
/// Commas are placed by the writer; that names and values alternate inside an object is the caller's to keep. Strings
/// are escaped only where RFC 8259 §7 requires it, so the text is not safe inside HTML.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object { body in
///     body.member("sub", userID.description)
///     body.member("exp", Int64(1_700_000_000))
/// }
/// ```
public struct JSONWriter: Sendable {
    /// What has been written, after whatever the writer started with.
    public private(set) var bytes: [UInt8]

    /// Whether another value at this place needs a comma before it.
    private var followsValue = false

    /// Starts an empty text.
    public init(reservingCapacity capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Continues behind bytes that are already there, such as a header.
    public init(appendingTo prefix: consuming [UInt8]) {
        bytes = prefix
    }

    /// Writes an object whose members `body` writes.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        open("{")
        body(&self)
        close("}")
    }

    /// Writes an array whose elements `body` writes.
    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        open("[")
        body(&self)
        close("]")
    }

    /// Writes the name of the next member; one value must follow.
    public mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        followsValue = false
    }

    /// Writes a text.
    public mutating func string(_ text: String) {
        separate()
        var text = text
        text.withUTF8 { appendQuoted($0) }
        followsValue = true
    }

    /// Writes an integer.
    public mutating func integer(_ value: Int64) {
        separate()
        append(value)
        followsValue = true
    }

    /// Writes a finite number, fractions in the shortest form that reads back as the same value.
    public mutating func number(_ value: JSONNumber) {
        switch value.storage {
        case .integer(let integer): self.integer(integer)
        case .double(let double):
            separate()
            bytes.append(contentsOf: double.description.utf8)
            followsValue = true
        }
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) {
        separate()
        append(value ? "true" : "false")
        followsValue = true
    }

    /// Writes `null`.
    public mutating func null() {
        separate()
        append("null")
        followsValue = true
    }

    /// Writes any value with all that it contains.
    ///
    /// Recurses as deep as the value is nested; values from ``JSONReader`` are bounded by its limits.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let bool): self.bool(bool)
        case .number(let number): self.number(number)
        case .string(let text): string(text)
        case .array(let elements): array { for element in elements { $0.value(element) } }
        case .object(let object): self.object(object)
        }
    }

    /// Writes an object with all that it contains.
    public mutating func object(_ object: JSONObject) {
        self.object { for member in object.members { $0.member(member.name, member.value) } }
    }

    /// Writes bytes that the caller knows to be one complete JSON value.
    public mutating func unchecked(_ text: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: text)
        followsValue = true
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        separate()
        bytes.append(UInt8(ascii: bracket))
        followsValue = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        followsValue = true
    }

    private mutating func separate() {
        if followsValue { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func append(_ word: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    private mutating func append(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = value.magnitude
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(digit))
            rest = quotient
        } while rest > 0
        bytes[start...].reverse()
    }

    private mutating func appendQuoted(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var plain = 0
        for index in 0..<text.count where JSONWriter.mustEscape(text[index]) {
            bytes.append(contentsOf: text[plain..<index])
            appendEscaped(text[index])
            plain = index + 1
        }
        bytes.append(contentsOf: text[plain...])
        bytes.append(UInt8(ascii: "\""))
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        case 0..<0x20:
            append("\\u00")
            bytes.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let digit = byte & 0x0F
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        default:
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        }
    }
}
