// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension SessionService {
    /// Exchanges a refresh token for a new pair.
    ///
    /// Presenting one token several times at once, or again within the grace time, gives the same successor; presenting
    /// a superseded one revokes the session, because one of its two holders is a thief and the service cannot tell
    /// which.
    ///
    /// Cost: one indexed update; an invalid token is rejected without a query. No password hashing.
    /// - Throws: `.badRefreshToken`, `.sessionNotFound`, `.sessionExpired`, `.sessionEnded`, `.refreshReused`,
    ///   `.userDisabled`, `.scopeNotGranted` where the user is no longer granted anything of the scope that the
    ///   session was opened for, which ends it; `.unavailable` (then nothing was spent, or presenting the token again is answered the same),
    ///   `.cancelled`.
    /// - Source: RFC 9700 §4.14.2.
    public func refresh(_ token: String, from client: ClientContext) async throws(AuthError) -> TokenPair {
        guard let content = issuer.refreshTokens.content(of: token) else { throw .badRefreshToken }
        let context = core.context(client, actor: content.userID)
        let presentation = RefreshPresentation(
            sessionID: content.sessionID, userID: content.userID, counter: content.counter,
            grace: core.settings.sessions.refreshGrace)
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.refresh(presentation, context: context)
        }
        switch outcome {
        case .accepted(let session, let user, _):
            guard issuer.grants(session.scope, to: user) else {
                let error = AuthError.scopeNotGranted
                try await recordRefusal(error.reason, of: content, context)
                // Ended, so that presenting the spent token again is not taken for a theft.
                _ = try await issuer.end(session.id, of: user.id, reason: .revoked, context)
                throw error
            }
            return try issuer.tokenPair(for: session, of: user, at: context.now)
        case .unknown:
            try await recordRefusal("unknown_session", of: content, context)
            throw .sessionNotFound
        case .refused(.reused):
            core.observe(.refreshReused(content.userID, content.sessionID))
            throw .refreshReused
        case .refused(.ended(let reason)):
            try await recordRefusal(reason.rawValue, of: content, context)
            throw .sessionEnded(reason)
        case .refused(.expired):
            try await recordRefusal("expired", of: content, context)
            throw .sessionExpired
        case .refused(.userDisabled):
            try await recordRefusal("user_disabled", of: content, context)
            throw .userDisabled
        }
    }

    private func recordRefusal(
        _ reason: String, of content: RefreshTokenContent, _ context: OperationContext
    ) async throws(AuthError) {
        try await core.record(
            .refreshRefused, refusal: reason, target: content.userID, sessionID: content.sessionID, in: context)
    }
}
