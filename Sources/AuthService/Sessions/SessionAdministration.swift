// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension SessionService {
    /// A user's live sessions, the most recently refreshed first.
    ///
    /// - Throws: `.userNotFound`, `.unavailable`, `.cancelled`.
    public func list(ofUser id: UserID) async throws(AuthError) -> [Session] {
        let sessions = try await core.inStore { store throws(StoreError) in
            try await store.sessions(of: id, aliveAt: core.clock.now)
        }
        if sessions.isEmpty { _ = try await core.user(withID: id) }
        return sessions
    }

    /// Ends one session of a user.
    ///
    /// Both its tokens are rejected from the next request on.
    ///
    /// - Returns: Whether this call ended it; another user's session counts as unknown.
    /// - Throws: `.unavailable`, `.cancelled`.
    public func end(
        _ id: SessionID, ofUser userID: UserID, by administrator: Administrator, from client: ClientContext
    ) async throws(AuthError) -> Bool {
        try await issuer.end(id, of: userID, reason: .revoked, core.context(client, actor: administrator.id))
    }

    /// Ends all sessions of a user.
    ///
    /// - Returns: How many there were.
    /// - Throws: `.userNotFound`, `.unavailable`, `.cancelled`.
    @discardableResult
    public func endAll(
        ofUser id: UserID, by administrator: Administrator, from client: ClientContext
    ) async throws(AuthError) -> Int {
        let ended = try await issuer.endAll(
            of: id, reason: .revoked, core.context(client, actor: administrator.id))
        guard ended.epoch != nil else { throw .userNotFound }
        return ended.count
    }
}
