// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

/// A service with Supabase's API and a provider, for an application at `https://app.example.test`.
struct SupabaseFixture {
    static let base = "https://auth.example.test/auth/v1"
    static let app = "https://app.example.test/home"
    static let password = "violet umbrella on the roof"

    let authority: TestAuthority
    let corp: MockProviderTransport
    let factor = TestSecondFactor()

    var api: SupabaseService { authority.service.supabase }
    var clock: ManualClock { authority.clock }

    init(
        store: (any AuthStore)? = nil, hasMail: Bool = true,
        adjust: (inout AuthSettings, inout SupabaseSettings) throws -> Void = { _, _ in }
    ) async throws {
        let clock = ManualClock()
        let corp = try MockProviderTransport(clock: clock)
        var settings = AuthSettings(issuer: "https://auth.example.test", verifiesOnRegistration: false)
        var supabase = SupabaseSettings(
            baseURL: Self.base, redirects: try RedirectAllowList(site: "https://app.example.test", globs: []))
        try adjust(&settings, &supabase)
        settings.supabase = supabase
        self.corp = corp
        let factor = self.factor
        authority = try await TestAuthority(settings: settings, store: store, clock: clock, hasMail: hasMail) {
            configuration in
            configuration.providers = [corp.configured]
            configuration.providerTransport = corp
            configuration.secondFactors = factor
        }
    }

    /// One whose addresses are confirmed without a mail.
    static func autoconfirming(
        adjust: (inout AuthSettings, inout SupabaseSettings) throws -> Void = { _, _ in }
    ) async throws -> SupabaseFixture {
        try await SupabaseFixture { settings, supabase in
            supabase.autoconfirm = true
            try adjust(&settings, &supabase)
        }
    }

    func contact(_ name: String) -> SupabaseContact {
        SupabaseContact(email: "\(name)@example.test", phone: nil)
    }

    func returning(withChallenge: Bool = false) throws -> SupabaseReturn {
        try SupabaseReturn(
            redirectTo: Self.app, challenge: withChallenge ? ProviderFixture.challenge : nil,
            method: withChallenge ? "s256" : nil)
    }

    @discardableResult
    func signUp(
        _ name: String = "ada", _ password: String = SupabaseFixture.password, data: JSONObject? = nil,
        withChallenge: Bool = false
    ) async throws -> SupabaseAnswer {
        try await api.signUp(
            contact(name), password: password, data: data, returning: try returning(withChallenge: withChallenge),
            locale: nil, from: client)
    }

    /// The session of a sign-up that needs no mail.
    func session(_ name: String = "ada", _ password: String = SupabaseFixture.password) async throws -> SupabaseSession
    {
        guard case .session(let session) = try await signUp(name, password) else {
            throw ProviderTestFailure("no session was opened")
        }
        return session
    }

    func anonymous() async throws -> SupabaseSession {
        let answer = try await api.signUp(
            SupabaseContact(email: nil, phone: nil), password: nil, data: nil, returning: try returning(), locale: nil,
            from: client)
        guard case .session(let session) = answer else { throw ProviderTestFailure("no session was opened") }
        return session
    }

    func signIn(
        _ name: String = "ada", _ password: String = SupabaseFixture.password
    ) async throws -> SupabaseSession {
        try await api.signIn(contact(name), password: password, from: client)
    }

    func caller(_ session: SupabaseSession) async throws -> SupabaseCaller {
        try await api.caller(bearing: session.accessToken)
    }

    /// The user who has an address, as stored.
    func user(_ name: String = "ada") async throws -> User {
        try await authority.service.users.user(identifiedBy: .email(try authority.address(name)))
    }

    /// The code of the last mail of a kind.
    func code(_ template: MailTemplate, to name: String = "ada") async throws -> String {
        try #require(try await authority.message(template, to: name).typedCode)
    }

    /// The token of the link of the last mail of a kind, with its prefix.
    func hash(_ template: MailTemplate, to name: String = "ada") async throws -> String {
        let link = try #require(try await authority.message(template, to: name).link).revealed
        return try #require(Self.parameter("token", of: link))
    }

    /// A parameter of a query or a fragment.
    static func parameter(_ name: String, of url: String) -> String? {
        let parts = url.split { $0 == "?" || $0 == "&" || $0 == "#" }.dropFirst()
        let found = parts.first { $0.hasPrefix("\(name)=") }
        return found.map { String($0.dropFirst(name.count + 1)) }
    }

    func verify(
        _ type: String, code: String, of name: String = "ada", bearing token: String? = nil,
        from client: ClientContext = client
    ) async throws -> SupabaseSession {
        let verified = try await api.verify(
            type: type, contact(name), token: code, tokenHash: nil, hasRedirect: false, bearing: token, from: client)
        guard case .session(let session) = verified else { throw ProviderTestFailure("no session was opened") }
        return session
    }

    /// Asks for a code, and reads the mail.
    func requestOTP(_ name: String = "ada", createsUser: Bool = true, withChallenge: Bool = false) async throws {
        try await api.requestOTP(
            contact(name), createsUser: createsUser, data: nil, returning: try returning(withChallenge: withChallenge),
            locale: nil, from: client)
    }

    /// Opens a link, and presses the button of its page.
    func follow(_ hash: String, _ type: String, byGet: Bool = false) async -> String {
        await api.follow(token: hash, type: type, redirectTo: Self.app, byGet: byGet, from: client)
    }

    func exchange(
        _ code: String, _ verifier: String = ProviderFixture.verifier, bearing token: String? = nil
    ) async throws -> SupabaseSession {
        try await api.exchange(code: code, verifier: verifier, bearing: token, from: client)
    }

    /// Goes to the provider and comes back.
    func travel(
        as person: MockProviderTransport.Person = .init(), withChallenge: Bool = true
    ) async throws -> String {
        let departure = try await api.departure(
            provider: corp.name.text, returning: try returning(withChallenge: withChallenge), scopes: nil,
            parameters: [], ticket: nil, from: client)
        let target = await api.finish(
            corp.name, try corp.consent(to: departure.url, as: person), cookie: departure.flow.value, from: client)
        return try #require(target)
    }

    /// A user whose address a mail has confirmed, and whose credentials are bound to it.
    func confirmed(_ name: String = "ada") async throws -> SupabaseSession {
        try await signUp(name, withChallenge: true)
        let target = await follow(try await hash(.supabaseSignup, to: name), "signup")
        return try await exchange(try #require(Self.parameter("code", of: target)))
    }

    /// A secret key.
    func admin() async throws -> SupabaseAdmin {
        let texts = try await api.makeKeys(
            .opaque, name: "tests", lifetime: SupabaseService.keyLifetime, isNew: false, from: client)
        return try await api.administrator(
            SupabaseCredential(bearer: texts.service.revealed, apiKey: nil), hasOrigin: false, from: client)
    }
}
