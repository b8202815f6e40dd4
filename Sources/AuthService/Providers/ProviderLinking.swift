// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension ProviderService {
    /// The identities of the caller, the first linked first.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func identities(of principal: Principal) async throws(AuthError) -> [Identity] {
        try await core.inStore { store throws(StoreError) in try await store.identities(of: principal.user.id) }
    }

    /// Begins to link an identity to the caller.
    ///
    /// What comes back is good for ten minutes, and for this session: a browser that goes there comes back to `returnTo` with a
    /// code, and nothing is linked before ``link(code:verifier:by:from:)`` takes that in the same session. So a person who is
    /// led there by another one links nothing. `startURL` is the address at which ``start(_:_:from:)`` is reached for the
    /// provider. `challenge` is that of the verifier which the code needs; `nil` where the cookies of the session stand for it.
    ///
    /// - Returns: The address for the browser.
    /// - Throws: `.unknownProvider`, `.reauthenticationRequired`, `.invalid` as ``start(_:_:from:)``, `.tooManyIdentities`,
    ///   `.unavailable`, `.internalFailure`, `.cancelled`.
    public func startLinking(
        _ name: ProviderName, by principal: Principal, returnTo: String?, challenge: String?, startURL: String
    ) async throws(AuthError) -> String {
        _ = try connection(name)
        try core.requireRecentProof(of: principal)
        let context = core.context(ClientContext(), actor: principal.user.id)
        let digest: [UInt8] = if let challenge { try Self.challenge(challenge) } else { [] }
        let target = try await target(returnTo, context)
        guard try await identities(of: principal).count < ProviderLimits.identitiesPerUser else {
            throw .tooManyIdentities
        }
        let ticket = ProviderTicket(
            userID: principal.user.id, sessionID: principal.sessionID, returnTo: target, challenge: digest,
            expiresAt: context.now + ProviderFlowSecrets.lifetime)
        let sealed = secrets.seal(ticket.octets, for: .ticket(name), random: core.random)
        return ProviderURL.adding([("ticket", Base64URL.encode(sealed))], to: startURL)
    }

    /// Links the identity of a callback to the caller, in the session that began it.
    ///
    /// `verifier` is the one of the challenge at the start; `nil` where there was none.
    ///
    /// - Returns: The identity.
    /// - Throws: `.providerFlowInvalid` for a code that cannot be redeemed in this session; `.providerRefused` with
    ///   `.identityTaken` where another user has the identity, and with `.sessionChanged` where the session has ended
    ///   meanwhile; `.tooManyIdentities`, `.unavailable`, `.internalFailure`, `.cancelled`.
    public func link(
        code: String, verifier: String?, by principal: Principal, from client: ClientContext
    ) async throws(AuthError) -> Identity {
        let context = core.context(client, actor: principal.user.id)
        let redeemed = try await redeem(
            code, verifier: verifier, by: (principal.user.id, principal.sessionID), for: .identityLinked, context)
        guard let connection = connections.connection(to: redeemed.provider) else {
            throw await refusal(.unknownCode, of: .identityLinked, target: principal.user.id, context)
        }
        let profile = redeemed.profile
        let identity = Identity(
            id: IdentityID(core.makeID(at: context.now)), userID: principal.user.id, provider: redeemed.provider,
            subject: profile.subject, email: profile.email, emailIsVerified: profile.emailIsVerified,
            isBound: connection.provider.trust.provesAddress(in: profile), createdAt: context.now,
            lastUsedAt: context.now)
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.link(identity, session: principal.sessionID, context: context)
        }
        switch outcome {
        case .linked(let identity): return identity
        case .alreadyYours:
            let mine = try await identities(of: principal)
            guard let known = mine.first(where: { $0.subject == profile.subject }) else { throw .unavailable }
            return known
        case .taken: throw .providerRefused(.identityTaken)
        case .sessionOver: throw .providerRefused(.sessionChanged)
        case .tooMany: throw .tooManyIdentities
        }
    }

    /// Removes an identity of the caller, unless it is the last way in that works.
    ///
    /// Sessions stay. What counts is decided by `WaysIn`: two removals at once cannot take the last two ways.
    ///
    /// - Throws: `.reauthenticationRequired`, `.identityNotFound` also for one of another user, `.lastWayIn`, `.unavailable`,
    ///   `.internalFailure`, `.cancelled`.
    public func unlink(
        _ id: IdentityID, by principal: Principal, from client: ClientContext
    ) async throws(AuthError) {
        try core.requireRecentProof(of: principal)
        let context = core.context(client, actor: principal.user.id)
        let enabled = connections.names
        let signsInByMail = canMail && core.settings.signsInByMail
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.unlink(
                id, of: principal.user.id, enabled: enabled, signsInByMail: signsInByMail, context: context)
        }
        switch outcome {
        case .unlinked: return
        case .unknown: throw .identityNotFound
        case .lastWayIn: throw .lastWayIn
        }
    }
}
