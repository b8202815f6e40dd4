// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a signing key, in the order in which statements name and read them.
enum SigningKeyColumns {
    /// The columns that make a key.
    static let list = SQLColumns(
        "id, algorithm, state, sealed_private_key, public_jwk, created_at_us, state_changed_at_us")

    /// The key in a row.
    static func key(in row: SQLRow) throws(StoreError) -> StoredSigningKey {
        guard let state = SigningKeyState(rawValue: try row.text(2)) else {
            throw .corrupt("a signing key's state is not a known one")
        }
        return StoredSigningKey(
            id: try row.text(0), algorithm: try row.text(1), state: state, sealedPrivateKey: try row.bytes(3),
            publicJWK: try row.text(4), createdAt: try row.time(5), stateChangedAt: try row.time(6))
    }

    /// The values of ``list``.
    static func values(_ key: StoredSigningKey) -> [SQLValue] {
        [
            .text(key.id), .text(key.algorithm), .text(key.state.rawValue), .bytes(key.sealedPrivateKey),
            .text(key.publicJWK), .time(key.createdAt), .time(key.stateChangedAt),
        ]
    }
}
