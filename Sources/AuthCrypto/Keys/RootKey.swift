// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// The one secret from which every key but the token signing keys is derived: 32 bytes.
public struct RootKey: Sendable, Equatable {
    /// The length of the key in bytes; its text has twice as many digits.
    public static let byteCount = 32

    let bytes: SecretBytes

    /// Reads exactly 64 hexadecimal digits of either case, as `openssl rand -hex 32` prints, and nothing else.
    ///
    /// - Throws: `.wrongLength`, `.notHexadecimal`, or `.trivial` if every byte is the same.
    public init(hexadecimal text: String) throws(RootKeyError) {
        try self.init(digits: Array(text.utf8)[...])
    }

    /// Reads what a key file holds: 64 hexadecimal digits, perhaps a byte order mark before them, and at
    /// most one line break after them.
    ///
    /// - Throws: As ``init(hexadecimal:)``.
    public init(fileContents: [UInt8]) throws(RootKeyError) {
        var digits = ByteOrderMark.skipped(in: fileContents[...])
        if digits.last == UInt8(ascii: "\n") { digits.removeLast() }
        if digits.last == UInt8(ascii: "\r") { digits.removeLast() }
        try self.init(digits: digits)
    }

    /// Draws a key.
    public init(random: some RandomSource) {
        bytes = SecretBytes(random.bytes(count: Self.byteCount))
    }

    private init(digits: ArraySlice<UInt8>) throws(RootKeyError) {
        guard digits.count == 2 * Self.byteCount else { throw .wrongLength }
        bytes = try SecretBytes(count: Self.byteCount) { (key) throws(RootKeyError) in
            for (index, digit) in digits.enumerated() {
                guard let nibble = Self.nibble(digit) else { throw .notHexadecimal }
                key[index / 2] = key[index / 2] << 4 | nibble
            }
            guard key.contains(where: { $0 != key[0] }) else { throw .trivial }
        }
    }

    /// Lends the key as 64 lower-case digits, to be written to a key file that only its owner may read.
    ///
    /// - Warning: An attacker who sees the digits can forge refresh tokens and open everything sealed.
    public func withUnsafeHexadecimal<R, E: Error>(_ body: (String) throws(E) -> R) throws(E) -> R {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.withUnsafeBytes { bytes in
            bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        }
        return try body(String(decoding: text, as: UTF8.self))
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Why a text is not a root key.
public enum RootKeyError: Error, Equatable, Sendable {
    /// It does not have 64 digits.
    case wrongLength
    /// It holds something other than hexadecimal digits.
    case notHexadecimal
    /// Every byte is the same: a placeholder, not a key.
    case trivial
}

extension RootKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "RootKey(redacted)" }

    /// A constant.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
