// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthTokens

extension SupabaseService {
    /// Checks a user's access token, the user and the session behind it: of a session that was ended the token dies at once.
    ///
    /// Cost: two indexed reads.
    /// - Throws: `.noAuthorization` without a token, `.badJWT`, `.userNotFound`, `.userBanned`, `.sessionNotFound`, `.service`.
    public func caller(bearing token: String?) async throws(SupabaseError) -> SupabaseCaller {
        _ = try settings
        guard let token, !token.isEmpty else { throw .noAuthorization }
        let now = core.clock.now
        let claims: SupabaseTokenClaims
        do throws(TokenError) {
            claims = try tokenKeys.supabaseVerifier.verify(token, at: now)
        } catch {
            throw error == .uncheckable ? .service(.unavailable) : .badJWT
        }
        guard let id = UserID(parsing: claims.subject), let sessionID = SessionID(parsing: claims.sessionID) else {
            throw .badJWT
        }
        let found = try await native(at: .other) { () async throws(AuthError) -> (User?, Session?) in
            try await core.inStore { (store) async throws(StoreError) -> (User?, Session?) in
                (try await store.user(withID: id), try await store.session(sessionID, of: id))
            }
        }
        guard let user = found.0, user.deletedAt == nil else { throw .userNotFound }
        guard user.mayHoldSession(at: now) else { throw .userBanned }
        guard let session = found.1, session.ended == nil, now < session.expiresAt,
            session.profile.hasSameOctets(as: RefreshTokens.supabaseProfile)
        else { throw .sessionNotFound }
        return SupabaseCaller(user: user, session: session)
    }

    /// The caller as the API shows users.
    ///
    /// - Throws: `.userNotFound`, `.service`.
    public func profile(of caller: SupabaseCaller) async throws(SupabaseError) -> SupabaseProfile {
        try await profile(of: caller.user.id, at: .user)
    }

    /// Ends sessions of the caller, natively opened ones too: `global` (also by default) all, `local` this one, `others` all others.
    ///
    /// - Throws: `.validation` for another scope, `.service`.
    public func signOut(
        _ caller: SupabaseCaller, scope: String?, from client: ClientContext
    ) async throws(SupabaseError) {
        let context = core.context(client, actor: caller.user.id)
        let (id, session) = (caller.user.id, caller.session.id)
        switch WireText(scope ?? "") {
        case "", "global":
            _ = try await native(at: .user) { () async throws(AuthError) in
                try await issuer.endAll(of: id, reason: .signedOut, context)
            }
        case "local":
            _ = try await native(at: .user) { () async throws(AuthError) in
                try await issuer.end(session, of: id, reason: .signedOut, context)
            }
        case "others":
            _ = try await native(at: .user) { () async throws(AuthError) in
                try await issuer.endAll(of: id, except: session, reason: .revoked, context)
            }
        default: throw .validation(SupabaseSentence.badScope)
        }
    }

    /// The keys that verify this API's tokens and its API keys, as JSON: no other kinds than its clients read.
    public func jwks() -> [UInt8] {
        var published = tokenKeys.publicKeys.filter { key in
            key.algorithm.map { Self.publishedAlgorithms.contains($0) } ?? false
        }
        if let key = apiKeys.current?.publicJWK { published.append(key) }
        return JWKSet(published).serialized()
    }

    private static let publishedAlgorithms = Set(
        SignatureAlgorithm.allCases.filter { !$0.isSymmetric && $0 != .edDSA })

    /// What clients may know of the settings.
    public func publicSettings() -> SupabasePublicSettings {
        let settings = core.settings.supabase
        let isClosed =
            switch core.settings.registration {
            case .closed, .invitation: true
            case .open, .domains: false
            }
        return SupabasePublicSettings(
            providers: providers.list().map(\.name.text), isEmailOn: mail.canSend || settings?.autoconfirm == true,
            isAnonymousOn: settings?.isAnonymousAllowed == true, isSignUpDisabled: isClosed,
            isAutoconfirmed: settings?.autoconfirm == true)
    }
}
