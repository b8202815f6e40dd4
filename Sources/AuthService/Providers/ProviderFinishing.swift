// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension ProviderService {
    /// Ends a flow, when the browser comes back from the provider.
    ///
    /// It counts once, only in the browser that holds `cookie`, and only for the provider that it began with. `held` is the
    /// refresh token of the session that the browser holds, which a new one replaces. `redirectURI` is the one of the start.
    /// The cookie of the flow is to be cleared whatever comes of it.
    ///
    /// Never throws: what goes wrong leads back to where the flow began, with `error`.
    ///
    /// Cost: one or two requests to the provider, and its keys where they are too old; a callback that belongs to no flow of
    /// this browser costs neither a request nor a query.
    public func finish(
        _ name: ProviderName, _ callback: ProviderCallback, cookie: String?, held: String? = nil, redirectURI: String,
        from client: ClientContext
    ) async -> ProviderReturn {
        let context = core.context(client)
        guard let connection = connections.connection(to: name),
            let flow = secrets.flow(of: callback.state, .state, for: name)
        else {
            await core.note(.unknownState, context)
            return .invalid
        }
        guard let cookie, let octets = secrets.open(text: cookie, for: .cookie(state: callback.state)),
            let content = ProviderFlowContent(octets),
            // The settings may be others than at the start.
            let target = core.settings.returnTargets?.admits(content.returnTo)
                ?? core.settings.redirectAllowList?.admits(content.returnTo),
            !content.isSupabase
        else {
            await core.note(.foreignBrowser, context)
            return .invalid
        }
        do throws(ProviderFailure) {
            let profile = try await profile(of: callback, flow, connection, redirectURI: redirectURI, context)
            return try await end(content, profile, connection, at: target, held: held, context)
        } catch {
            if let reason = error.reason {
                await core.noteProviderRefusal(reason, of: content.action, target: content.userID, context)
            }
            return .redirect(target.adding(query: [("error", error.answer.rawValue)]))
        }
    }

    /// Checks a callback, spends its flow, and reads from the provider who the user is.
    func profile(
        of callback: ProviderCallback, _ flow: ProviderFlowSecrets.Flow, _ connection: ProviderConnection,
        redirectURI: String, _ context: OperationContext
    ) async throws(ProviderFailure) -> ProviderProfile {
        guard context.now < flow.expiresAt else { throw ProviderFailure(.flowExpired, .expired) }
        var callback = callback
        if callback.isBare { callback = try await parked(for: callback.state, context) }
        let sender = try await sender(of: callback, connection)
        guard try await spend(flow.digest, until: flow.expiresAt, context) else {
            throw ProviderFailure(.flowExpired, .replayedState)
        }
        if let error = callback.error {
            let answer = ProviderFlowError(saidByProvider: error)
            throw answer == .accessDenied
                ? ProviderFailure(.accessDenied, .accessDenied)
                : ProviderFailure(answer, reason: "provider_\(ProviderFault.providerError.rawValue)")
        }
        guard let code = callback.code, Self.isPrintable(code) else { throw ProviderFailure(.malformed) }
        do throws(ProviderFault) {
            let tokens = try await connection.tokens(
                for: code, verifier: flow.verifier, redirectURI: redirectURI, at: context.now)
            return try await connection.profile(
                of: tokens, nonce: flow.nonce, sentBy: sender, toldName: callback.toldName, at: context.now)
        } catch {
            throw ProviderFailure(error)
        }
    }

    /// Checks the issuer that a callback names (RFC 9207).
    ///
    /// - Returns: The issuer that it names, where whether it is right shows only in the id token.
    private func sender(
        of callback: ProviderCallback, _ connection: ProviderConnection
    ) async throws(ProviderFailure) -> String? {
        let endpoints: ProviderEndpoints
        do throws(ProviderFault) {
            endpoints = try await connection.documents.endpoints()
        } catch {
            throw ProviderFailure(error)
        }
        guard let named = callback.iss else {
            guard !endpoints.sendsIssuer else { throw ProviderFailure(.missingIssuerParameter) }
            return nil
        }
        guard !endpoints.isTemplate else { return named }
        guard named.hasSameOctets(as: endpoints.issuer) else { throw ProviderFailure(.wrongIssuer) }
        return nil
    }

    /// What a provider has posted for a state; it is taken, and cannot be a second time.
    private func parked(
        for state: String, _ context: OperationContext
    ) async throws(ProviderFailure) -> ProviderCallback {
        let sealed: [UInt8]?
        do throws(AuthError) {
            sealed = try await core.inStore { store throws(StoreError) in
                try await store.takeParked(ProviderFlowSecrets.digest(ofState: state), at: context.now)
            }
        } catch {
            throw ProviderFailure(error)
        }
        guard let sealed, let octets = secrets.open(sealed, for: .parked(state: state)),
            let callback = ProviderCallback(parked: octets, state: state), !callback.isBare
        else { throw ProviderFailure(.flowExpired, .nothingParked) }
        return callback
    }

    /// Whether this is the one call, in all processes, for which a value counts.
    func spend(
        _ digest: [UInt8], until end: Timestamp, _ context: OperationContext
    ) async throws(ProviderFailure) -> Bool {
        do throws(AuthError) {
            return try await core.inStore { store throws(StoreError) in
                try await store.spend(digest, until: end + ProviderFlowSecrets.spentLeeway, at: context.now)
            }
        } catch {
            throw ProviderFailure(error)
        }
    }

    /// What a provider may give out as a code, and clients as a token. - Source: RFC 6749, appendix A
    static func isPrintable(_ text: String) -> Bool {
        (1...4_096).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    /// Opens a session, or makes the code with which the client goes on.
    private func end(
        _ content: ProviderFlowContent, _ profile: ProviderProfile, _ connection: ProviderConnection,
        at target: ReturnTarget, held: String?, _ context: OperationContext
    ) async throws(ProviderFailure) -> ProviderReturn {
        let purpose: ProviderCode.Purpose
        let challenge: [UInt8]
        do throws(AuthError) {
            switch content.mode {
            case .cookie:
                let outcome = try await arrive(
                    ProviderArriving(
                        profile: profile, provider: connection.provider, scope: content.scope, device: nil,
                        held: held.flatMap { issuer.refreshTokens.content(of: $0) }),
                    context)
                switch outcome {
                case .signedIn(let pair):
                    return .signedIn(pair, to: target.text, isRemembered: content.isRemembered)
                case .pending(let pending):
                    let answer = ProviderFlowError.secondFactorRequired
                    await core.noteProviderRefusal(answer.rawValue, target: pending.userID, context)
                    throw .providerRefused(answer)
                }
            case .code(let digest): (purpose, challenge) = (.signIn, digest)
            case .link(let user, let session, let digest): (purpose, challenge) = (.link(user, session), digest)
            // Refused before.
            case .supabase: throw .providerFlowInvalid
            }
            let (text, digest) = ProviderFlowSecrets.makeCode(random: core.random)
            let code = ProviderCode(
                digest: digest, purpose: purpose, challenge: challenge, provider: connection.provider.name,
                profile: profile, scope: content.scope, source: context.source,
                expiresAt: context.now + Self.codeLifetime, wrongVerifiers: 0)
            try await core.inStore { store throws(StoreError) in
                try await store.putProviderCode(code, context: context)
            }
            return .redirect(target.adding(query: [("code", text)]))
        } catch {
            throw ProviderFailure(error)
        }
    }

    /// How long a code can be exchanged.
    static let codeLifetime = Duration.seconds(60)
}

extension ProviderFlowContent {
    /// What the audit log calls the end of the flow.
    var action: AuditAction {
        switch mode {
        case .cookie, .code: .signIn
        case .link: .identityLinked
        case .supabase(let flow): flow.link == nil ? .signIn : .identityLinked
        }
    }

    /// Who links.
    var userID: UserID? {
        switch mode {
        case .cookie, .code: nil
        case .link(let user, _, challenge: _): user
        case .supabase(let flow): flow.link?.user
        }
    }

    /// Whether it is a flow of Supabase's API.
    var isSupabase: Bool {
        if case .supabase = mode { true } else { false }
    }
}
