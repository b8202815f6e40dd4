// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens
import Synchronization

/// The configured providers, each with what is known of it.
struct ProviderConnections: Sendable {
    /// In the order of the configuration.
    let all: [ProviderConnection]
    private let byName: [ProviderName: ProviderConnection]

    /// Takes the first of two providers of one name; without a transport there is none.
    init(_ configured: [ConfiguredProvider], transport: (any ProviderTransport)?, bootClock: any BootClock) {
        var all: [ProviderConnection] = []
        var byName: [ProviderName: ProviderConnection] = [:]
        if let transport {
            for configured in configured where byName[configured.provider.name] == nil {
                let connection = ProviderConnection(configured, transport: transport, bootClock: bootClock)
                byName[configured.provider.name] = connection
                all.append(connection)
            }
        }
        self.all = all
        self.byName = byName
    }

    /// The provider of this name.
    func connection(to name: ProviderName) -> ProviderConnection? { byName[name] }

    /// The names of all providers.
    var names: Set<ProviderName> { Set(byName.keys) }
}

/// One provider: its description, its documents and its keys.
struct ProviderConnection: Sendable {
    let provider: IdentityProvider
    let secret: ProviderSecret
    /// Whether Supabase's API accepts id tokens without a nonce.
    let allowsMissingNonce: Bool
    let transport: any ProviderTransport
    let documents: ProviderDocuments
    /// What checks signatures and access tokens.
    let verifier: IDTokenVerifier
    private let keyFault: LastKeyFault

    /// The signatures of id tokens that are accepted: none that a client of the provider could make.
    static let algorithms = Set(SignatureAlgorithm.allCases.filter { !$0.isSymmetric })

    /// A revoked key of a provider is accepted for an hour at most, and for another one while the provider cannot be reached.
    private static let keyLimits = RemoteKeyFreshness.Limits(maximumLifetime: .seconds(3_600))

    init(_ configured: ConfiguredProvider, transport: any ProviderTransport, bootClock: any BootClock) {
        provider = configured.provider
        secret = configured.secret
        allowsMissingNonce = configured.allowsMissingNonce
        self.transport = transport
        let documents = ProviderDocuments(configured.provider, transport: transport, bootClock: bootClock)
        let keyFault = LastKeyFault()
        (self.documents, self.keyFault) = (documents, keyFault)
        let keys = RemoteKeys(limits: Self.keyLimits, sinceBoot: { bootClock.sinceBoot }) {
            do throws(ProviderFault) {
                guard let url = try await documents.endpoints().keys else { throw .unknownKey }
                let response = try await transport.fetch(
                    ProviderRequest(.get, url, maximumBytes: ProviderRequest.keySetMaximum))
                keyFault.note(nil)
                return FetchedKeySet(response.body, maxAge: response.maxAge)
            } catch {
                keyFault.note(error)
                throw error
            }
        }
        verifier = IDTokenVerifier(keys: keys, algorithms: Self.algorithms)
    }

    /// The payload of an id token whose signature is good.
    ///
    /// - Throws: Where no key fits because the keys could not be fetched, the reason for that.
    func payload(of idToken: String) async throws(ProviderFault) -> [UInt8] {
        do throws(ProviderFault) {
            return try await verifier.payload(of: idToken)
        } catch {
            throw error == .unknownKey ? keyFault.value ?? error : error
        }
    }
}

/// Why the keys of a provider could not be fetched the last time.
private final class LastKeyFault: Sendable {
    // A class because the state must have one place in memory.
    private let fault = Mutex<ProviderFault?>(nil)

    var value: ProviderFault? { fault.withLock { $0 } }

    func note(_ fault: ProviderFault?) {
        self.fault.withLock { $0 = fault }
    }
}

extension ProviderTransport {
    /// Sends a request for a document, which is an answer of status 200 within the bounds.
    func fetch(_ request: ProviderRequest) async throws(ProviderFault) -> ProviderResponse {
        guard let response = try await fetch(request, absentWith: []) else { throw .badStatus }
        return response
    }

    /// Sends a request for a document that may be absent.
    ///
    /// - Returns: `nil` for an answer of one of the statuses.
    func fetch(
        _ request: ProviderRequest, absentWith statuses: [Int]
    ) async throws(ProviderFault) -> ProviderResponse? {
        let response = try await send(request)
        guard !statuses.contains(response.status) else { return nil }
        guard response.status == 200 else { throw .badStatus }
        guard response.body.count <= request.maximumBytes else { throw .answerTooLong }
        return response
    }
}
