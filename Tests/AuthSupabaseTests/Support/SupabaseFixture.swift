// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import AuthService
import AuthStore
import AuthSupabase
import AuthTesting
import HTTPTypes
import Testing

/// The versions of the contract, which differ in how failures look.
enum ContractVersion: String, CaseIterable, Sendable {
    case old
    case new

    /// The fields of a request of this version.
    var fields: HTTPFields {
        var fields = HTTPFields()
        if self == .new, let name = HTTPField.Name("X-Supabase-Api-Version") { fields[name] = "2024-01-01" }
        return fields
    }
}

/// A service with Supabase's API, an identity provider, mail, and a secret key.
struct SupabaseFixture {
    static let url = "https://id.example.test"
    static let base = "https://id.example.test/auth/v1"
    static let site = "https://app.example.test"
    static let password = "notes on the engine"
    static let otherPassword = "the order of the engine"
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    /// The members that begin a flow with a verifier.
    static let pair: [(String, JSONValue)] = [
        ("code_challenge", .string(challenge)), ("code_challenge_method", "s256"),
    ]

    let test: TestAPI
    let clock: ManualClock
    let provider: MockProviderTransport
    let factor: TestSecondFactor
    let version: ContractVersion

    /// Puts the API before a service in memory.
    ///
    /// - Parameters:
    ///   - version: The version that requests are of.
    ///   - hasMail: Whether mail can be sent.
    ///   - usesFormPost: Whether the provider sends browsers back with a form.
    ///   - store: The store; one in memory by default.
    ///   - adjust: Changes the API's settings, in which addresses are confirmed by mail.
    ///   - service: Changes the service's settings.
    ///   - limits: Changes the interface's configuration, in which nothing is limited.
    /// - Throws: What making the provider, the list of redirects or the service failed with.
    init(
        _ version: ContractVersion, hasMail: Bool = true, usesFormPost: Bool = false, store: (any AuthStore)? = nil,
        adjust: (inout SupabaseSettings) -> Void = { _ in }, service: (inout AuthSettings) -> Void = { _ in },
        limits: (inout HTTPConfiguration) -> Void = { _ in }
    ) async throws {
        self.version = version
        let clock = ManualClock()
        self.clock = clock
        let provider = try MockProviderTransport(clock: clock, usesFormPost: usesFormPost)
        self.provider = provider
        let factor = TestSecondFactor()
        self.factor = factor
        var supabase = SupabaseSettings(
            baseURL: Self.base,
            redirects: try RedirectAllowList(site: Self.site, globs: ["https://*.app.example.test/**"]))
        adjust(&supabase)
        var settings = AuthSettings(issuer: Self.url)
        settings.supabase = supabase
        service(&settings)
        let authority = try await TestAuthority(settings: settings, store: store, clock: clock, hasMail: hasMail) {
            $0.secondFactors = factor
            $0.providers = [provider.configured]
            $0.providerTransport = provider
        }
        test = TestAPI(
            authority, beside: { [SupabaseEndpoints(service: authority.service, configuration: $0)] },
            configure: { configuration in
                configuration.publicURL = Self.url
                limits(&configuration)
            })
    }

    /// With addresses that count as confirmed at once, so that signing up opens a session.
    static func confirmed(
        _ version: ContractVersion, adjust: (inout SupabaseSettings) -> Void = { _ in }
    ) async throws -> SupabaseFixture {
        try await SupabaseFixture(
            version,
            adjust: { settings in
                settings.autoconfirm = true
                adjust(&settings)
            })
    }

    var authority: TestAuthority { test.authority }

    /// A client with cookies of its own.
    func browser() -> HTTPTestClient { test.client() }

    /// Sends a request below `/auth/v1`.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ json: JSONValue? = nil, bearing token: String? = nil,
        fields more: HTTPFields = [:], by client: HTTPTestClient? = nil
    ) async -> HTTPTestResponse {
        var fields = version.fields
        for field in more { fields.append(field) }
        return await (client ?? test.client()).send(
            method, "/auth/v1" + path, json: json, bearing: token, fields: fields)
    }

    // MARK: Users and sessions

    /// Signs an address up.
    func signUp(
        _ email: String = "ada@example.test", password: String = password, more: [(String, JSONValue)] = []
    ) async -> HTTPTestResponse {
        var body: JSONObject = ["email": .string(email), "password": .string(password)]
        for (name, value) in more { body[name] = value }
        return await send(.post, "/signup", .object(body))
    }

    /// Signs an address up and redeems the code of the mail; the session.
    func session(_ email: String = "ada@example.test") async throws -> (access: String, refresh: String) {
        let answer = await signUp(email)
        if let tokens = Self.tokens(of: answer) { return tokens }
        let mail = try await mail(to: email)
        let code = try #require(mail.typedCode)
        let verified = await send(
            .post, "/verify", ["type": "signup", "email": .string(email), "token": .string(code)])
        return try #require(Self.tokens(of: verified), "\(verified.text)")
    }

    /// Opens a session without an address.
    func anonymous() async throws -> (access: String, refresh: String) {
        let answer = await send(.post, "/signup", [:])
        return try #require(Self.tokens(of: answer), "\(answer.text)")
    }

    /// The tokens of an answer.
    static func tokens(of answer: HTTPTestResponse) -> (access: String, refresh: String)? {
        guard let access = answer["access_token"], let refresh = answer["refresh_token"] else { return nil }
        return (access, refresh)
    }

    /// The id of the user of a token.
    func id(of token: String) async throws -> String {
        let user = await send(.get, "/user", bearing: token)
        return try #require(user["id"], "\(user.text)")
    }

    /// The last mail to an address that carries a token or a code.
    func mail(to address: String = "ada@example.test") async throws -> MailMessage {
        await authority.service.completeDeferredWork()
        return try #require(
            authority.mailer.messages(to: EmailAddress(address)).last { $0.token != nil || $0.typedCode != nil })
    }

    /// The query of the link in the last mail to an address.
    func link(to address: String = "ada@example.test") async throws -> String {
        let message = try await mail(to: address)
        let link = try #require(message.link?.revealed)
        let start = Self.base + "/verify?"
        #expect(link.hasPrefix(start), "\(link)")
        return String(link.dropFirst(start.count))
    }

    /// A secret key.
    func key() async throws -> String {
        let texts = try await authority.service.supabase.makeKeys(
            .jwt, name: "tests", lifetime: SupabaseService.keyLifetime, isNew: false, from: ClientContext())
        return texts.service.revealed
    }

    /// Bans the user of a token.
    func ban(_ id: String) async throws {
        let banned = await send(
            .put, "/admin/users/\(id)", ["ban_duration": "24h"], bearing: try await key())
        #expect(banned.status == 200, "\(banned.text)")
    }

    // MARK: Providers

    /// Goes to the provider and back; the last answer, which leads to the application.
    func arrive(
        _ query: String, as person: MockProviderTransport.Person = .init(), by browser: HTTPTestClient? = nil
    ) async throws -> HTTPTestResponse {
        let browser = browser ?? self.browser()
        let departure = await send(.get, "/authorize?provider=corp" + query, by: browser)
        #expect(departure.status == 302, "\(departure.text)")
        let location = try #require(departure.fields[.location])
        return await send(.get, "/callback/corp?" + (try callback(location, as: person)), by: browser)
    }

    /// The query with which a browser comes back from the address that it was sent to.
    func callback(_ location: String, as person: MockProviderTransport.Person = .init()) throws -> String {
        let callback: ProviderCallback = try provider.consent(to: location, as: person)
        var query = "state=\(callback.state)"
        if let code = callback.code { query += "&code=\(code)" }
        if let issuer = callback.iss { query += "&iss=" + issuer.replacing("://", with: "%3A%2F%2F") }
        return query
    }
}

extension HTTPTestResponse {
    /// The contract's code of a failure, in the body or in the address that a browser is sent to.
    func code(_ version: ContractVersion) -> String? {
        if let location = fields[.location] { return value("error_code", in: location) }
        guard status >= 400 else { return nil }
        return version == .new ? self["code"] : self["error_code"]
    }

    /// The value of a parameter of the address that a browser is sent to, in its query or its fragment.
    func value(_ name: String) -> String? {
        fields[.location].flatMap { value(name, in: $0) }
    }

    /// The value of a parameter in the query of the address that a browser is sent to.
    func inQuery(_ name: String) -> String? {
        fields[.location].flatMap { location in
            value(name, in: String(location.prefix { $0 != "#" }))
        }
    }

    /// The value of a parameter in the fragment of the address that a browser is sent to.
    func inFragment(_ name: String) -> String? {
        fields[.location].flatMap { location in
            value(name, in: String(location.drop { $0 != "#" }))
        }
    }

    private func value(_ name: String, in location: String) -> String? {
        let parts = location.split { "?#&".contains($0) }.map(String.init)
        return parts.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }
}
