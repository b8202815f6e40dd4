// SPDX-License-Identifier: Apache-2.0

internal import CLibCrypto

/// Secret bytes that are wiped when their last owner lets go, and that no description shows.
///
/// A class because exactly one place must own the memory that is wiped.
final class SecretOctets: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    // Written only while being made and by `deinit`, when no other reference exists; read-only in between.
    nonisolated(unsafe) private let storage: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: some Collection<UInt8>) {
        storage = .allocate(capacity: bytes.count)
        _ = storage.initialize(from: bytes)
    }

    /// Fresh bytes from libcrypto's generator for private values.
    ///
    /// - Throws: `.libraryFailure` if the operating system gave no seed.
    static func random(_ count: Int) throws(KeyError) -> SecretOctets {
        let made = SecretOctets([UInt8](repeating: 0, count: count))
        guard RAND_priv_bytes(made.storage.baseAddress, Int32(clamping: count)) == 1 else { throw .libraryFailure }
        return made
    }

    deinit {
        OPENSSL_cleanse(storage.baseAddress, storage.count)
        storage.deallocate()
    }

    var count: Int { storage.count }

    /// Lends the bytes; the pointer is not valid after `body`.
    func withBytes<R, E: Error>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
        try body(UnsafeBufferPointer(storage))
    }

    /// The bytes as an array, which is not wiped: for numbers that turn out to be public, and for rendering.
    func copied() -> [UInt8] { Array(storage) }

    var description: String { "SecretOctets(redacted)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
