// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens
import Synchronization

/// Where a provider is reached, by its description or its discovery document.
struct ProviderEndpoints: Sendable {
    /// The issuer as id tokens must name it, or a template of it.
    let issuer: String
    let authorization: String
    let token: String
    let userinfo: String?
    let keys: String?
    /// Whether callbacks must name the issuer (RFC 9207).
    let sendsIssuer: Bool
    /// How clients may prove themselves at the token endpoint; empty where it is not said.
    let tokenAuthMethods: [String]

    /// Whether id tokens name an issuer that the description leaves open in part, as those of Microsoft's directories do.
    var isTemplate: Bool { issuer.utf8.contains(UInt8(ascii: "{")) }
}

extension ProviderEndpoints {
    init(_ metadata: ProviderMetadata, of provider: IdentityProvider) {
        self.init(
            issuer: metadata.issuer, authorization: metadata.authorizationEndpoint, token: metadata.tokenEndpoint,
            userinfo: metadata.userinfoEndpoint, keys: metadata.jwksURI,
            sendsIssuer: provider.requiresIssuerParameter ?? metadata.sendsIssuer,
            tokenAuthMethods: metadata.tokenAuthMethods)
    }

    init(_ endpoints: IdentityProvider.Endpoints, of provider: IdentityProvider) {
        self.init(
            issuer: provider.issuer, authorization: endpoints.authorization, token: endpoints.token,
            userinfo: endpoints.userinfo, keys: endpoints.keys,
            sendsIssuer: provider.requiresIssuerParameter ?? false, tokenAuthMethods: [])
    }
}

/// The discovery document of one provider, fetched when it is needed and too old.
///
/// One fetch is under way at most, and never more often than the cool-down allows, whatever clients ask. A document that is no
/// longer fresh is used for another hour while no newer one can be had.
///
/// A class because all who hold it must see the newer document.
final class ProviderDocuments: Sendable {
    private struct State {
        var freshness: RemoteKeyFreshness
        var known: ProviderEndpoints?
        /// Why there is none.
        var fault = ProviderFault.unreachable
        var fetching: Task<Void, Never>?
    }

    static let limits = RemoteKeyFreshness.Limits(
        cooldown: .seconds(10), defaultLifetime: .seconds(3_600), maximumLifetime: .seconds(3_600),
        staleness: .seconds(3_600))

    private let provider: IdentityProvider
    private let transport: any ProviderTransport
    private let bootClock: any BootClock
    private let state = Mutex(State(freshness: RemoteKeyFreshness(limits: ProviderDocuments.limits)))

    init(_ provider: IdentityProvider, transport: any ProviderTransport, bootClock: any BootClock) {
        self.provider = provider
        self.transport = transport
        self.bootClock = bootClock
    }

    /// Where the provider is reached.
    ///
    /// - Throws: What the last fetch failed with, where no document can be used.
    func endpoints() async throws(ProviderFault) -> ProviderEndpoints {
        if let endpoints = provider.endpoints { return ProviderEndpoints(endpoints, of: provider) }
        let now = bootClock.sinceBoot
        let task = state.withLock { state -> Task<Void, Never>? in
            switch state.freshness.wanted(.age, at: now) {
            case .proceed: return nil
            case .join: return state.fetching
            case .fetch:
                // Not the caller's child: others wait for it, too.
                let task = Task { await self.fetch(startedAt: now) }
                state.fetching = task
                return task
            }
        }
        await task?.value
        let (known, fault) = state.withLock { state in
            (state.freshness.isUsable(at: now) ? state.known : nil, state.fault)
        }
        guard let known else { throw fault }
        return known
    }

    private func fetch(startedAt start: BootInstant) async {
        do throws(ProviderFault) {
            let response = try await transport.fetch(
                ProviderRequest(.get, provider.discoveryURL, fields: [("Accept", "application/json")]))
            let metadata = try ProviderMetadata(response.body, expecting: provider.issuer)
            state.withLock { state in
                state.fetching = nil
                state.known = ProviderEndpoints(metadata, of: provider)
                state.freshness.finished(fetchStartedAt: start, lifetime: .some(response.maxAge))
            }
        } catch {
            state.withLock { state in
                state.fetching = nil
                state.fault = error
                state.freshness.finished(fetchStartedAt: start, lifetime: nil)
            }
        }
    }
}
