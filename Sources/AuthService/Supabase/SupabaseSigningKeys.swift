// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore
import AuthTokens
import Synchronization

/// The one key that signs the API keys that are tokens: outside rotation, sealed in the store, and read once.
final class SupabaseSigningKeys: Sendable {
    // A class because the state must have one place in memory.
    private let known = Mutex<SigningKey?>(nil)
    private let core: ServiceCore
    private let sealer: Sealer

    private static let context = Array("settings/supabase_key".utf8)

    init(core: ServiceCore, sealer: Sealer) {
        self.core = core
        self.sealer = sealer
    }

    /// The key, where it was read.
    var current: SigningKey? { known.withLock { $0 } }

    /// Reads the key, or makes it where there is none yet.
    ///
    /// - Throws: `.unavailable`, `.internalFailure` for one that cannot be opened, `.cancelled`.
    func key() async throws(AuthError) -> SigningKey {
        if let current { return current }
        let sealed = seal(try candidate())
        let stored = try await core.inStore { store throws(StoreError) in
            try await store.supabaseSigningKey(orStore: sealed)
        }
        let key = try open(stored)
        try await resealed(key, from: stored)
        known.withLock { $0 = key }
        return key
    }

    private func candidate() throws(AuthError) -> SigningKey {
        do throws(KeyError) {
            return try SigningKey(generating: .es256)
        } catch {
            core.observe(.signingKeyFailed(reason: error.code))
            throw .internalFailure
        }
    }

    /// Seals the key under the current root key where an earlier one had.
    private func resealed(_ key: SigningKey, from stored: [UInt8]) async throws(AuthError) {
        guard let box = try? SealedBox(bytes: stored), sealer.needsResealing(box) else { return }
        let sealed = seal(key)
        // Another process may have been faster: usually with the same root key.
        _ = try await core.inStore { store throws(StoreError) in
            try await store.replaceSupabaseSigningKey(stored, by: sealed)
        }
    }

    private func seal(_ key: SigningKey) -> [UInt8] {
        sealer.seal(SecretBytes(key.privateJWK()), context: Self.context, random: core.random).bytes
    }

    private func open(_ stored: [UInt8]) throws(AuthError) -> SigningKey {
        let secret: SecretBytes
        do throws(SealingError) {
            secret = try sealer.open(SealedBox(bytes: stored), context: Self.context)
        } catch {
            core.observe(.signingKeyFailed(reason: "sealing: \(error)"))
            throw .internalFailure
        }
        do throws(KeyError) {
            return try secret.withUnsafeBytes { (octets) throws(KeyError) in
                try SigningKey(JSONWebKey(Array(octets)))
            }
        } catch {
            core.observe(.signingKeyFailed(reason: error.code))
            throw .internalFailure
        }
    }
}
