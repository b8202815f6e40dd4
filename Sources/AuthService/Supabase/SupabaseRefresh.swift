// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension SupabaseService {
    /// Exchanges a refresh token of this API for a new pair, as natively: also what reuse leads to is the same.
    ///
    /// Cost: one indexed update and one read; an invalid token is rejected without a query.
    /// - Throws: `.validation` without a token, `.refreshTokenNotFound`, `.sessionNotFound`, `.refreshTokenUsed`,
    ///   `.sessionExpired`, `.userBanned`, `.service`.
    public func refresh(_ token: String?, from client: ClientContext) async throws(SupabaseError) -> SupabaseSession {
        _ = try settings
        guard let token, !token.isEmpty else { throw .validation(SupabaseSentence.missingRefreshToken) }
        guard let content = issuer.refreshTokens.supabaseContent(of: token) else { throw .refreshTokenNotFound }
        let context = core.context(client, actor: content.userID)
        let presentation = RefreshPresentation(
            sessionID: content.sessionID, userID: content.userID, counter: content.counter,
            grace: core.settings.sessions.refreshGrace)
        let outcome = try await native(at: .token) { () async throws(AuthError) in
            try await core.commit(at: context.now) { store throws(StoreError) in
                try await store.refresh(presentation, context: context)
            }
        }
        let reason: String
        let error: SupabaseError
        switch outcome {
        case .accepted(let session, _, _): return try await answer(with: session, at: .token, context)
        case .unknown: (reason, error) = ("unknown_session", .sessionNotFound)
        case .refused(.reused):
            // The store has audited it.
            core.observe(.refreshReused(content.userID, content.sessionID))
            throw .refreshTokenUsed
        case .refused(.ended(.refreshReused)):
            (reason, error) = (SessionEnd.refreshReused.rawValue, .refreshTokenUsed)
        case .refused(.ended(let end)): (reason, error) = (end.rawValue, .sessionNotFound)
        case .refused(.expired): (reason, error) = ("expired", .sessionExpired)
        case .refused(.userDisabled): (reason, error) = ("user_disabled", .userBanned)
        }
        try await native(at: .token) { () async throws(AuthError) in
            try await core.record(
                .refreshRefused, refusal: reason, target: content.userID, sessionID: content.sessionID, in: context)
        }
        throw error
    }
}
