// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension ProviderService {
    /// Begins a sign-in by a provider, or a link.
    ///
    /// Nothing is stored. The browser must keep the cookie until it comes back, and goes to the URL.
    ///
    /// - Throws: `.unknownProvider`; `.invalid` for a `return_to` that is none of `AuthSettings.returnTargets`, and for a
    ///   challenge that is none; `.providerFlowInvalid` for a ticket that is none, of another provider, or too old;
    ///   `.providerRefused` where the provider's discovery document cannot be had or read.
    public func start(
        _ name: ProviderName, _ request: ProviderStart, from client: ClientContext
    ) async throws(AuthError) -> ProviderDeparture {
        let connection = try connection(name)
        let context = core.context(client)
        let content = try await content(of: request, for: name, context)
        return try await depart(to: connection, content, redirectURI: request.redirectURI, context)
    }

    /// Where the browser goes with a flow of this content, and what it must keep.
    ///
    /// `scopes` are asked for beside those of the configuration; `parameters` are the caller's, of names that a flow does not use.
    func depart(
        to connection: ProviderConnection, _ content: ProviderFlowContent, redirectURI: String, scopes: [String] = [],
        parameters: [(String, String)] = [], _ context: OperationContext
    ) async throws(AuthError) -> ProviderDeparture {
        let endpoints: ProviderEndpoints
        do throws(ProviderFault) {
            endpoints = try await connection.documents.endpoints()
        } catch {
            let failure = ProviderFailure(error)
            if let reason = failure.reason { await core.noteProviderRefusal(reason, context) }
            throw .providerRefused(failure.answer)
        }
        let (state, flow) = secrets.make(
            .state, for: connection.provider.name, at: context.now, random: core.random)
        let sealed = secrets.seal(content.octets, for: .cookie(state: state), random: core.random)
        return ProviderDeparture(
            url: Self.departure(
                to: connection.provider, at: endpoints, state: state, flow, redirectURI: redirectURI, scopes: scopes,
                parameters: parameters),
            flow: ProviderFlowCookie(
                suffix: ProviderFlowSecrets.suffix(of: state), value: Base64URL.encode(sealed)),
            expiresAt: flow.expiresAt)
    }

    /// - Source: RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1.
    private static func departure(
        to provider: IdentityProvider, at endpoints: ProviderEndpoints, state: String, _ flow: ProviderFlowSecrets.Flow,
        redirectURI: String, scopes: [String], parameters further: [(String, String)]
    ) -> String {
        var parameters = [
            ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", redirectURI),
            ("scope", (provider.scopes + scopes).joined(separator: " ")), ("state", state),
            ("code_challenge", flow.challenge), ("code_challenge_method", "S256"),
        ]
        if provider.kind == .openID { parameters.append(("nonce", flow.nonce)) }
        if provider.usesFormPost { parameters.append(("response_mode", "form_post")) }
        parameters += further
        return ProviderURL.adding(parameters, to: endpoints.authorization)
    }

    /// What the cookie keeps of a start.
    private func content(
        of request: ProviderStart, for name: ProviderName, _ context: OperationContext
    ) async throws(AuthError) -> ProviderFlowContent {
        switch request.mode {
        case .cookie:
            return ProviderFlowContent(
                mode: .cookie, returnTo: try await target(request.returnTo, context), scope: request.scope,
                isRemembered: request.isRemembered)
        case .code(let challenge):
            let digest = try Self.challenge(challenge)
            return ProviderFlowContent(
                mode: .code(challenge: digest), returnTo: try await target(request.returnTo, context),
                scope: request.scope, isRemembered: request.isRemembered)
        case .link(let text):
            guard let ticket = secrets.open(text: text, for: .ticket(name)).flatMap({ ProviderTicket($0) }),
                context.now < ticket.expiresAt
            else {
                await core.note(.unknownTicket, of: .identityLinked, context)
                throw .providerFlowInvalid
            }
            return ProviderFlowContent(
                mode: .link(ticket.userID, ticket.sessionID, challenge: ticket.challenge), returnTo: ticket.returnTo,
                scope: nil, isRemembered: true)
        }
    }

    /// The longest `return_to`, with which the cookie stays below the 4 KiB that browsers keep.
    static let longestTarget = 1_536

    /// Where a flow ends: what was asked for, or the first of the settings.
    ///
    /// - Throws: `.invalid` for what the settings do not admit.
    func target(_ text: String?, _ context: OperationContext) async throws(AuthError) -> String {
        let (targets, globs) = (core.settings.returnTargets, core.settings.redirectAllowList)
        guard let text else {
            guard let first = targets?.first else { throw .invalid([FieldViolation(field: "return_to", .missing)]) }
            return first.text
        }
        guard text.utf8.count <= Self.longestTarget,
            let target = targets?.admits(text) ?? globs?.admits(text)
        else {
            await core.note(.foreignTarget, context)
            throw .invalid([
                FieldViolation(
                    field: "return_to", code: "not_allowed", message: "This is none of the addresses to return to.")
            ])
        }
        return target.text
    }

    /// The digest that a challenge spells.
    static func challenge(_ text: String) throws(AuthError) -> [UInt8] {
        guard let digest = ProviderFlowSecrets.digest(ofChallenge: text) else {
            throw .invalid([FieldViolation(field: "code_challenge", .malformed)])
        }
        return digest
    }
}
