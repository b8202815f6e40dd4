// SPDX-License-Identifier: Apache-2.0

import CLibSodium

/// libsodium, started once.
///
/// Whatever picks its implementation by processor (Argon2, ChaCha20) or draws random bytes touches ``ready`` first:
/// without it libsodium falls back to its slowest code.
enum Sodium {
    static let ready: Void = {
        precondition(sodium_init() >= 0, "libsodium found no source of randomness")
    }()
}
