// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthTokens

extension SupabaseService {
    /// Why a credential is no secret key; the words of the audit log.
    private enum KeyRefusal: String {
        case origin = "key_with_origin"
        case unknown = "key_unknown"
        case revoked = "key_revoked"
        case expired = "key_expired"
        case anonymous = "key_without_rights"
        case userToken = "key_user_token"
        case unreadable = "key_unreadable"

        /// Whether the credential is authentic, and cannot do this.
        var answer: SupabaseError {
            switch self {
            case .origin, .anonymous, .userToken: .notAdmin
            case .unknown, .revoked, .expired, .unreadable: .badJWT
            }
        }
    }

    /// Checks that a credential is a secret key: of a token of a user, whatever it says, none is.
    ///
    /// `hasOrigin` says that the request names an `Origin`: secret keys do not belong into browsers. The row of a key is read on
    /// each call, so a revoked one is refused at once.
    ///
    /// Cost: no query for a text that is none of authd's; one indexed read for others, and a write within a minute's use.
    /// - Throws: `.noAuthorization` without a credential, `.notAdmin` for a browser, a key without rights and a user's token,
    ///   `.badJWT` for everything else that is no live key, `.service`.
    public func administrator(
        _ credential: SupabaseCredential?, hasOrigin: Bool, from client: ClientContext
    ) async throws(SupabaseError) -> SupabaseAdmin {
        let settings = try settings
        guard let text = credential?.text else { throw .noAuthorization }
        let context = core.context(client)
        let refusal: KeyRefusal
        if hasOrigin {
            refusal = .origin
        } else if SupabaseSecrets.isSecret(text) {
            switch try await opaqueKey(text, context) {
            case .success(let key): return await admin(key, context)
            case .failure(let fault): refusal = fault.reason
            }
        } else if SupabaseSecrets.isPublishable(text) {
            refusal = .anonymous
        } else {
            switch try await tokenKey(text, settings, context) {
            case .row(let key): return await admin(key, context)
            case .bare: return SupabaseAdmin(actor: UserID(UUIDv7(high: 0, low: 0)))
            case .refused(let reason): refusal = reason
            }
        }
        try? await core.record(.supabaseKeyRefused, refusal: refusal.rawValue, in: context)
        throw refusal.answer
    }

    private struct KeyFault: Error {
        let reason: KeyRefusal
    }

    private enum TokenKey {
        case row(SupabaseKey)
        case bare
        case refused(KeyRefusal)
    }

    private func opaqueKey(
        _ text: String, _ context: OperationContext
    ) async throws(SupabaseError) -> Result<SupabaseKey, KeyFault> {
        guard let digest = secrets.digest(ofKey: text) else { return .failure(KeyFault(reason: .unreadable)) }
        let found = try await native(at: .admin) { () async throws(AuthError) in
            try await core.inStore { store throws(StoreError) in try await store.supabaseKey(digest: digest) }
        }
        return Self.live(found, at: context.now)
    }

    private static func live(_ key: SupabaseKey?, at now: Timestamp) -> Result<SupabaseKey, KeyFault> {
        guard let key else { return .failure(KeyFault(reason: .unknown)) }
        guard key.revokedAt == nil else { return .failure(KeyFault(reason: .revoked)) }
        guard key.isLive(at: now) else { return .failure(KeyFault(reason: .expired)) }
        return .success(key)
    }

    /// Reads a credential that is a signed token: by `kid` it is an API key, a user's, or one of the bare form.
    private func tokenKey(
        _ text: String, _ settings: SupabaseSettings, _ context: OperationContext
    ) async throws(SupabaseError) -> TokenKey {
        guard let signed = try? SupabaseJWS(text) else { return .refused(.unreadable) }
        let key = try await native(at: .admin) { () async throws(AuthError) in try await apiKeys.key() }
        if let id = signed.header.keyID, id.hasSameOctets(as: key.id) {
            guard let payload = try? signed.payload(signedWith: key.verificationKey),
                let claims = try? SupabaseKeyClaims(payload: payload)
            else { return .refused(.unreadable) }
            return try await rowKey(claims, context)
        }
        let isOfRing = signed.header.keyID.map { tokenKeys.verifiesWithKey($0) } ?? false
        if !isOfRing, let bare = settings.bareSecret,
            let payload = try? signed.payload(signedWith: bare.verificationKey)
        {
            guard let claims = try? SupabaseKeyClaims(payload: payload) else { return .refused(.unreadable) }
            if let end = claims.expiresAtSeconds, end <= context.now.seconds { return .refused(.expired) }
            let isAdmin = Self.bareRoles.contains(WireText(claims.role))
            return isAdmin ? .bare : .refused(.anonymous)
        }
        return .refused(tokenKeys.verifiesUserToken(text) ? .userToken : .unreadable)
    }

    private static let bareRoles: Set<WireText> = ["service_role", "supabase_admin"]

    /// A service key needs its row, its id and its end.
    private func rowKey(
        _ claims: SupabaseKeyClaims, _ context: OperationContext
    ) async throws(SupabaseError) -> TokenKey {
        guard claims.role.hasSameOctets(as: Self.serviceRole) else { return .refused(.anonymous) }
        guard let id = claims.tokenID.flatMap({ SupabaseKeyID(parsing: $0) }), let end = claims.expiresAtSeconds else {
            return .refused(.unreadable)
        }
        guard context.now.seconds < end else { return .refused(.expired) }
        let found = try await native(at: .admin) { () async throws(AuthError) in
            try await core.inStore { store throws(StoreError) in try await store.supabaseKey(id) }
        }
        guard found.map({ $0.form == .jwt }) ?? true else { return .refused(.unknown) }
        switch Self.live(found, at: context.now) {
        case .success(let key): return .row(key)
        case .failure(let fault): return .refused(fault.reason)
        }
    }

    /// Takes a use in, at most once a minute; where that fails the key is good all the same.
    private func admin(_ key: SupabaseKey, _ context: OperationContext) async -> SupabaseAdmin {
        if key.isUseDue(at: context.now) {
            _ = try? await core.inStore { store throws(StoreError) in
                try await store.noteSupabaseKeyUse(key.id, at: context.now)
            }
        }
        return SupabaseAdmin(actor: UserID(key.id.uuid))
    }
}
