// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore
import Synchronization

/// The hashes that passwords of unknown users are checked against: drawn from the mix of the stored ones, the same for
/// the same identifier every time, so that the time of an answer does not allow user enumeration.
final class DummyPasswords: Sendable {
    private let key: SecretBytes
    private let parameters: HashingParameters
    private let draw: Mutex<DummyHash>

    /// Draws from `parameters` alone until a mix has been learned.
    init(key: SecretBytes, parameters: HashingParameters) {
        self.key = key
        self.parameters = parameters
        draw = Mutex(DummyHash(mix: [], parameters: parameters, key: key))
    }

    /// The hash for an identifier; no password matches it.
    func hash(for identifier: String) -> PasswordHash {
        draw.withLock { $0 }.hash(for: Array(identifier.utf8))
    }

    /// Takes over the mix of the stored hashes; unreadable shares are ignored.
    func learn(_ shares: [PasswordHashShare]) {
        let mix = shares.compactMap { share in
            PasswordHashCost(label: share.cost).map {
                DummyHash.Share(cost: $0, weight: Int(clamping: share.count))
            }
        }
        let learned = DummyHash(mix: mix, parameters: parameters, key: key)
        draw.withLock { $0 = learned }
    }
}
