// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension SessionService {
    /// Ends the session that the caller's token belongs to.
    ///
    /// Both its tokens are rejected from the next request on.
    ///
    /// - Throws: `.unavailable`, `.cancelled`.
    public func signOut(_ principal: Principal, from client: ClientContext) async throws(AuthError) {
        _ = try await end(principal.sessionID, of: principal, reason: .signedOut, from: client)
    }

    /// Ends all sessions of the caller, this one included.
    ///
    /// - Returns: How many there were.
    /// - Throws: `.reauthenticationRequired` where the caller's sign-in is not recent, `.unavailable`, `.cancelled`.
    @discardableResult
    public func signOutEverywhere(_ principal: Principal, from client: ClientContext) async throws(AuthError) -> Int {
        try core.requireRecentSignIn(of: principal)
        return try await issuer.endAll(
            of: principal.user.id, reason: .signedOut, core.context(client, actor: principal.user.id)
        ).count
    }

    /// Ends all sessions of the caller but this one.
    ///
    /// - Returns: How many there were.
    /// - Throws: `.reauthenticationRequired` where the caller's sign-in is not recent, `.unavailable`, `.cancelled`.
    @discardableResult
    public func signOutOthers(_ principal: Principal, from client: ClientContext) async throws(AuthError) -> Int {
        try core.requireRecentSignIn(of: principal)
        return try await issuer.endAll(
            of: principal.user.id, except: principal.sessionID, reason: .revoked,
            core.context(client, actor: principal.user.id)
        ).count
    }

    /// The caller's live sessions, the most recently refreshed first.
    ///
    /// - Throws: `.unavailable`, `.cancelled`.
    public func list(of principal: Principal) async throws(AuthError) -> [Session] {
        try await core.inStore { store throws(StoreError) in
            try await store.sessions(of: principal.user.id, aliveAt: core.clock.now)
        }
    }

    /// Ends one session of the caller.
    ///
    /// - Returns: Whether this call ended it; another user's session counts as unknown.
    /// - Throws: `.reauthenticationRequired` for another session than the caller's own where the caller's sign-in is not
    ///   recent, `.unavailable`, `.cancelled`.
    public func end(
        _ id: SessionID, of principal: Principal, reason: SessionEnd = .revoked, from client: ClientContext
    ) async throws(AuthError) -> Bool {
        if id != principal.sessionID { try core.requireRecentSignIn(of: principal) }
        return try await issuer.end(
            id, of: principal.user.id, reason: reason, core.context(client, actor: principal.user.id))
    }
}
