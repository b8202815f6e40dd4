// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Who signs in by a provider")
struct ProviderArrivalTests {
    typealias Person = MockProviderTransport.Person

    private static let stranger = Person("77", email: "ada@elsewhere.test")

    @Test("a user whose address both sides have proven is linked, told by mail, and keeps the credentials")
    func links() async throws {
        let fixture = try await ProviderFixture()
        let ada = try await fixture.registerBound()
        let session = try await fixture.authority.attempt("ada")

        let pair = try await fixture.signIn()

        #expect(pair.user.id == ada.id)
        let mail = try await fixture.authority.message(.identityLinked, to: "ada")
        #expect(mail.details["provider"] == "corp" && mail.token == nil)
        #expect(try await fixture.authority.refusals(of: .identityLinked) == [nil])
        _ = try await fixture.principal(of: session)
        _ = try await fixture.authority.attempt("ada")
        #expect(!fixture.authority.mailer.sent.contains { $0.message.template == .credentialsVoided })
        try await fixture.signIn()
        await fixture.authority.service.completeDeferredWork()
        #expect(fixture.authority.mailer.sent.filter { $0.message.template == .identityLinked }.count == 1)
    }

    @Test("what a squatter has set up under the address is void: password, sessions, devices and identities")
    func squatter() async throws {
        let fixture = try await ProviderFixture()
        try await fixture.authority.register("ada")
        let squatter = try await fixture.authority.attempt("ada")
        // The squatter links an identity of their own, too.
        try await fixture.link(
            to: try await fixture.principal(of: squatter), by: fixture.other,
            as: Person("mallory", email: "mallory@evil.test"))

        let pair = try await fixture.signIn()

        let ada = try await fixture.authority.stored("ada")
        #expect(pair.user.id == ada.id && ada.isVerified && ada.isBound)
        await #expect(throws: AuthError.invalidCredentials) { try await fixture.authority.attempt("ada") }
        await #expect(throws: AuthError.tokenRevoked) { try await fixture.principal(of: squatter) }
        let identities = try await fixture.providers.identities(of: try await fixture.principal(of: pair))
        #expect(identities.map(\.provider.text) == ["corp"])
        _ = try await fixture.authority.message(.credentialsVoided, to: "ada")
        // The identity of the squatter belongs to no user now.
        let back = try await fixture.signIn(as: Person("mallory", email: "mallory@evil.test"), by: fixture.other)
        #expect(back.user.id != ada.id)
        _ = try await fixture.principal(of: pair)
    }

    @Test("a user with a role above the default is not linked by an address, and is told to sign in")
    func role() async throws {
        let fixture = try await ProviderFixture()
        _ = try await fixture.authority.signIn(as: "ada", role: .admin)
        #expect(try await fixture.refusal() == .providerRefused(.signInToLink))
        #expect(try fixture.error(of: try await fixture.travel(.cookie)) == "sign_in_to_link")
        let ada = try await fixture.authority.stored("ada")
        #expect(try await fixture.authority.store.identities(of: ada.id).isEmpty)
        #expect(try await fixture.authority.refusals(of: .identityLinked).isEmpty)
        #expect(try await fixture.authority.refusals(of: .signIn).compactMap(\.self).count == 2)
    }

    @Test("a provider that is not trusted for the address of a user links nothing")
    func untrusted() async throws {
        let fixture = try await ProviderFixture()
        _ = try await fixture.authority.service.users.register(
            Registration(
                username: try Username("ada"), email: try EmailAddress("ada@elsewhere.test"),
                password: try Password(TestAuthority.password), fullName: nil),
            from: client)
        #expect(try await fixture.refusal(as: Self.stranger) == .providerRefused(.signInToLink))
        let unverified = Person("78", email: "grace@example.test", isVerified: false)
        try await fixture.authority.register("grace")
        #expect(try await fixture.refusal(as: unverified) == .providerRefused(.signInToLink))
    }

    @Test("an address that the provider is not trusted for is none: the user has none, or does not get in")
    func untrustedNewUser() async throws {
        let fixture = try await ProviderFixture()
        let pair = try await fixture.signIn(as: Self.stranger)
        #expect(pair.user.email == nil && !pair.user.isBound)

        let strict = try await ProviderFixture(settings: { $0.requiresVerifiedEmail = true })
        #expect(try await strict.refusal(as: Self.stranger) == .providerRefused(.emailNotVerified))
        #expect(try await strict.written() == [0, 0])
        try await strict.signIn()
    }

    @Test("closed and invited registration make no user, and let those in who exist")
    func closed() async throws {
        for policy in [RegistrationPolicy.closed, .invitation] {
            let fixture = try await ProviderFixture(settings: { $0.registration = policy })
            #expect(try await fixture.refusal() == .providerRefused(.registrationClosed))
            #expect(try fixture.error(of: try await fixture.travel(.cookie)) == "registration_closed")
            #expect(try await fixture.written() == [0, 0])
            _ = try await fixture.authority.signIn(as: "ada")
            try await fixture.signIn()
            try await fixture.signIn()
        }
    }

    @Test("where domains admit, the provider must be trusted for an address of one")
    func domains() async throws {
        let fixture = try await ProviderFixture(settings: { $0.registration = .domains([try DomainName("corp.test")]) })
        #expect(try await fixture.refusal() == .providerRefused(.domainNotAllowed))
        let claimed = try #require(try await fixture.refusal(as: Person("2", email: "ada@corp.test")))
        #expect([.providerRefused(.domainNotAllowed), .providerRefused(.emailNotVerified)].contains(claimed))
        #expect(try await fixture.written() == [0, 0])
        let trusting = try await ProviderFixture(
            corp: { try MockProviderTransport(clock: $0) { $0.trust = .domains(["corp.test"]) } },
            settings: { $0.registration = .domains([try DomainName("corp.test")]) })
        let pair = try await trusting.signIn(as: Person("2", email: "ada@corp.test"))
        #expect(pair.user.isVerified)
    }

    @Test("a user who is disabled does not get in, and neither does one who is disabled after the callback")
    func disabled() async throws {
        let fixture = try await ProviderFixture()
        let pair = try await fixture.signIn()
        let code = try fixture.code(of: try await fixture.travel())
        _ = try await fixture.authority.service.users.perform(
            .setActive(false), on: pair.user.id, by: .commandLine, from: client)
        await #expect(throws: AuthError.providerRefused(.userDisabled)) { try await fixture.exchange(code) }
        #expect(try fixture.error(of: try await fixture.travel(.cookie)) == "user_disabled")
        await #expect(throws: AuthError.tokenRevoked) { try await fixture.principal(of: pair) }
    }

    @Test("a full limit of sessions refuses")
    func sessionLimit() async throws {
        let fixture = try await ProviderFixture(settings: {
            $0.sessionLimit = SessionLimit(perUser: 1, policy: .refuse)
        })
        let pair = try await fixture.signIn()
        #expect(try await fixture.refusal() == .sessionLimitReached)
        #expect(try fixture.error(of: try await fixture.travel(.cookie)) == "session_limit_reached")
        // The session that is replaced does not count.
        _ = try await fixture.exchange(try fixture.code(of: try await fixture.travel()), held: pair.refreshToken)
    }

    @Test("a user with a second factor is asked for it, in cookies with an error, and is never linked by an address")
    func secondFactor() async throws {
        let fixture = try await ProviderFixture()
        let ada = try await fixture.signIn().user
        fixture.factor.enroll(ada.id)
        let code = try fixture.code(of: try await fixture.travel())
        guard
            case .pending(let pending) = try await fixture.providers.exchange(
                code: code, verifier: ProviderFixture.verifier, from: client)
        else { throw ProviderTestFailure("a session was opened without the second factor") }
        let answer = SignInAnswer(factorID: TestSecondFactor.factor.id, code: TestSecondFactor.code)
        let outcome = try await fixture.authority.service.signIn.complete(pending, with: answer, from: client)
        let principal = try await fixture.principal(of: try #require(outcome.tokens))
        #expect(principal.claims.authenticationMethods == ["fed", "otp"])
        #expect(principal.claims.authenticationContext == "2")
        #expect(try fixture.error(of: try await fixture.travel(.cookie)) == "second_factor_required")

        let grace = try await fixture.registerBound("grace")
        fixture.factor.enroll(grace.id)
        let refusal = try await fixture.refusal(as: Person("5", email: "grace@example.test"))
        #expect(refusal == .providerRefused(.signInToLink))
    }

    @Test("of many first sign-ins at once with one identity, or one address, one makes the user and all are that user")
    func racing() async throws {
        let fixture = try await ProviderFixture()
        var codes: [String] = []
        for number in 0..<8 {
            // Half of them are another identity with the same address.
            let person = Person(number.isMultiple(of: 2) ? "1" : "2")
            codes.append(try fixture.code(of: try await fixture.travel(as: person)))
        }
        let made = codes
        let users = try await withThrowingTaskGroup(of: UserID.self) { group in
            for code in made { group.addTask { try await fixture.exchange(code).user.id } }
            return try await group.reduce(into: Set<UserID>()) { $0.insert($1) }
        }
        #expect(users.count == 1)
        #expect(try await fixture.written() == [1, 8])
    }

    @Test("a sign-in from a new place is told, and one with the token of a known device is not")
    func devices() async throws {
        let fixture = try await ProviderFixture()
        let device = try #require(try await fixture.signIn().deviceToken)
        fixture.authority.clock.advance(by: .seconds(86_400))
        let tries: [(DeviceToken?, String, Int)] = [(device, "198.51.100.9", 0), (nil, "203.0.113.5", 1)]
        for (token, source, mails) in tries {
            let elsewhere = ClientContext(source: source, userAgent: "another browser")
            let code = try fixture.code(of: try await fixture.travel())
            _ = try await fixture.providers.exchange(
                code: code, verifier: ProviderFixture.verifier, device: token, from: elsewhere)
            await fixture.authority.service.completeDeferredWork()
            let told = fixture.authority.mailer.sent.filter { $0.message.template == .newDevice }.count
            #expect(told == mails)
        }
    }
}
