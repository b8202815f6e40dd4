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

    /// Computes `byteCount` bytes of Argon2id with one lane; `salt` has ``saltLength`` bytes.
    ///
    /// - Throws: `.outOfMemory(.argon2)` if the memory cannot be had, `.libraryFailure(.argon2)`.
    static func digest(
        of password: UnsafeBufferPointer<UInt8>, salt: [UInt8], memoryKiB: Int, iterations: Int,
        byteCount: Int = digestLength
    ) throws(CryptoError) -> [UInt8] {
        _ = Sodium.ready
        precondition(salt.count == saltLength, "libsodium takes a salt of \(saltLength) bytes")
        var digest = [UInt8](repeating: 0, count: byteCount)
        let (result, cause) = password.withStart { start in
            start.withMemoryRebound(to: CChar.self, capacity: password.count) { start in
                errno = 0
                let result = crypto_pwhash(
                    &digest, UInt64(byteCount), start, UInt64(password.count), salt, UInt64(iterations),
                    memoryKiB * 1024, crypto_pwhash_ALG_ARGON2ID13)
                return (result, errno)
            }
        }
        guard result == 0 else { throw cause == ENOMEM ? .outOfMemory(.argon2) : .libraryFailure(.argon2) }
        return digest
    }

    /// Whether `password` is the one that a hash of the given parts was made from.
    ///
    /// - Throws: `.outOfMemory(.argon2)` if the memory cannot be had, which is not the same as a wrong password;
    ///   `.libraryFailure(.argon2)`.
    static func verify(
        _ password: UnsafeBufferPointer<UInt8>, against hash: PasswordHash, _ shape: Shape
    ) throws(CryptoError) -> Bool {
        guard shape.isComputable(with: hash) else { return try verifyText(password, against: hash, shape.memoryKiB) }
        let digest = try digest(
            of: password, salt: hash.salt, memoryKiB: shape.memoryKiB, iterations: shape.iterations,
            byteCount: hash.digest.count)
        return ConstantTime.equal(digest, hash.digest)
    }

    /// The cost of a hash, as far as it decides how to compute it.
    struct Shape {
        let variant: Argon2Variant
        let memoryKiB: Int
        let iterations: Int
        let parallelism: Int

        /// Whether libsodium's raw interface computes it: authd's own hashes and many others.
        func isComputable(with hash: PasswordHash) -> Bool {
            variant == .argon2id && parallelism == 1 && hash.salt.count == saltLength
                && hash.digest.count >= Int(crypto_pwhash_BYTES_MIN)
        }
    }

    /// Goes by the text of the hash, because only so does libsodium compute several lanes, Argon2i of few iterations and
    /// salts of other lengths.
    ///
    /// libsodium's answer does not tell a wrong password from memory that it did not get, so "no" is believed only where
    /// as much memory could be had right before and right after.
    private static func verifyText(
        _ password: UnsafeBufferPointer<UInt8>, against hash: PasswordHash, _ memoryKiB: Int
    ) throws(CryptoError) -> Bool {
        _ = Sodium.ready
        guard canMap(memoryKiB) else { throw .outOfMemory(.argon2) }
        let text = PasswordHash.text(cost: hash.cost, salt: hash.salt, digest: hash.digest)
        let result = password.withStart { start in
            start.withMemoryRebound(to: CChar.self, capacity: password.count) { start in
                crypto_pwhash_str_verify(text, start, UInt64(password.count))
            }
        }
        if result == 0 { return true }
        guard canMap(memoryKiB) else { throw .outOfMemory(.argon2) }
        return false
    }

    /// Whether the system would lend so much memory now, and as much again as libsodium needs beside it.
    ///
    /// Touches none of it, which takes microseconds.
    private static func canMap(_ memoryKiB: Int) -> Bool {
        let count = (memoryKiB + memoryKiB / 256 + 64) * 1024
        let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start, start != MAP_FAILED else { return false }
        munmap(start, count)
        return true
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
