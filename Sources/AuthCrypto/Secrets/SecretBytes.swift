// SPDX-License-Identifier: Apache-2.0

import CLibSodium

/// Bytes that are wiped when the last owner lets go, compared in constant time and never printed.
///
/// Copies share one allocation. Bytes copied out by ``withUnsafeBytes(_:)`` are the caller's to wipe.
public struct SecretBytes: Sendable, Equatable {
    private let storage: Storage

    /// Takes a copy of `bytes`; the original is not wiped.
    public init(_ bytes: some Collection<UInt8>) {
        storage = Storage(count: bytes.count) { UnsafeMutableRawBufferPointer($0).copyBytes(from: bytes) }
    }

    /// Makes `count` bytes that `fill` writes in place, so that no copy exists elsewhere.
    ///
    /// They are zero before.
    init<E: Error>(count: Int, fill: (UnsafeMutableBufferPointer<UInt8>) throws(E) -> Void) throws(E) {
        storage = try Storage(count: count, fill: fill)
    }

    /// The number of bytes.
    public var count: Int { storage.count }

    /// Lends the bytes.
    ///
    /// The pointer is void after the call.
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(storage.bytes)
    }

    /// Lends the bytes to a C function that takes no null pointer: the address is valid even if there are none.
    func withUnsafePointer<R, E: Error>(_ body: (UnsafePointer<UInt8>) throws(E) -> R) throws(E) -> R {
        try body(storage.start)
    }

    /// Compares in constant time.
    public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        ConstantTime.equal(left.storage.bytes, right.storage.bytes)
    }

    private final class Storage: Sendable {
        /// Written only before `init` returns and wiped in `deinit`, when no one else holds it.
        nonisolated(unsafe) let start: UnsafeMutablePointer<UInt8>
        let count: Int

        var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

        init<E: Error>(count: Int, fill: (UnsafeMutableBufferPointer<UInt8>) throws(E) -> Void) throws(E) {
            start = .allocate(capacity: count)
            start.initialize(repeating: 0, count: count)
            self.count = count
            // If this throws, the deinitializer still runs: every property is set.
            try fill(UnsafeMutableBufferPointer(start: start, count: count))
        }

        deinit {
            sodium_memzero(start, count)
            start.deallocate()
        }
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "SecretBytes(redacted)" }

    /// A constant.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
