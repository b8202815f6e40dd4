// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore
public import AuthTokens

/// How access tokens are signed.
public enum TokenSigning: Sendable {
    /// With keys that the service makes, keeps sealed in the store, rotates and publishes.
    ///
    /// `rotationPeriod` is how long each signs; `nil` rotates on demand alone.
    case stored(SignatureAlgorithm, rotationPeriod: Duration?)
    /// With one secret that resource servers hold too, and earlier ones that are still accepted.
    ///
    /// - Warning: A service that can verify such a token can also issue one.
    case shared(SigningKey, previous: [SigningKey])
}

/// A signing key as an operator sees it.
public struct SigningKeyDescription: Hashable, Sendable {
    /// The `kid`.
    public let id: String
    /// The JOSE algorithm.
    public let algorithm: String
    /// The key's state in its life cycle.
    public let state: SigningKeyState
    /// When it was made.
    public let createdAt: Timestamp
    /// When it entered its state.
    public let stateChangedAt: Timestamp
}

extension SigningKeyDescription {
    /// The part of a stored key that is not secret.
    init(_ key: StoredSigningKey) {
        self.init(
            id: key.id, algorithm: key.algorithm, state: key.state, createdAt: key.createdAt,
            stateChangedAt: key.stateChangedAt)
    }
}
