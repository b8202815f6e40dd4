// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthService
public import AuthTokens
import Synchronization

/// A whole OpenID provider in memory, with keys of its own: what a service reaches in place of the network.
///
/// It keeps to the protocol, and is strict with its client: a code counts once, with the verifier, the redirect URI and the
/// secret that belong to it. It can be told to lie (``tell(_:)``).
///
/// ```swift
/// let provider = try MockProviderTransport(clock: clock)
/// configuration.providers = [provider.configured]
/// configuration.providerTransport = provider
/// ```
public final class MockProviderTransport: ProviderTransport {
    /// A person who can sign in at the provider.
    public struct Person: Hashable, Sendable {
        /// What the provider calls the person; GitHub's are numbers.
        public var subject: String
        /// The address.
        public var email: String?
        /// Whether the provider has verified the address.
        public var isVerified: Bool
        /// The full name.
        public var name: String?
        /// Further claims.
        public var claims: JSONObject

        /// Describes a person.
        public init(
            _ subject: String = "248289761001", email: String? = "ada@example.test", isVerified: Bool = true,
            name: String? = "Ada Lovelace", claims: JSONObject = JSONObject()
        ) {
            self.subject = subject
            self.email = email
            self.isVerified = isVerified
            self.name = name
            self.claims = claims
        }
    }

    /// What a code stands for.
    struct Grant: Sendable {
        let person: Person
        let nonce: String?
        let challenge: String
        let redirectURI: String
    }

    struct State: Sendable {
        var lie: MockProviderLie?
        var key: SigningKey
        var made = 0
        var grants: [String: Grant] = [:]
        var bearers: [String: Person] = [:]
        var urls: [String] = []
    }

    /// The secret that the client proves itself by.
    public static let secret = "a secret that both know"
    /// The client's id.
    public static let clientID = "authd"
    /// The id of an app of the same operator.
    public static let appID = "authd-app"

    /// The description for the service; of GitHub's kind, or a generic one that is trusted for the addresses of `example.test`.
    public let configured: ConfiguredProvider
    let clock: any WallClock
    let tellsAddressInToken: Bool
    let stranger: SigningKey
    let state: Mutex<State>
    private let sendsIssuer: Bool

    /// Makes a provider.
    ///
    /// - Parameters:
    ///   - name: The provider's name; it stands in its issuer.
    ///   - clock: By which its tokens are dated.
    ///   - algorithm: What its id tokens are signed with.
    ///   - sendsIssuer: Whether callbacks name the issuer (RFC 9207), which is announced.
    ///   - tellsAddressInToken: Whether the address stands in the id token; otherwise the userinfo endpoint alone tells it.
    ///   - usesFormPost: Whether callbacks come as POST.
    ///   - adjust: Changes the description.
    /// - Throws: `ValidationError` for a name that no provider can have, and what making a key failed with.
    public convenience init(
        _ name: String = "corp", clock: any WallClock, algorithm: SignatureAlgorithm = .es256, sendsIssuer: Bool = true,
        tellsAddressInToken: Bool = true, usesFormPost: Bool = false,
        adjust: (inout IdentityProvider) -> Void = { _ in }
    ) throws {
        var provider = IdentityProvider.generic(
            name: try ProviderName(name), issuer: "https://\(name).example.test", clientID: Self.clientID)
        provider.displayName = "Mock \(name)"
        provider.audiences = [Self.appID]
        provider.trust = .domains(["example.test"])
        provider.usesFormPost = usesFormPost
        adjust(&provider)
        try self.init(
            provider, clock: clock, algorithm: algorithm, sendsIssuer: sendsIssuer,
            tellsAddressInToken: tellsAddressInToken)
    }

    /// Makes a provider of a description, such as GitHub's.
    public init(
        _ provider: IdentityProvider, clock: any WallClock, algorithm: SignatureAlgorithm = .es256,
        sendsIssuer: Bool = false, tellsAddressInToken: Bool = true
    ) throws {
        configured = ConfiguredProvider(provider: provider, secret: .shared(Self.secret))
        self.clock = clock
        self.sendsIssuer = sendsIssuer
        self.tellsAddressInToken = tellsAddressInToken
        stranger = try SigningKey(generating: algorithm)
        state = Mutex(State(key: try SigningKey(generating: algorithm)))
    }

    /// The provider's issuer.
    public var issuer: String { configured.provider.issuer }
    /// The provider's name.
    public var name: ProviderName { configured.provider.name }

    /// Lets it lie from now on; `nil` for the truth.
    public func tell(_ lie: MockProviderLie?) {
        state.withLock { $0.lie = lie }
    }

    /// Replaces the signing key.
    public func rotateKey() throws {
        let key = try SigningKey(generating: state.withLock { $0.key.algorithm })
        state.withLock { $0.key = key }
    }

    /// The URLs of all requests, in order.
    public var requestedURLs: [String] { state.withLock { $0.urls } }

    var lie: MockProviderLie? { state.withLock { $0.lie } }

    // MARK: The browser

    /// Lets a person sign in at the address that a browser was sent to.
    ///
    /// - Returns: With what the browser comes back.
    public func consent(to url: String, as person: Person = Person()) throws -> ProviderCallback {
        let asked = try AuthorizationRequest(url)
        guard asked["response_type"] == "code", asked["client_id"] == configured.provider.clientID,
            asked["code_challenge_method"] == "S256", let challenge = asked["code_challenge"],
            let redirectURI = asked["redirect_uri"], let state = asked["state"]
        else { throw MockProviderError(text: "the request is not one that a provider takes: \(url)") }
        let code = self.state.withLock { state in
            state.made += 1
            let code = "\(configured.provider.name.text)-code-\(state.made)"
            state.grants[code] = Grant(
                person: person, nonce: asked["nonce"], challenge: challenge, redirectURI: redirectURI)
            return code
        }
        return ProviderCallback(code: code, iss: issuerParameter, state: state)
    }

    /// Lets a person decline.
    public func decline(_ url: String, error: String = "access_denied") throws -> ProviderCallback {
        guard let state = try AuthorizationRequest(url)["state"] else {
            throw MockProviderError(text: "the request has no state")
        }
        return ProviderCallback(code: nil, error: error, iss: issuerParameter, state: state)
    }

    private var issuerParameter: String? {
        switch lie {
        case .wrongIssuerParameter: "https://attacker.example.test"
        case .missingIssuerParameter: nil
        default: sendsIssuer ? issuer : nil
        }
    }

    /// An id token for an app that asked for one by itself.
    public func idToken(nonce: String?, as person: Person = Person(), accessToken: String? = nil) throws -> String {
        try token(for: person, nonce: nonce, accessToken: accessToken, audience: Self.appID)
    }

    // MARK: The service

    /// Answers as the provider does.
    public func send(_ request: ProviderRequest) async throws(ProviderFault) -> ProviderResponse {
        state.withLock { $0.urls.append(request.url) }
        do {
            return try answer(to: request)
        } catch let fault as ProviderFault {
            throw fault
        } catch {
            throw .badStatus
        }
    }

    /// Whether a URL is one of this provider's.
    func serves(_ url: String) -> Bool {
        url == configured.provider.discoveryURL || endpoints.contains { url == $0 || url == "\($0)/emails" }
    }

    private var endpoints: [String] { [tokenURL, userinfoURL, keysURL] }
    private var tokenURL: String { configured.provider.endpoints?.token ?? "\(issuer)/token" }
    private var userinfoURL: String { configured.provider.endpoints?.userinfo ?? "\(issuer)/userinfo" }
    private var keysURL: String { configured.provider.endpoints?.keys ?? "\(issuer)/keys" }

    private func answer(to request: ProviderRequest) throws -> ProviderResponse {
        if lie == .unreachable { throw ProviderFault.unreachable }
        switch (request.method, request.url) {
        case (.get, configured.provider.discoveryURL): return discovery()
        case (.get, keysURL): return keys(request)
        case (.get, userinfoURL): return userinfo(request)
        case (.get, userinfoURL + "/emails"): return addresses(request)
        case (.post(let form), tokenURL): return try tokens(form, request)
        default: return ProviderResponse(status: 404, body: [])
        }
    }

    private func discovery() -> ProviderResponse {
        if lie == .malformedDiscovery { return Self.answer("{") }
        let named = lie == .discoveryOfAnother ? "https://attacker.example.test" : issuer
        let document: JSONValue = [
            "issuer": .string(named), "authorization_endpoint": .string("\(issuer)/authorize"),
            "token_endpoint": .string(tokenURL), "userinfo_endpoint": .string(userinfoURL),
            "jwks_uri": .string(keysURL), "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [.string(stranger.algorithm.rawValue)],
            "authorization_response_iss_parameter_supported": .bool(sendsIssuer),
        ]
        return Self.json(document)
    }

    private func keys(_ request: ProviderRequest) -> ProviderResponse {
        switch lie {
        case .keysRedirect: return ProviderResponse(status: 302, body: [])
        case .endlessKeys: return Self.endless(request)
        case .noKeys: return Self.answer(#"{"keys":[]}"#)
        default:
            let key = state.withLock { $0.key.publicJWK }
            return ProviderResponse(status: 200, body: JWKSet([key].compactMap(\.self)).serialized())
        }
    }

    static func endless(_ request: ProviderRequest) -> ProviderResponse {
        ProviderResponse(
            status: 200, body: [UInt8](repeating: UInt8(ascii: " "), count: request.maximumBytes + 1))
    }

    static func answer(_ text: String, status: Int = 200) -> ProviderResponse {
        ProviderResponse(status: status, body: Array(text.utf8))
    }

    static func json(_ value: JSONValue) -> ProviderResponse {
        ProviderResponse(status: 200, body: value.serialized)
    }
}

/// Why a mock provider cannot go on.
public struct MockProviderError: Error, CustomStringConvertible {
    let text: String
    /// The reason, in a sentence.
    public var description: String { text }
}

/// Several providers behind one transport.
public struct MockProviders: ProviderTransport {
    private let all: [MockProviderTransport]

    /// Takes providers with URLs of their own.
    public init(_ all: MockProviderTransport...) {
        self.all = all
    }

    /// Answers as the provider whose URL it is.
    public func send(_ request: ProviderRequest) async throws(ProviderFault) -> ProviderResponse {
        guard let provider = all.first(where: { $0.serves(request.url) }) else { throw .unreachable }
        return try await provider.send(request)
    }
}
