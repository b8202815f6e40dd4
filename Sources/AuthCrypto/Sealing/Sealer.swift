// SPDX-License-Identifier: Apache-2.0

import CLibSodium

/// Encrypts secrets for storage with the current key and opens what earlier keys sealed.
///
/// XChaCha20-Poly1305: a random nonce of 24 bytes never repeats in practice, however much is sealed.
///
/// - Source: draft-irtf-cfrg-xchacha-03, as libsodium implements it.
public struct Sealer: Sendable {
    private let current: Key
    private let previous: [Key]

    /// Takes 32-byte keys, such as ``KeyPurpose/sealing`` of the current and of previous root keys.
    public init(current: SecretBytes, previous: [SecretBytes] = []) {
        _ = Sodium.ready
        self.current = Key(current)
        self.previous = previous.map { Key($0) }
    }

    /// Encrypts `secret`, bound to `context`.
    ///
    /// The box opens only with equal `context`: name the table, the column and the row, and a box moved elsewhere is
    /// refused.
    public func seal(_ secret: SecretBytes, context: [UInt8], random: some RandomSource) -> SealedBox {
        let nonce = random.bytes(count: SealedBox.nonceLength)
        precondition(nonce.count == SealedBox.nonceLength, "a random source gave fewer bytes than asked for")
        let authenticated = [SealedBox.version] + current.id + context
        var ciphertext = [UInt8](repeating: 0, count: secret.count + SealedBox.tagLength)
        _ = secret.withUnsafePointer { plain in
            current.secret.withUnsafePointer { key in
                crypto_aead_xchacha20poly1305_ietf_encrypt(
                    &ciphertext, nil, plain, UInt64(secret.count), authenticated, UInt64(authenticated.count), nil,
                    nonce, key)
            }
        }
        return SealedBox(keyID: current.id, nonce: nonce, ciphertext: ciphertext)
    }

    /// Decrypts `box` with whichever key sealed it.
    ///
    /// - Throws: `.unknownKey` if none did; `.notAuthentic` if the box or `context` is not what was sealed.
    public func open(_ box: SealedBox, context: [UInt8]) throws(SealingError) -> SecretBytes {
        guard let key = key(withID: box.keyID) else { throw .unknownKey }
        let nonce = Array(box.nonce)
        let ciphertext = Array(box.ciphertext)
        let authenticated = Array(box.header) + context
        return try SecretBytes(count: ciphertext.count - SealedBox.tagLength) { (plain) throws(SealingError) in
            let result = key.secret.withUnsafePointer { key in
                crypto_aead_xchacha20poly1305_ietf_decrypt(
                    plain.baseAddress, nil, nil, ciphertext, UInt64(ciphertext.count), authenticated,
                    UInt64(authenticated.count), nonce, key)
            }
            guard result == 0 else { throw .notAuthentic }
        }
    }

    /// Whether a previous key sealed `box`, so that it should be sealed again before that key is dropped.
    public func needsResealing(_ box: SealedBox) -> Bool {
        !box.keyID.elementsEqual(current.id)
    }

    private func key(withID id: ArraySlice<UInt8>) -> Key? {
        if current.id.elementsEqual(id) { return current }
        return previous.first { $0.id.elementsEqual(id) }
    }

    private struct Key: Sendable {
        let secret: SecretBytes
        /// Recognises the key without telling anything about it.
        let id: [UInt8]

        init(_ secret: SecretBytes) {
            precondition(
                secret.count == Int(crypto_aead_xchacha20poly1305_ietf_KEYBYTES), "a sealing key has 32 bytes")
            self.secret = secret
            let code = HMACSHA256(key: secret).authenticationCode(for: Array("authd/v1/sealing-key-id".utf8))
            id = Array(code.prefix(SealedBox.keyIDLength))
        }
    }
}

extension Sealer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "Sealer(redacted)" }

    /// A constant.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
