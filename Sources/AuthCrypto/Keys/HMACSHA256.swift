// SPDX-License-Identifier: Apache-2.0

import CLibSodium

/// HMAC-SHA-256 under one key, whose key schedule is computed once.
///
/// A value: any number of threads may authenticate with it at once, without a lock.
///
/// - Source: RFC 2104; vectors of RFC 4231.
public struct HMACSHA256: Sendable {
    /// The length of an authentication code in bytes.
    public static let byteCount = 32

    /// The state after the key and before the message, as secret as the key.
    private let keyed: SecretBytes

    /// Prepares `key`, of any length.
    public init(key: SecretBytes) {
        var state = crypto_auth_hmacsha256_state()
        defer { sodium_memzero(&state, MemoryLayout.size(ofValue: state)) }
        _ = key.withUnsafePointer { crypto_auth_hmacsha256_init(&state, $0, key.count) }
        keyed = withUnsafeBytes(of: &state) { SecretBytes($0) }
    }

    /// Computes the code of `message`: 32 bytes.
    public func authenticationCode(for message: some Collection<UInt8>) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Self.byteCount)
        let result = message.withContiguousStorageIfAvailable { message in
            var state = keyed.withUnsafeBytes { $0.loadUnaligned(as: crypto_auth_hmacsha256_state.self) }
            defer { sodium_memzero(&state, MemoryLayout.size(ofValue: state)) }
            crypto_auth_hmacsha256_update(&state, message.baseAddress, UInt64(message.count))
            return crypto_auth_hmacsha256_final(&state, &code)
        }
        return result == nil ? authenticationCode(for: Array(message)) : code
    }

    /// Whether `code` is the whole code of `message`, compared in constant time.
    public func isValid(_ code: some Collection<UInt8>, for message: some Collection<UInt8>) -> Bool {
        ConstantTime.equal(code, authenticationCode(for: message))
    }
}

extension HMACSHA256: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "HMACSHA256(redacted)" }

    /// A constant.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
