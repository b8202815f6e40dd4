// SPDX-License-Identifier: Apache-2.0

import CLibCrypto

/// PBKDF2 by libcrypto.
///
/// Blocks for as long as the cost says.
enum PBKDF2 {
    /// Computes one block: as many bytes as the digest has.
    ///
    /// - Throws: `.outOfMemory(.pbkdf2)`, `.libraryFailure(.pbkdf2)`.
    static func digest(
        of password: UnsafeBufferPointer<UInt8>, salt: [UInt8], kind: PBKDF2Digest, rounds: Int
    ) throws(CryptoError) -> [UInt8] {
        let name =
            switch kind {
            case .sha1: "SHA1"
            case .sha256: "SHA256"
            case .sha512: "SHA512"
            }
        guard let passwordLength = Int32(exactly: password.count), let rounds = Int32(exactly: rounds) else {
            throw .libraryFailure(.pbkdf2)
        }
        var digest = [UInt8](repeating: 0, count: kind.byteCount)
        let result = password.withStart { start in
            authd_pbkdf2(
                name, start, passwordLength, salt, Int32(salt.count), rounds, &digest, Int32(kind.byteCount))
        }
        guard result == 1 else { throw result < 0 ? .outOfMemory(.pbkdf2) : .libraryFailure(.pbkdf2) }
        return digest
    }
}
