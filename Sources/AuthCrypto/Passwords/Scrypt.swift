// SPDX-License-Identifier: Apache-2.0

import CLibCrypto

/// scrypt by libcrypto.
///
/// Blocks for as long as the cost says.
enum Scrypt {
    /// Computes `byteCount` bytes.
    ///
    /// - Throws: `.outOfMemory(.scrypt)` if the memory cannot be had, `.libraryFailure(.scrypt)`.
    static func digest(
        of password: UnsafeBufferPointer<UInt8>, salt: [UInt8], logN: Int, blockSize: Int, parallelism: Int,
        byteCount: Int
    ) throws(CryptoError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        let result = password.withStart { start in
            authd_scrypt(
                start, password.count, salt, salt.count, 1 << UInt64(logN), UInt32(blockSize), UInt32(parallelism),
                memoryLimit, &digest, byteCount)
        }
        guard result == 1 else { throw result < 0 ? .outOfMemory(.scrypt) : .libraryFailure(.scrypt) }
        return digest
    }

    /// libcrypto's own ceiling: the 256 MiB that a cost may ask for and the working blocks beside them.
    private static let memoryLimit: UInt64 = 272 << 20
}
