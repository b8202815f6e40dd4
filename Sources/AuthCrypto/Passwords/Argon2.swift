// SPDX-License-Identifier: Apache-2.0

import CLibSodium
import Glibc

/// Argon2 by libsodium.
///
/// Blocks for as long as the cost says.
enum Argon2 {
    /// The salt length that libsodium's raw interface takes.
    static let saltLength = Int(crypto_pwhash_SALTBYTES)
    static let digestLength = 32

    /// Computes Argon2id with one lane; `salt` has ``saltLength`` bytes.
    ///
    /// - Throws: `.libraryFailure(.argon2)` if the memory cannot be had.
    static func digest(
        of password: UnsafeBufferPointer<UInt8>, salt: [UInt8], memoryKiB: Int, iterations: Int
    ) throws(CryptoError) -> [UInt8] {
        _ = Sodium.ready
        precondition(salt.count == saltLength, "libsodium takes a salt of \(saltLength) bytes")
        var digest = [UInt8](repeating: 0, count: digestLength)
        let result = password.withStart { start in
            start.withMemoryRebound(to: CChar.self, capacity: password.count) { start in
                crypto_pwhash(
                    &digest, UInt64(digestLength), start, UInt64(password.count), salt, UInt64(iterations),
                    memoryKiB * 1024, crypto_pwhash_ALG_ARGON2ID13)
            }
        }
        guard result == 0 else { throw .libraryFailure(.argon2) }
        return digest
    }

    /// Whether `password` gives the hash that `text`, a PHC string, holds.
    ///
    /// Goes by the string, because only so does libsodium compute several lanes and salts of other lengths.
    /// - Throws: `.libraryFailure(.argon2)` if the memory cannot be had, which is not the same as a wrong password.
    static func verify(
        _ password: UnsafeBufferPointer<UInt8>, against text: String
    ) throws(CryptoError) -> Bool {
        _ = Sodium.ready
        let (result, cause) = password.withStart { start in
            start.withMemoryRebound(to: CChar.self, capacity: password.count) { start in
                errno = 0
                let result = crypto_pwhash_str_verify(text, start, UInt64(password.count))
                return (result, errno)
            }
        }
        if result == 0 { return true }
        // libsodium says EINVAL for a mismatch alone.
        guard cause == EINVAL else { throw .libraryFailure(.argon2) }
        return false
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Lends the address of the first byte: a valid one even of an empty buffer, as C functions ask.
    func withStart<R>(_ body: (UnsafePointer<UInt8>) -> R) -> R {
        guard let baseAddress else {
            return withUnsafePointer(to: 0) { body($0) }
        }
        return body(baseAddress)
    }
}
