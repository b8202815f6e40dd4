// SPDX-License-Identifier: Apache-2.0

/// The name of a member while a text is read, made so that known names are found by comparing integers.
struct JSONName {
    /// The bytes of a short ASCII name, one after the other; 0 for any other name.
    ///
    /// Names with a zero byte are not packed, so no two names have one key.
    let key: UInt128
    private let long: String

    private static let maximumKeyBytes = 16

    /// Takes bytes that are known to be ASCII without escapes.
    init(ascii bytes: UnsafeBufferPointer<UInt8>) {
        let isShort = JSONName.hasKeyLength(bytes)
        key = isShort ? JSONName.pack(bytes) : 0
        long = isShort ? "" : String(decoding: bytes, as: UTF8.self)
    }

    /// Takes an unescaped name.
    init(_ text: String) {
        var text = text
        key = text.withUTF8 { bytes in
            let isShort = JSONName.hasKeyLength(bytes) && bytes.allSatisfy { 1..<0x80 ~= $0 }
            return isShort ? JSONName.pack(bytes) : 0
        }
        long = key == 0 ? text : ""
    }

    /// The name as text.
    var text: String {
        guard key != 0 else { return long }
        return withUnsafeBytes(of: key.bigEndian) { bytes in
            String(decoding: bytes.drop { $0 == 0 }, as: UTF8.self)
        }
    }

    private static func hasKeyLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.count <= maximumKeyBytes
    }

    private static func pack(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt128 {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for byte in bytes {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(byte)
        }
        return UInt128(high) << 64 | UInt128(low)
    }
}
