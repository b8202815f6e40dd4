// SPDX-License-Identifier: Apache-2.0

import CLibSodium

/// The SHA-256 digest.
///
/// - Source: FIPS 180-4.
public enum SHA256 {
    /// The length of a digest in bytes.
    public static let byteCount = 32

    /// Digests `message` at once: 32 bytes.
    public static func digest(_ message: some Collection<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        let result = message.withContiguousStorageIfAvailable { message in
            crypto_hash_sha256(&digest, message.baseAddress, UInt64(message.count))
        }
        return result == nil ? self.digest(Array(message)) : digest
    }
}
