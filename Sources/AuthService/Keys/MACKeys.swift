// SPDX-License-Identifier: Apache-2.0

import AuthCrypto

/// A key that authenticates new tokens, and previous ones by which older tokens are still recognised.
struct MACKeys: Sendable {
    /// The key of the current root key.
    let current: HMACSHA256
    /// That key, followed by those of previous root keys.
    let all: [HMACSHA256]

    init(current: SecretBytes, previous: [SecretBytes]) {
        self.current = HMACSHA256(key: current)
        all = [self.current] + previous.map(HMACSHA256.init(key:))
    }

    /// The code of a message under the current key: 32 octets.
    func authenticationCode(for message: [UInt8]) -> [UInt8] {
        current.authenticationCode(for: message)
    }

    /// Whether `code` is the whole code of `message` under one of the keys, each compared in constant time.
    func isValid(_ code: some Collection<UInt8>, for message: [UInt8]) -> Bool {
        all.contains { $0.isValid(code, for: message) }
    }
}
