// SPDX-License-Identifier: Apache-2.0

import CLibSodium

/// Where random bytes come from.
///
/// A parameter of everything that draws them, so that a test can repeat what it saw.
/// An implementation outside tests must be unpredictable and safe to call from several threads at once.
public protocol RandomSource: Sendable {
    /// Draws `count` bytes; `count` is not negative.
    func bytes(count: Int) -> [UInt8]
}

/// The kernel's random generator, through libsodium.
public struct SystemRandom: RandomSource {
    /// Makes the source; all of them are alike.
    public init() {}

    /// Draws `count` bytes, which cannot fail once the system has started.
    public func bytes(count: Int) -> [UInt8] {
        _ = Sodium.ready
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }
}
