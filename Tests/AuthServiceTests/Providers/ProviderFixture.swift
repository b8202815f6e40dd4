// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import AuthTokens
import Testing

/// A service whose users may sign in by two providers, with an application at `https://app.example.test`.
struct ProviderFixture {
    typealias Person = MockProviderTransport.Person

    static let app = "https://app.example.test/home"
    // RFC 7636, appendix B.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let startURL = "https://auth.example.test/auth/providers/corp/start"

    let authority: TestAuthority
    let corp: MockProviderTransport
    let other: MockProviderTransport
    let factor = TestSecondFactor()

    var providers: ProviderService { authority.service.providers }

    init(
        corp: ((any WallClock) throws -> MockProviderTransport)? = nil, store: (any AuthStore)? = nil,
        settings adjust: (inout AuthSettings) throws -> Void = { _ in }
    ) async throws {
        let clock = ManualClock()
        self.corp = try corp?(clock) ?? MockProviderTransport(clock: clock)
        other = try MockProviderTransport("other", clock: clock)
        var settings = AuthSettings(issuer: "https://auth.example.test", verifiesOnRegistration: false)
        settings.returnTargets = try ReturnTargets(["https://app.example.test", "com.example.app:/callback"])
        try adjust(&settings)
        let (first, second, factor) = (self.corp, self.other, self.factor)
        authority = try await TestAuthority(settings: settings, store: store, clock: clock) { configuration in
            configuration.providers = [first.configured, second.configured]
            configuration.providerTransport = MockProviders(first, second)
            configuration.secondFactors = factor
        }
    }

    static func redirectURI(of provider: MockProviderTransport) -> String {
        "https://auth.example.test/auth/providers/\(provider.name.text)/callback"
    }

    /// A browser that was sent to a provider.
    func depart(
        to provider: MockProviderTransport? = nil,
        _ mode: ProviderStart.Mode = .code(challenge: ProviderFixture.challenge),
        returnTo: String? = ProviderFixture.app, scope: Scope? = nil
    ) async throws -> ProviderDeparture {
        let provider = provider ?? corp
        return try await providers.start(
            provider.name,
            ProviderStart(
                returnTo: returnTo, mode: mode, scope: scope, isRemembered: true,
                redirectURI: Self.redirectURI(of: provider)),
            from: client)
    }

    /// The browser comes back with the cookie that it was given, or with another one.
    func finish(
        _ callback: ProviderCallback, _ cookie: ProviderFlowCookie?, at provider: MockProviderTransport? = nil,
        held: String? = nil
    ) async -> ProviderReturn {
        let provider = provider ?? corp
        return await providers.finish(
            provider.name, callback, cookie: cookie?.value, held: held,
            redirectURI: Self.redirectURI(of: provider), from: client)
    }

    /// Goes to a provider and comes back.
    func travel(
        to provider: MockProviderTransport? = nil, as person: Person = Person(),
        _ mode: ProviderStart.Mode = .code(challenge: ProviderFixture.challenge), held: String? = nil,
        scope: Scope? = nil
    ) async throws -> ProviderReturn {
        let provider = provider ?? corp
        let departure = try await depart(to: provider, mode, scope: scope)
        return await finish(
            try provider.consent(to: departure.url, as: person), departure.flow, at: provider, held: held)
    }

    /// The code that the application gets.
    func code(of result: ProviderReturn) throws -> String {
        let url = try redirect(of: result)
        let prefix = "\(Self.app)?code="
        try #require(url.hasPrefix(prefix + "apc_"), "\(url)")
        return String(url.dropFirst(prefix.count))
    }

    func redirect(of result: ProviderReturn) throws -> String {
        guard case .redirect(let url) = result else { throw ProviderTestFailure("there is no redirect, but \(result)") }
        return url
    }

    /// The error that the application gets.
    func error(of result: ProviderReturn) throws -> String {
        let url = try redirect(of: result)
        let prefix = "\(Self.app)?error="
        try #require(url.hasPrefix(prefix), "\(url)")
        return String(url.dropFirst(prefix.count))
    }

    /// The error that the application gets, where it gets one.
    func word(of result: ProviderReturn) -> String? {
        let prefix = "\(Self.app)?error="
        guard case .redirect(let url) = result, url.hasPrefix(prefix) else { return nil }
        return String(url.dropFirst(prefix.count))
    }

    func isInvalid(_ result: ProviderReturn) -> Bool {
        if case .invalid = result { true } else { false }
    }

    func exchange(
        _ code: String, _ verifier: String = ProviderFixture.verifier, held: String? = nil, device: DeviceToken? = nil
    ) async throws -> TokenPair {
        let outcome = try await providers.exchange(
            code: code, verifier: verifier, held: held, device: device, from: client)
        return try #require(outcome.tokens)
    }

    /// The whole way of a person to a session.
    @discardableResult
    func signIn(as person: Person = Person(), by provider: MockProviderTransport? = nil) async throws -> TokenPair {
        try await exchange(try code(of: try await travel(to: provider, as: person)))
    }

    func principal(of pair: TokenPair) async throws -> Principal {
        try await authority.service.access.authenticate(pair.accessToken)
    }

    /// What a code comes to that must not be exchanged.
    func refusal(as person: Person = Person(), by provider: MockProviderTransport? = nil) async throws -> AuthError? {
        let code = try code(of: try await travel(to: provider, as: person))
        do throws(AuthError) {
            _ = try await providers.exchange(code: code, verifier: Self.verifier, from: client)
            return nil
        } catch {
            return error
        }
    }

    /// Begins to link, and goes there and back.
    func linkCode(
        to principal: Principal, by provider: MockProviderTransport? = nil, as person: Person,
        challenge: String? = ProviderFixture.challenge
    ) async throws -> String {
        let provider = provider ?? corp
        let ticket = try await ticket(for: principal, at: provider, challenge: challenge)
        return try code(of: try await travel(to: provider, as: person, .link(ticket: ticket)))
    }

    func ticket(
        for principal: Principal, at provider: MockProviderTransport? = nil,
        challenge: String? = ProviderFixture.challenge
    ) async throws -> String {
        let url = try await providers.startLinking(
            (provider ?? corp).name, by: principal, returnTo: Self.app, challenge: challenge, startURL: Self.startURL)
        let prefix = "\(Self.startURL)?ticket="
        try #require(url.hasPrefix(prefix), "\(url)")
        return String(url.dropFirst(prefix.count))
    }

    @discardableResult
    func link(
        to principal: Principal, by provider: MockProviderTransport? = nil, as person: Person
    ) async throws -> Identity {
        let code = try await linkCode(to: principal, by: provider, as: person)
        return try await providers.link(code: code, verifier: Self.verifier, by: principal, from: client)
    }

    /// How many users, and sign-ins that were done, there are.
    func written() async throws -> [Int] {
        let signIns = try await authority.refusals(of: .signIn).filter { $0 == nil }
        return [Int(try await authority.service.users.count()), signIns.count]
    }

    /// Makes Ada, whose address is verified and whose credentials are bound.
    func registerBound(_ name: String = "ada") async throws -> User {
        try await authority.register(name)
        let principal = try await self.principal(of: try await authority.attempt(name))
        let users = authority.service.users
        guard case .sent(let handle, _) = try await users.requestEmailVerification(for: principal, from: client) else {
            throw ProviderTestFailure("nothing was sent")
        }
        let code = try #require(try await authority.message(.emailVerification, to: name).typedCode)
        _ = try await users.confirmEmailVerification(ActionProof(handle: handle.revealed, code: code), from: client)
        return try await authority.stored(name)
    }
}

/// Why a test cannot go on.
struct ProviderTestFailure: Error {
    let text: String
    init(_ text: String) { self.text = text }
}
