// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// What revoking a signing key would put an end to, as far as can be told beforehand.
public struct KeyRevocationImpact: Hashable, Sendable {
    /// The key.
    public let key: SigningKeyDescription
    /// Since when it may have signed; `nil` where it has signed nothing.
    public let signedFrom: Timestamp?
    /// Until when it signed; `nil` where it still does, or has signed nothing.
    public let signedUntil: Timestamp?
    /// Until when its tokens would have been accepted; `nil` where there are none.
    public let tokensLiveUntil: Timestamp?
    /// How many sessions may hold one of its tokens, at most; `nil` where they could not be counted.
    public let sessionCount: Int64?
}

/// What revoking a signing key came to.
public enum KeyRevocationOutcome: Hashable, Sendable {
    /// Nothing that it signed is accepted any more; this key signs now.
    case revoked(active: String)
    /// It was accepted no longer before.
    case alreadyRetired
    /// There is no such key.
    case unknown
}

extension KeyService {
    /// What revoking a key would put an end to.
    ///
    /// Refresh tokens are not among it: clients get another access token and go on.
    ///
    /// - Returns: `nil` where there is no such key.
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
        // When it began is not kept: not before it was made.
        case .retiring, .retired: (signedFrom, signedUntil) = (key.createdAt, key.stateChangedAt)
        }
        let end = (signedUntil ?? now) + lifetime
        guard signedFrom != nil, key.state != .retired, end > now else {
            return KeyRevocationImpact(
                key: key, signedFrom: signedFrom, signedUntil: signedUntil, tokensLiveUntil: nil, sessionCount: 0)
        }
        // Who has to revoke a key must not be kept from it by a count.
        let count = try? await core.inStore { store throws(StoreError) in
            try await store.sessionCount(usedSince: now - lifetime, aliveAt: now)
        }
        return KeyRevocationImpact(
            key: key, signedFrom: signedFrom, signedUntil: signedUntil, tokensLiveUntil: end, sessionCount: count)
    }

    /// Accepts nothing more that a key signed; where it was the active one, another is activated in the same transaction.
    ///
    /// This process refuses its tokens from the next request on, the others as soon as they read the feed. Verifiers
    /// elsewhere do when they follow the feed, or fetch the key set again.
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
