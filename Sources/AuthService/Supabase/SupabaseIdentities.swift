// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension SupabaseService {
    /// Begins to link an identity to the caller.
    ///
    /// Nothing is linked before the exchange of the code that comes back, in this session and with the verifier of the challenge:
    /// so a person who is led there by another one links nothing.
    ///
    /// `scopes` and `parameters` are as for ``departure(provider:returning:scopes:parameters:ticket:from:)``.
    ///
    /// - Returns: The address for the browser.
    /// - Throws: `.manualLinkingDisabled`, `.noAuthorization` for an anonymous user, `.validation` without a challenge and for a
    ///   provider that there is none, `.reauthenticationNeeded`, `.identityExists` where there are as many as may be, `.service`.
    public func linkURL(
        _ caller: SupabaseCaller, provider: String?, returning: SupabaseReturn, scopes: String?,
        parameters more: [(String, String)], from client: ClientContext
    ) async throws(SupabaseError) -> String {
        let settings = try settings
        try checkLinking(by: caller, settings)
        let connection = try connection(provider)
        guard !returning.challenge.isEmpty else { throw .validation(SupabaseSentence.needsChallenge) }
        let identities = try await native(at: .user) { () async throws(AuthError) in
            try await core.inStore { store throws(StoreError) in try await store.identities(of: caller.user.id) }
        }
        guard identities.count < ProviderLimits.identitiesPerUser else { throw .identityExists }
        let name = connection.provider.name
        let ticket = ProviderTicket(
            userID: caller.user.id, sessionID: caller.session.id,
            returnTo: returning.target(by: settings.redirects).text, challenge: returning.challenge,
            expiresAt: core.clock.now + ProviderFlowSecrets.lifetime)
        let sealed = providers.secrets.seal(ticket.octets, for: .supabaseTicket(name), random: core.random)
        var parameters = [("provider", name.text), ("ticket", Base64URL.encode(sealed))]
        if let scopes = scopes.flatMap(Self.nonEmpty) { parameters.append(("scopes", scopes)) }
        parameters += Self.passedOn(more)
        return ProviderURL.adding(parameters, to: settings.baseURL + "/authorize")
    }

    /// Removes an identity of the caller, unless it is the last way in that works, or the one by e-mail.
    ///
    /// - Throws: `.manualLinkingDisabled`, `.noAuthorization` for an anonymous user, `.reauthenticationNeeded`, `.singleIdentity`,
    ///   `.identityNotFound`, `.service`.
    public func unlink(
        _ identityID: String, of caller: SupabaseCaller, from client: ClientContext
    ) async throws(SupabaseError) {
        let settings = try settings
        try checkLinking(by: caller, settings)
        guard let id = IdentityID(parsing: identityID) else { throw .identityNotFound }
        guard id.uuid != SupabaseView.emailIdentityID(of: caller.user.id) else { throw .singleIdentity }
        let context = core.context(client, actor: caller.user.id)
        let enabled = providers.connections.names
        // A code that is mailed signs in here, whatever the native API offers.
        let signsInByMail = mail.canSend
        let outcome = try await native(at: .user) { () async throws(AuthError) in
            try await core.commit(at: context.now) { store throws(StoreError) in
                try await store.unlink(
                    id, of: caller.user.id, enabled: enabled, signsInByMail: signsInByMail, context: context)
            }
        }
        switch outcome {
        case .unlinked: return
        case .unknown: throw .identityNotFound
        case .lastWayIn: throw .singleIdentity
        }
    }

    private func checkLinking(
        by caller: SupabaseCaller, _ settings: SupabaseSettings
    ) throws(SupabaseError) {
        guard settings.linksManually else { throw .manualLinkingDisabled }
        guard !caller.user.isAnonymous else { throw .noAuthorization }
        guard
            SupabaseProof.isShown(
                by: caller.session, user: caller.user, recent: recentProof,
                recovery: core.settings.passwordResetLifetime, at: core.clock.now)
        else { throw .reauthenticationNeeded }
    }
}
