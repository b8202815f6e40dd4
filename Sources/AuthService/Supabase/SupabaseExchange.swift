// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension SupabaseService {
    /// Exchanges the code of a mailed link, or of a provider, for a session.
    ///
    /// A code is good once, for five minutes and with the verifier of its flow alone; the third wrong one voids it. A code that links
    /// needs the access token (`token`) of the session that began to link, which is the session that is answered then.
    ///
    /// - Throws: `.validation` where one of both is missing, `.flowStateNotFound`, `.flowStateExpired`, `.badVerifier`,
    ///   `.userBanned`, `.noAuthorization`, `.identityExists`, and as a sign-in by a provider; `.service`.
    public func exchange(
        code: String?, verifier: String?, bearing token: String?, from client: ClientContext
    ) async throws(SupabaseError) -> SupabaseSession {
        _ = try settings
        guard let code, !code.isEmpty, let verifier, !verifier.isEmpty else {
            throw .validation(SupabaseSentence.missingCode)
        }
        let context = core.context(client)
        // What is no verifier counts as a wrong one.
        let shown = ProviderFlowSecrets.digest(ofVerifier: verifier) ?? []
        if let digest = ProviderFlowSecrets.digest(ofCode: code, .supabase) {
            return try await exchangeProviderCode(digest, shown, bearing: token, from: client, context)
        }
        guard let digest = SupabaseSecrets.digest(ofCode: code) else { throw .flowStateNotFound }
        let session = session(context)
        let outcome = try await native(at: .token) { () async throws(AuthError) in
            try await core.commit(at: context.now) { store throws(StoreError) in
                try await store.exchangeSupabaseCode(
                    digest, verifierDigest: shown, session: session, limit: core.settings.sessionLimit,
                    context: context)
            }
        }
        switch outcome {
        case .opened(let user, let opened, evicted: _): return try await signedIn(user, opened, context)
        case .unknown:
            try await native(at: .token) { () async throws(AuthError) in
                try await core.record(.signIn, refusal: "unknown_code", in: context)
            }
            throw .flowStateNotFound
        case .void: throw .flowStateNotFound
        case .expired: throw .flowStateExpired
        case .wrongVerifier: throw .badVerifier
        case .userDisabled: throw .userBanned
        case .limitReached: throw SupabaseError(.sessionLimitReached, at: .token)
        }
    }

    private func exchangeProviderCode(
        _ digest: [UInt8], _ shown: [UInt8], bearing token: String?, from client: ClientContext,
        _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseSession {
        switch try await redeem(digest, shown, by: nil, context) {
        case .accepted(let code): return try await arrive(by: code, context)
        case .wrongVerifier: throw try await refuse(.wrongVerifier, nil, context)
        case .unknown: break
        }
        guard let caller = try? await caller(bearing: token) else { throw try await refuse(.unknownCode, nil, context) }
        var linking = context
        linking.actor = caller.user.id
        switch try await redeem(digest, shown, by: caller, linking) {
        case .accepted(let code): return try await link(code, to: caller, linking)
        case .wrongVerifier: throw try await refuse(.wrongVerifier, caller, linking)
        case .unknown: throw try await refuse(.unknownCode, caller, linking)
        }
    }

    private func redeem(
        _ digest: [UInt8], _ shown: [UInt8], by caller: SupabaseCaller?, _ context: OperationContext
    ) async throws(SupabaseError) -> ProviderCodeOutcome {
        try await native(at: .token) { () async throws(AuthError) in
            try await core.inStore { store throws(StoreError) in
                try await store.redeemProviderCode(
                    digest, verifierDigest: shown, by: caller.map { ($0.user.id, $0.session.id) }, context: context)
            }
        }
    }

    /// Audits why a code of a provider is not taken.
    ///
    /// - Returns: The answer.
    private func refuse(
        _ reason: ProviderFlowRefusal, _ caller: SupabaseCaller?, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseError {
        await core.note(
            reason, of: caller == nil ? .signIn : .identityLinked, target: caller?.user.id,
            sessionID: caller?.session.id, context)
        return reason == .wrongVerifier ? .badVerifier : .flowStateNotFound
    }

    private func arrive(
        by code: ProviderCode, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseSession {
        // Since the callback the configuration may have changed.
        guard let connection = providers.connections.connection(to: code.provider) else { throw .flowStateNotFound }
        return try await arrive(as: code.profile, by: connection, context)
    }

    /// Signs a person in of whom a provider has told who they are.
    func arrive(
        as profile: ProviderProfile, by connection: ProviderConnection, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseSession {
        let arrived = try await native(at: .token) { () async throws(AuthError) in
            try await providers.open(
                ProviderArriving(
                    profile: profile, provider: connection.provider, scope: nil, device: nil, held: nil,
                    tokenProfile: RefreshTokens.supabaseProfile),
                context)
        }
        switch arrived {
        case .opened(let session, _, device: _): return try await answer(with: session, at: .token, context)
        case .pending(let pending):
            await core.noteProviderRefusal(
                ProviderFlowError.secondFactorRequired.rawValue, target: pending.userID, context)
            throw .insufficientLevel
        }
    }

    /// Links the identity of a code to the user of a live session, which goes on.
    private func link(
        _ code: ProviderCode, to caller: SupabaseCaller, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseSession {
        guard let connection = providers.connections.connection(to: code.provider) else { throw .flowStateNotFound }
        let identity = Identity(
            id: IdentityID(core.makeID(at: context.now)), userID: caller.user.id, provider: code.provider,
            subject: code.profile.subject, email: code.profile.email, emailIsVerified: code.profile.emailIsVerified,
            isBound: connection.provider.trust.provesAddress(in: code.profile), createdAt: context.now,
            lastUsedAt: context.now)
        let outcome = try await native(at: .token) { () async throws(AuthError) in
            try await core.commit(at: context.now) { store throws(StoreError) in
                try await store.link(identity, session: caller.session.id, context: context)
            }
        }
        switch outcome {
        case .linked, .alreadyYours: return try await answer(with: caller.session, at: .token, context)
        case .taken, .tooMany: throw .identityExists
        case .sessionOver: throw .noAuthorization
        }
    }
}
