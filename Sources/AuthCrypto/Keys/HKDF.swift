// SPDX-License-Identifier: Apache-2.0

import CLibCrypto

/// HKDF with SHA-256: many independent keys from one.
///
/// - Source: RFC 5869.
enum HKDF {
    /// Extracts and expands `byteCount` bytes, at most 8,160, bound to `info`.
    ///
    /// - Throws: `.libraryFailure(.hkdf)`, also when more bytes are asked for than HKDF can give.
    static func deriveKey(
        from key: SecretBytes, salt: [UInt8], info: [UInt8], byteCount: Int
    ) throws(CryptoError) -> SecretBytes {
        try SecretBytes(count: byteCount) { (output) throws(CryptoError) in
            let derived = key.withUnsafePointer { start in
                authd_hkdf_sha256(
                    start, key.count, salt, salt.count, info, info.count, output.baseAddress, output.count)
            }
            guard derived == 1 else { throw .libraryFailure(.hkdf) }
        }
    }
}
