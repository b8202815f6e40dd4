// SPDX-License-Identifier: Apache-2.0

/// Base64url without padding, in its one canonical form.
///
/// Every byte sequence has exactly one accepted spelling: padding, white space, line breaks, the `+` and `/` of plain
/// base64 and non-zero slack bits are refused. A signed text therefore cannot be respelled and still decode to the same
/// bytes.
///
/// - Source: RFC 4648 §5 and §3.5 (pad bits), RFC 7515 §2 (no padding).
public enum Base64URL {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    /// Marks the bytes that are no letter of the alphabet; its top bits survive being combined with valid values.
    private static let invalid: UInt8 = 0xFF

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: invalid, count: 256)
        alphabet.withUTF8Buffer { letters in
            for (value, letter) in letters.enumerated() { table[Int(letter)] = UInt8(value) }
        }
        return table
    }()

    /// The number of characters that encode `count` bytes.
    public static func encodedCount(_ count: Int) -> Int {
        count / 3 * 4 + (count % 3 == 0 ? 0 : count % 3 + 1)
    }

    /// Renders bytes as text, without padding.
    @inlinable
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        if let text = bytes.withContiguousStorageIfAvailable({ encodeContiguous($0) }) { return text }
        return Array(bytes).withUnsafeBufferPointer { encodeContiguous($0) }
    }

    /// Renders bytes at the end of `output`, which grows once.
    @inlinable
    public static func encode(_ bytes: some Sequence<UInt8>, appendingTo output: inout [UInt8]) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { appendContiguous($0, to: &output) }
        if done == nil { Array(bytes).withUnsafeBufferPointer { appendContiguous($0, to: &output) } }
    }

    /// Reads the one canonical spelling.
    ///
    /// - Returns: `nil` for anything that ``encode(_:)`` would not have written. The empty text is the empty bytes.
    @inlinable
    public static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        if let bytes = text.withContiguousStorageIfAvailable({ decodeContiguous($0) }) { return bytes }
        return Array(text).withUnsafeBufferPointer { decodeContiguous($0) }
    }

    /// Reads the one canonical spelling.
    ///
    /// - Returns: `nil` for anything that ``encode(_:)`` would not have written.
    @inlinable
    public static func decode(_ text: String) -> [UInt8]? {
        decode(text.utf8)
    }

    @usableFromInline
    static func encodeContiguous(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        String(unsafeUninitializedCapacity: encodedCount(bytes.count)) { write(bytes, to: $0) }
    }

    @usableFromInline
    static func appendContiguous(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        output.append(addingCapacity: encodedCount(bytes.count)) { target in
            target.withUnsafeMutableBufferPointer { buffer, initialized in
                initialized += write(bytes, to: .init(rebasing: buffer[initialized...]))
            }
        }
    }

    /// Writes exactly `encodedCount(bytes.count)` letters; `output` has room for them.
    private static func write(_ bytes: UnsafeBufferPointer<UInt8>, to output: UnsafeMutableBufferPointer<UInt8>) -> Int
    {
        alphabet.withUTF8Buffer { letters in
            var from = 0
            var to = 0
            while bytes.count &- from >= 3 {
                let group = UInt32(bytes[from]) << 16 | UInt32(bytes[from &+ 1]) << 8 | UInt32(bytes[from &+ 2])
                output[to] = letters[Int(group >> 18)]
                output[to &+ 1] = letters[Int(group >> 12 & 63)]
                output[to &+ 2] = letters[Int(group >> 6 & 63)]
                output[to &+ 3] = letters[Int(group & 63)]
                from &+= 3
                to &+= 4
            }
            let rest = bytes.count - from
            if rest > 0 {
                let group = UInt32(bytes[from]) << 16 | (rest == 2 ? UInt32(bytes[from + 1]) << 8 : 0)
                output[to] = letters[Int(group >> 18)]
                output[to + 1] = letters[Int(group >> 12 & 63)]
                if rest == 2 { output[to + 2] = letters[Int(group >> 6 & 63)] }
                to += rest + 1
            }
            return to
        }
    }

    @usableFromInline
    static func decodeContiguous(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let rest = text.count % 4
        guard rest != 1 else { return nil }
        let count = text.count / 4 * 3 + (rest == 0 ? 0 : rest - 1)
        var isCanonical = true
        let decoded = [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            isCanonical = values.withUnsafeBufferPointer { read(text, values: $0, into: output) }
            initialized = isCanonical ? count : 0
        }
        return isCanonical ? decoded : nil
    }

    /// Reads letters into `output`, which has room for all their bytes; false if they are no canonical spelling.
    ///
    /// The lengths were computed from each other, so indices stay in range and need no overflow checks.
    private static func read(
        _ text: UnsafeBufferPointer<UInt8>, values: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
        // Valid values have six bits, so one look at the union of all of them finds any invalid letter.
        var union: UInt8 = 0
        var from = 0
        var to = 0
        let wholeGroups = text.count & ~3
        while from < wholeGroups {
            let a = values[Int(text[from])]
            let b = values[Int(text[from &+ 1])]
            let c = values[Int(text[from &+ 2])]
            let d = values[Int(text[from &+ 3])]
            union |= a | b | c | d
            output[to] = a << 2 | b >> 4
            output[to &+ 1] = b << 4 | c >> 2
            output[to &+ 2] = c << 6 | d
            from &+= 4
            to &+= 3
        }
        let rest = text.count &- from
        guard rest > 0 else { return union < 64 }
        let a = values[Int(text[from])]
        let b = values[Int(text[from &+ 1])]
        union |= a | b
        output[to] = a << 2 | b >> 4
        guard rest == 3 else { return union < 64 && b & 0x0F == 0 }
        let c = values[Int(text[from &+ 2])]
        output[to &+ 1] = b << 4 | c >> 2
        return union | c < 64 && c & 0x03 == 0
    }
}
