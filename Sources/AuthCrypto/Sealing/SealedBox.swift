// SPDX-License-Identifier: Apache-2.0

/// A secret encrypted for storage.
///
/// Format 1: one byte 1, eight bytes key id, 24 bytes nonce, then the ciphertext with its 16-byte tag.
public struct SealedBox: Sendable, Equatable {
    static let version: UInt8 = 1
    static let keyIDLength = 8
    static let nonceLength = 24
    static let tagLength = 16
    static let headerLength = 1 + keyIDLength
    static let overhead = headerLength + nonceLength + tagLength

    /// What is stored: 49 bytes more than the secret.
    public let bytes: [UInt8]

    /// Reads what was stored.
    ///
    /// Whether it is authentic shows only when it is opened.
    ///
    /// - Throws: `.malformed` if it is too short or of another format.
    public init(bytes: [UInt8]) throws(SealingError) {
        guard bytes.count >= Self.overhead, bytes.first == Self.version else { throw .malformed }
        self.bytes = bytes
    }

    init(keyID: [UInt8], nonce: [UInt8], ciphertext: [UInt8]) {
        bytes = [Self.version] + keyID + nonce + ciphertext
    }

    // The lengths were checked when the box was made.
    var header: ArraySlice<UInt8> { bytes.prefix(Self.headerLength) }
    var keyID: ArraySlice<UInt8> { header.dropFirst() }
    var nonce: ArraySlice<UInt8> { bytes.dropFirst(Self.headerLength).prefix(Self.nonceLength) }
    var ciphertext: ArraySlice<UInt8> { bytes.dropFirst(Self.headerLength + Self.nonceLength) }
}

/// Why a sealed box did not open.
public enum SealingError: Error, Equatable, Sendable {
    /// It is not a sealed box, or one of a later format.
    case malformed
    /// It was sealed under a root key that this process does not hold.
    case unknownKey
    /// It was altered, or sealed in another context.
    case notAuthentic
}
