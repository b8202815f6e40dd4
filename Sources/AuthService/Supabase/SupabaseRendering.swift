// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension SessionIssuer {
    /// The longest metadata in octets that a token of Supabase's API carries, of both kinds together; longer ones are left out.
    static let supabaseMetadataBytes = 4_096

    /// Makes both tokens of a session of Supabase's API for the user's current record.
    ///
    /// The access token never outlives the session. Its `role` is always the same: it opens nothing but what policies of a
    /// database give each user.
    func supabaseSession(
        for session: Session, of record: SupabaseRecord, by settings: SupabaseSettings, at now: Timestamp
    ) throws(AuthError) -> SupabaseSession {
        let user = record.user
        let profile = SupabaseProfile(record, autoconfirm: settings.autoconfirm)
        let lifetime = min(core.settings.sessions.accessTokenLifetime, session.notAfter - now)
        var (app, own) = (profile.appMetadata, profile.userMetadata)
        let size = JSONValue.object(app).serialized.count + JSONValue.object(own).serialized.count
        if size > Self.supabaseMetadataBytes {
            metadata.noteLeftOut(of: user.id)
            (app, own) = (JSONObject(), JSONObject())
        }
        let claims = SupabaseTokenClaims(
            issuer: settings.baseURL, subject: user.id.description, audience: settings.audience,
            expiresAtSeconds: (now + lifetime).seconds, issuedAtSeconds: now.seconds,
            email: user.email?.canonical ?? "", appMetadata: app, userMetadata: own,
            role: SupabaseService.userRole, aal: session.assuranceLevel >= 2 ? "aal2" : "aal1",
            methods: SupabaseView.amr(session.methods), sessionID: session.id.description,
            isAnonymous: user.isAnonymous)
        return SupabaseSession(
            accessToken: try keys.signSupabase(claims.serialized()), refreshToken: refreshTokens.token(for: session),
            expiresIn: lifetime, expiresAt: now + lifetime, profile: profile)
    }

    /// A session of Supabase's API; the store may give it another user and other methods.
    func newSupabaseSession(
        of user: UserID, methods: [AuthenticationMethod], _ context: OperationContext
    ) -> Session {
        newSession(
            of: user, nil, methods: methods, profile: RefreshTokens.supabaseProfile, context)
    }
}

extension SupabaseService {
    /// The one role of users' tokens.
    static let userRole = "authenticated"
    /// For how long the API tells when a mail was sent.
    static let mailsTold = Duration.seconds(86_400)

    /// A user as this API shows users.
    ///
    /// - Throws: `.userNotFound`, `.service`.
    func record(of id: UserID, at surface: SupabaseSurface) async throws(SupabaseError) -> SupabaseRecord {
        let since = core.clock.now - Self.mailsTold
        let record = try await native(at: surface) { () async throws(AuthError) in
            try await core.inStore { store throws(StoreError) in
                try await store.supabaseRecord(of: id, mailsSince: since)
            }
        }
        guard let record else { throw .userNotFound }
        return record
    }

    /// The same, rendered.
    func profile(of id: UserID, at surface: SupabaseSurface) async throws(SupabaseError) -> SupabaseProfile {
        let autoconfirm = try settings.autoconfirm
        return SupabaseProfile(try await record(of: id, at: surface), autoconfirm: autoconfirm)
    }

    /// The tokens of a session that is open.
    func answer(
        with session: Session, at surface: SupabaseSurface, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseSession {
        let settings = try settings
        let record = try await record(of: session.userID, at: surface)
        do throws(AuthError) {
            return try issuer.supabaseSession(for: session, of: record, by: settings, at: context.now)
        } catch {
            throw SupabaseError(error, at: surface)
        }
    }
}
