// SPDX-License-Identifier: Apache-2.0

internal import CLibCrypto

/// SHA-256 in one call.
enum SHA256 {
    /// The 32 bytes of the digest.
    static func digest(_ message: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { output, count in
            count = authd_sha256(message, message.count, output.baseAddress) == 1 ? 32 : 0
        }
    }
}
