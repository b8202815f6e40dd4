// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore
import AuthTokens

/// Opens sessions for users who have signed in, makes their tokens, and ends them.
struct SessionIssuer: Sendable {
    let core: ServiceCore
    let keys: TokenKeys
    let refreshTokens: RefreshTokens
    let devices: DeviceTokens
    let metadata: TokenMetadataSource

    /// Whether a user is granted something of the scope that a session is asked for or was opened for.
    ///
    /// One that asks for nothing in particular, or explicitly for nothing, gets what there is. So does a user with a duty
    /// pending, whose tokens have an empty scope until it is done.
    func grants(_ scope: Scope?, to user: User) -> Bool {
        guard let scope, scope != .everything, scope != .none, core.pendingDuty(of: user) == nil else { return true }
        return scope.intersection(core.policy.granted(to: user.role, and: user.permissions)) != .none
    }

    /// Makes both tokens of a session for the user's current record.
    ///
    /// The access token's scope is what the session was opened for ∩ what the role grants now and the user has beside it, and
    /// it never outlives the session. While the user has a duty pending it has an empty scope, no role, and `0` as its `acr`, which OpenID
    /// Connect Core §2 keeps for what must not authorize access to anything of value: a service that only verifies tokens
    /// cannot know of the duty otherwise.
    func tokenPair(for session: Session, of user: User, at now: Timestamp) throws(AuthError) -> TokenPair {
        let isRestricted = core.pendingDuty(of: user) != nil
        // One value for both, so that the epoch belongs to what the role grants.
        let policy = core.policy
        let scope =
            isRestricted ? .none : session.scope.intersection(policy.granted(to: user.role, and: user.permissions))
        let roleEpoch = policy.roles.epoch(of: user.role)
        let carried: (app: JSONObject?, user: JSONObject?) =
            isRestricted ? (nil, nil) : metadata.metadata(of: user)
        let lifetime = min(core.settings.sessions.accessTokenLifetime, session.notAfter - now)
        let claims = AccessTokenClaims(
            issuer: core.settings.issuer, subject: user.id.description, audience: [core.settings.audience],
            expiresAtSeconds: (now + lifetime).seconds, issuedAtSeconds: now.seconds,
            tokenID: Base64URL.encode(core.random.bytes(count: 16)), sessionID: session.id.description,
            clientID: session.clientID ?? core.settings.firstPartyClientID, scope: scope.description,
            role: isRestricted ? nil : user.role.name,
            roleEpoch: isRestricted || roleEpoch == .first ? nil : roleEpoch.value,
            isEmailVerified: user.email == nil ? nil : user.isVerified,
            authenticatedAtSeconds: session.authenticatedAt.seconds,
            authenticationMethods: session.methods.map(\.name),
            authenticationContext: isRestricted ? "0" : String(session.assuranceLevel), epoch: user.epoch.value,
            appMetadata: carried.app, userMetadata: carried.user)
        return TokenPair(
            accessToken: try keys.sign(claims), refreshToken: refreshTokens.token(for: session), expiresIn: lifetime,
            refreshExpiresIn: session.expiresAt - now, scope: scope, sessionID: session.id, user: user)
    }

    /// A session for a user who has just signed in.
    func newSession(
        of user: UserID, _ scope: Scope?, methods: [AuthenticationMethod], level: Int64 = 1,
        profile: String = "authd", _ context: OperationContext
    ) -> Session {
        Session(
            id: SessionID(core.makeID(at: context.now)), userID: user, scope: scope ?? .everything,
            authenticatedAt: context.now, methods: methods, assuranceLevel: level, profile: profile,
            source: context.source,
            userAgent: context.userAgent, createdAt: context.now,
            notAfter: context.now + core.settings.sessions.absoluteLifetime,
            idleTimeout: core.settings.sessions.refreshTokenLifetime, rotation: RefreshState(rotatedAt: context.now))
    }

    /// Opens a session in place of the browser's previous one, which may be another user's.
    func open(
        _ session: Session, epoch: UserEpoch, replacing left: RefreshTokenContent?, _ context: OperationContext
    ) async throws(AuthError) -> TokenPair? {
        let own = left?.userID == session.userID ? left?.sessionID : nil
        let opening = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.openSession(
                session, expecting: epoch, limit: core.settings.sessionLimit, replacing: own, context: context)
        }
        switch opening {
        case .opened(let user, _): return try await pair(of: session, user, leaving: left, context)
        case .limitReached: throw .sessionLimitReached
        case .stale: return nil
        }
    }

    /// Redeems a proof of the mailbox and opens the session in one transaction, in place of the browser's previous one.
    func open(
        _ session: Session, redeeming proof: MailboxProof, replacing left: RefreshTokenContent?,
        _ context: OperationContext
    ) async throws(AuthError) -> TokenPair {
        let own = left?.userID == session.userID ? left?.sessionID : nil
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.redeemSignIn(
                proof, session: session, limit: core.settings.sessionLimit, replacing: own, context: context)
        }
        switch outcome {
        case .opened(let user, _, evicted: _): return try await pair(of: session, user, leaving: left, context)
        case .limitReached: throw .sessionLimitReached
        case .refused(let reason, let triesLeft): throw AuthError(reason, triesLeft: triesLeft)
        }
    }

    /// The tokens of a session that was just opened; the browser's previous one ends, if it was another user's.
    func pair(
        of session: Session, _ user: User, leaving left: RefreshTokenContent?, _ context: OperationContext
    ) async throws(AuthError) -> TokenPair {
        if let left, left.userID != session.userID {
            var context = context
            context.actor = left.userID
            _ = try await end(left.sessionID, of: left.userID, reason: .signedOut, context)
        }
        return try tokenPair(for: session, of: user, at: context.now)
    }

    /// Ends a session in the store, and then in this process at once.
    func end(
        _ id: SessionID, of userID: UserID, reason: SessionEnd, _ context: OperationContext
    ) async throws(AuthError) -> Bool {
        try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.endSession(id, of: userID, reason: reason, context: context)
        }
    }

    /// Ends every session of a user in the store, and then in this process at once.
    func endAll(
        of userID: UserID, except kept: SessionID? = nil, reason: SessionEnd, _ context: OperationContext
    ) async throws(AuthError) -> SessionsEnded {
        try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.endSessions(of: userID, except: kept, reason: reason, context: context)
        }
    }
}
