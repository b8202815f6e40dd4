// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// The impact of revoking a signing key, as far as it is known beforehand.
public struct KeyRevocationImpact: Hashable, Sendable {
    /// The key.
    public let key: SigningKeyDescription
    /// Since when it may have signed; `nil` if it has signed nothing.
    public let signedFrom: Timestamp?
    /// Until when it signed; `nil` where it still does, or has signed nothing.
    public let signedUntil: Timestamp?
    /// Until when its tokens would have been accepted; `nil` where there are none.
    public let tokensLiveUntil: Timestamp?
    /// How many sessions may hold one of its tokens, at most; `nil` where they could not be counted.
    public let sessionCount: Int64?
}

/// The outcome of revoking a signing key.
public enum KeyRevocationOutcome: Hashable, Sendable {
    /// No token that it signed is accepted any more; this key signs now.
    case revoked(active: String)
    /// It was retired before.
    case alreadyRetired
    /// The key does not exist.
    case unknown
}

extension KeyService {
    /// The impact of revoking a key.
    ///
    /// Refresh tokens are not affected: clients get another access token and continue.
    ///
    /// - Returns: `nil` if the key does not exist.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func impact(ofRevoking id: String) async throws(AuthError) -> KeyRevocationImpact? {
        let now = core.clock.now
        guard let key = try await list().first(where: { $0.id == id }) else { return nil }
        let lifetime = core.settings.sessions.accessTokenLifetime + core.settings.clockLeeway
        let signedFrom: Timestamp?
        let signedUntil: Timestamp?
        switch key.state {
        case .pending: (signedFrom, signedUntil) = (nil, nil)
        case .active: (signedFrom, signedUntil) = (key.stateChangedAt, nil)
        // The start of signing is not stored: not before the key was made.
        case .retiring, .retired: (signedFrom, signedUntil) = (key.createdAt, key.stateChangedAt)
        }
        let end = (signedUntil ?? now) + lifetime
        guard signedFrom != nil, key.state != .retired, end > now else {
            return KeyRevocationImpact(
                key: key, signedFrom: signedFrom, signedUntil: signedUntil, tokensLiveUntil: nil, sessionCount: 0)
        }
        // A failed count must not keep an operator from revoking a key.
        let count = try? await core.inStore { store throws(StoreError) in
            try await store.sessionCount(usedSince: now - lifetime, aliveAt: now)
        }
        return KeyRevocationImpact(
            key: key, signedFrom: signedFrom, signedUntil: signedUntil, tokensLiveUntil: end, sessionCount: count)
    }

    /// Rejects every token that a key signed; if it was the active one, another is activated in the same transaction.
    ///
    /// This process rejects its tokens from the next request on, the others as soon as they read the feed. Other
    /// verifiers do when they follow the feed, or fetch the key set again.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func revoke(_ id: String) async throws(AuthError) -> KeyRevocationOutcome {
        guard let key = try await list().first(where: { $0.id == id }) else { return .unknown }
        guard key.state != .retired else { return .alreadyRetired }
        try await perform(.revoke(id))
        let keys = try await list()
        guard keys.first(where: { $0.id == id })?.state == .retired,
            let active = keys.first(where: { $0.state == .active })
        else { throw .internalFailure }
        return .revoked(active: active.id)
    }
}
