// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension SupabaseService {
    /// Begins a sign-in by a provider, or a link where a ticket of ``linkURL(_:provider:returning:scopes:parameters:from:)`` is given.
    ///
    /// `scopes` are asked for beside those of the configuration, and `parameters` are passed on but for those that the flow itself
    /// has. Nothing is stored.
    ///
    /// - Throws: `.validation` for a provider that there is none, for scopes that cannot be passed on, for a ticket that is none,
    ///   and for the implicit flow where it is off; `.badOAuthCallback` where the provider cannot be reached, `.service`.
    public func departure(
        provider: String?, returning: SupabaseReturn, scopes: String?, parameters: [(String, String)],
        ticket: String?, from client: ClientContext
    ) async throws(SupabaseError) -> ProviderDeparture {
        let settings = try settings
        let connection = try connection(provider)
        let name = connection.provider.name
        let context = core.context(client)
        let asked = try Self.scopes(scopes)
        let content: ProviderFlowContent
        if let ticket = ticket.flatMap(Self.nonEmpty) {
            guard
                let open = providers.secrets.open(text: ticket, for: .supabaseTicket(name))
                    .flatMap({ ProviderTicket($0) }),
                context.now < open.expiresAt,
                let flow = SupabaseProviderFlow(challenge: open.challenge, user: open.userID, session: open.sessionID)
            else {
                await core.note(.unknownTicket, of: .identityLinked, context)
                throw .validation(SupabaseSentence.badTicket)
            }
            content = ProviderFlowContent(
                mode: .supabase(flow), returnTo: open.returnTo, scope: nil, isRemembered: true)
        } else {
            guard !returning.challenge.isEmpty || settings.allowsImplicitFlow else {
                throw .validation(SupabaseSentence.implicitDisabled)
            }
            content = ProviderFlowContent(
                mode: .supabase(SupabaseProviderFlow(challenge: returning.challenge)),
                returnTo: returning.target(by: settings.redirects).text, scope: nil, isRemembered: true)
        }
        return try await native(at: .other) { () async throws(AuthError) in
            try await providers.depart(
                to: connection, content, redirectURI: Self.callback(name, by: settings), scopes: asked,
                parameters: Self.passedOn(parameters), context)
        }
    }

    /// Ends a flow of a provider, when the browser comes back; as natively, it counts once, and only in the browser that holds
    /// `cookie`.
    ///
    /// With a challenge the browser takes a code along, without one the tokens themselves. An identity is linked by the exchange
    /// alone, never here.
    ///
    /// - Returns: Where the browser goes; `nil` for a callback that belongs to no flow of this browser, or to one of the native API.
    public func finish(
        _ name: ProviderName, _ callback: ProviderCallback, cookie: String?, from client: ClientContext
    ) async -> String? {
        guard let settings = core.settings.supabase else { return nil }
        let context = core.context(client)
        guard let connection = providers.connections.connection(to: name),
            let flow = providers.secrets.flow(of: callback.state, .state, for: name)
        else {
            await core.note(.unknownState, context)
            return nil
        }
        guard let cookie,
            let octets = providers.secrets.open(text: cookie, for: .cookie(state: callback.state)),
            let content = ProviderFlowContent(octets), case .supabase(let own) = content.mode
        else {
            await core.note(.foreignBrowser, context)
            return nil
        }
        // The settings may be others than at the start.
        let target = settings.redirects.admits(content.returnTo) ?? settings.redirects.site
        do throws(ProviderFailure) {
            let profile = try await providers.profile(
                of: callback, flow, connection, redirectURI: Self.callback(name, by: settings), context)
            return try await end(own, profile, connection, at: target, settings, context)
        } catch {
            if let reason = error.reason {
                await core.noteProviderRefusal(reason, of: content.action, target: content.userID, context)
            }
            let parameters = SupabaseRedirectFault(error.answer).parameters
            return own.challenge.isEmpty
                ? target.adding(fragment: parameters) : target.adding(query: parameters, fragment: parameters)
        }
    }

    /// Keeps what a provider has posted until the browser comes back with a GET, as natively.
    ///
    /// - Returns: The state, for the GET.
    /// - Throws: `.badOAuthState`, `.providerDisabled`, `.service`.
    public func park(
        _ name: ProviderName, _ callback: ProviderCallback, from client: ClientContext
    ) async throws(SupabaseError) -> String {
        _ = try settings
        do throws(AuthError) {
            return try await providers.park(name, callback, from: client)
        } catch .providerFlowInvalid {
            throw .badOAuthState
        } catch {
            throw SupabaseError(error, at: .other)
        }
    }

    /// The configured provider of a name as typed.
    func connection(_ text: String?) throws(SupabaseError) -> ProviderConnection {
        guard let name = text.flatMap({ ProviderName(parsing: $0) }),
            let connection = providers.connections.connection(to: name)
        else { throw .validation(SupabaseSentence.badProvider) }
        return connection
    }

    /// The callback of this API at a provider: one for each, so that a provider without `iss` cannot pass for another.
    static func callback(_ name: ProviderName, by settings: SupabaseSettings) -> String {
        "\(settings.baseURL)/callback/\(name.text)"
    }

    /// How long a code of a provider can be exchanged.
    private static let codeLifetime = SupabaseCode.lifetime

    private func end(
        _ own: SupabaseProviderFlow, _ profile: ProviderProfile, _ connection: ProviderConnection,
        at target: ReturnTarget, _ settings: SupabaseSettings, _ context: OperationContext
    ) async throws(ProviderFailure) -> String {
        guard !own.challenge.isEmpty else {
            guard settings.allowsImplicitFlow else { throw ProviderFailure(.accessDenied, reason: "implicit_flow_off") }
            let session = try await signIn(as: profile, by: connection, context)
            return target.adding(fragment: session.fragment(type: nil))
        }
        let made = ProviderFlowSecrets.makeCode(.supabase, random: core.random)
        let code = ProviderCode(
            digest: made.digest, purpose: own.link.map { ProviderCode.Purpose.link($0.user, $0.session) } ?? .signIn,
            challenge: own.challenge, provider: connection.provider.name, profile: profile, scope: nil,
            source: context.source, expiresAt: context.now + Self.codeLifetime, wrongVerifiers: 0)
        do throws(AuthError) {
            try await core.inStore { store throws(StoreError) in
                try await store.putProviderCode(code, context: context)
            }
        } catch {
            throw ProviderFailure(error)
        }
        return target.adding(query: [("code", made.text)])
    }

    /// Opens a session in the callback, for a client that takes the tokens themselves.
    private func signIn(
        as profile: ProviderProfile, by connection: ProviderConnection, _ context: OperationContext
    ) async throws(ProviderFailure) -> SupabaseSession {
        let arrived: ProviderArrived
        do throws(AuthError) {
            arrived = try await providers.open(
                ProviderArriving(
                    profile: profile, provider: connection.provider, scope: nil, device: nil, held: nil,
                    tokenProfile: RefreshTokens.supabaseProfile),
                context)
        } catch {
            throw ProviderFailure(error)
        }
        guard case .opened(let session, _, device: _) = arrived else {
            throw ProviderFailure(.secondFactorRequired, reason: ProviderFlowError.secondFactorRequired.rawValue)
        }
        do throws(SupabaseError) {
            return try await answer(with: session, at: .other, context)
        } catch {
            // What the store failed with was told to the operator.
            throw ProviderFailure(.temporarilyUnavailable, reason: nil)
        }
    }

    private static let longestScopes = 512

    /// Further scopes as typed, apart by blanks.
    private static func scopes(_ text: String?) throws(SupabaseError) -> [String] {
        guard let text = text.flatMap(Self.nonEmpty) else { return [] }
        guard text.utf8.count <= longestScopes, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw .validation(SupabaseSentence.badProviderScopes)
        }
        return text.utf8.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// What the flow itself has, or what is meant for this API.
    private static let ownParameters: Set<WireText> = [
        "state", "redirect_uri", "client_id", "response_type", "scope", "nonce", "code_challenge",
        "code_challenge_method", "response_mode", "request", "request_uri", "provider", "redirect_to", "scopes",
        "ticket",
        "skip_http_redirect", "apikey",
    ]
    private static let mostParameters = 16
    private static let longestParameter = 512

    /// Of further parameters, those that go on to the provider.
    static func passedOn(_ parameters: [(String, String)]) -> [(String, String)] {
        Array(
            parameters.filter { name, value in
                !ownParameters.contains(WireText(name)) && !name.isEmpty
                    && name.utf8.count + value.utf8.count <= longestParameter
            }
            .prefix(mostParameters))
    }
}
