// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore
import AuthTokens

extension SupabaseService {
    /// How long an API key lives by default.
    public static let keyLifetime = Duration.seconds(365 * 86_400)
    /// No key lives longer.
    private static let longestLifetime = Duration.seconds(100 * 365 * 86_400)
    /// A key with less left than this is not given out again.
    private static let shortestRest = Duration.seconds(30 * 86_400)
    /// The issuer in API keys, as Supabase has it.
    private static let keyIssuer = "supabase"

    /// Makes a pair of API keys: one for clients, which means nothing here, and a secret one.
    ///
    /// A pair of tokens is given out again, with the same claims, while its secret key is live and has thirty days left, unless
    /// `isNew`. An opaque secret key is always new: its text is nowhere stored. Works while the API is off, too.
    ///
    /// - Throws: `.tooManyKeys` where as many of this form are live as may be, `.invalid` for a name that is too long or empty,
    ///   `.unavailable`, `.internalFailure`, `.cancelled`.
    public func makeKeys(
        _ form: SupabaseKey.Form, name: String, lifetime: Duration, isNew: Bool, from client: ClientContext
    ) async throws(AuthError) -> SupabaseKeyTexts {
        let name = TypedText.trimmed(name)
        guard (1...SupabaseKey.maximumNameBytes).contains(name.utf8.count) else {
            throw .invalid([FieldViolation(field: "name", .malformed)])
        }
        let context = core.context(client)
        let id = SupabaseKeyID(core.makeID(at: context.now))
        let expiresAt = context.now + min(max(lifetime, .seconds(60)), Self.longestLifetime)
        switch form {
        case .opaque:
            let made = secrets.makeKey(id, random: core.random)
            let key = SupabaseKey(
                id: id, form: .opaque, digest: made.digest, name: name, creator: nil, createdAt: context.now,
                expiresAt: expiresAt)
            try await add(key, context)
            return SupabaseKeyTexts(
                anonymous: secrets.makePublishableKey(random: core.random), service: made.text, key: key)
        case .jwt:
            let signing = SupabaseTokenIssuer(try await apiKeys.key())
            if !isNew, let live = try await newestToken(at: context.now) {
                return try texts(of: live, signedWith: signing)
            }
            let key = SupabaseKey(
                id: id, form: .jwt, digest: nil, name: name, creator: nil, createdAt: context.now,
                expiresAt: expiresAt)
            try await add(key, context)
            return try texts(of: key, signedWith: signing)
        }
    }

    /// Every key that is kept, the newest first.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func keys() async throws(AuthError) -> [SupabaseKey] {
        try await core.inStore { store throws(StoreError) in try await store.supabaseKeys() }
    }

    /// Revokes a key: from the next request on, no process accepts it.
    ///
    /// - Returns: The key; `nil` where there is none of this id.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func revokeKey(_ id: SupabaseKeyID, from client: ClientContext) async throws(AuthError) -> SupabaseKey? {
        let context = core.context(client)
        return try await core.inStore { store throws(StoreError) in
            try await store.revokeSupabaseKey(id, context: context)
        }
    }

    private func add(_ key: SupabaseKey, _ context: OperationContext) async throws(AuthError) {
        let isAdded = try await core.inStore { store throws(StoreError) in
            try await store.addSupabaseKey(key, context: context)
        }
        guard isAdded else { throw .tooManyKeys }
    }

    private func newestToken(at now: Timestamp) async throws(AuthError) -> SupabaseKey? {
        try await keys().first { $0.form == .jwt && $0.isLive(at: now) && now + Self.shortestRest <= $0.expiresAt }
    }

    /// The pair of a row: the same texts each time but for the signatures.
    private func texts(
        of key: SupabaseKey, signedWith signing: SupabaseTokenIssuer
    ) throws(AuthError) -> SupabaseKeyTexts {
        do throws(KeyError) {
            let anonymous = try signing.token(payload: Self.payload("anon", of: key, isSecret: false))
            let service = try signing.token(payload: Self.payload(Self.serviceRole, of: key, isSecret: true))
            return SupabaseKeyTexts(anonymous: MailToken(anonymous), service: MailToken(service), key: key)
        } catch {
            core.observe(.signingKeyFailed(reason: error.code))
            throw .internalFailure
        }
    }

    private static func payload(_ role: String, of key: SupabaseKey, isSecret: Bool) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { claims in
            claims.member("iss", keyIssuer)
            claims.member("role", role)
            claims.member("iat", key.createdAt.seconds)
            claims.member("exp", key.expiresAt.seconds)
            if isSecret { claims.member("jti", key.id.description) }
        }
        return writer.bytes
    }

    static let serviceRole = "service_role"
}
