// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Who may register")
struct RegistrationPolicyTests {
    private static let otherDomain = FieldViolation(
        field: "email", code: "domain_not_allowed", message: "Addresses of this domain are not accepted.")

    private func authority(
        _ policy: RegistrationPolicy, privately: Bool = false, hasMail: Bool = true
    ) async throws -> TestAuthority {
        var settings = AuthSettings(issuer: "https://auth.example.test", preventsEnumeration: privately)
        settings.registration = policy
        return try await TestAuthority(settings: settings, hasMail: hasMail)
    }

    private func register(
        _ address: String?, _ authority: TestAuthority, username: String? = nil
    ) async throws -> RegistrationOutcome {
        try await authority.service.users.register(
            Registration(username: username, email: address, password: TestAuthority.password), from: client)
    }

    @Test("a closed registration makes no user, hashes no password, and is audited", arguments: [false, true])
    func closed(privately: Bool) async throws {
        let authority = try await authority(.closed, privately: privately)

        await #expect(throws: AuthError.registrationClosed) { try await register("ada@example.test", authority) }
        await authority.service.completeDeferredWork()

        #expect(try await authority.service.users.count() == 0)
        #expect(authority.hasher.counts.hashes == 0 && authority.mailer.sent.isEmpty)
        #expect(try await authority.refusals(of: .userRegistered) == ["registration_closed"])
    }

    @Test("where registration is closed, administrators make users, and users change their own record")
    func closedAndOpen() async throws {
        let authority = try await authority(.closed)
        let principal = try await authority.principal("ada")

        let changed = try await authority.service.users.updateProfile(
            of: principal, by: ProfileChange(email: try EmailAddress("ada@elsewhere.test")),
            confirmedBy: try Password(TestAuthority.password), from: client)

        #expect(changed.user.newEmail?.canonical == "ada@elsewhere.test")
    }

    @Test(
        "a domain list refuses other domains, subdomains and registrations without an address, before anything is hashed",
        arguments: [nil, "ada@evil.test", "ada@mail.example.test", "ada@example.test.evil.test"])
    func otherDomains(_ address: String?) async throws {
        let authority = try await authority(.domains([try DomainName("example.test")]))
        let violation = address == nil ? FieldViolation(field: "email", .missing) : Self.otherDomain

        await #expect(throws: AuthError.invalid([violation])) {
            try await register(address, authority, username: "ada")
        }

        #expect(try await authority.service.users.count() == 0)
        #expect(authority.hasher.counts.hashes == 0)
    }

    @Test("a domain list refuses another domain also where registration is private, and says no more than that")
    func privately() async throws {
        let authority = try await authority(.domains([try DomainName("example.test")]), privately: true)

        await #expect(throws: AuthError.invalid([Self.otherDomain])) { try await register("ada@evil.test", authority) }
        guard case .accepted = try await register("ada@example.test", authority) else {
            Issue.record("registration was not private")
            return
        }
    }

    @Test("a domain list gives no session before the address is proven")
    func proof() async throws {
        let authority = try await authority(.domains([try DomainName("example.test")]))
        _ = try await register("ada@example.test", authority, username: "ada")
        await authority.service.completeDeferredWork()

        await #expect(throws: AuthError.emailNotVerified) { try await authority.attempt("ada") }
        let token = try #require(authority.mailer.messages(to: authority.address("ada")).first?.token)
        try await authority.service.users.confirmEmailVerification(ActionProof(token: token), from: client)

        #expect(try await authority.attempt("ada").user.isVerified)
    }

    @Test("a domain list that no mail can prove registers no user")
    func withoutMail() async throws {
        let authority = try await authority(.domains([try DomainName("example.test")]), hasMail: false)

        await #expect(throws: AuthError.mailUnavailable) { try await register("ada@example.test", authority) }
    }

    @Test("users change their address within the domain list alone")
    func changes() async throws {
        let authority = try await authority(.domains([try DomainName("example.test")]))
        let users = authority.service.users
        _ = try await register("ada@example.test", authority, username: "ada")
        await authority.service.completeDeferredWork()
        let token = try #require(authority.mailer.messages(to: authority.address("ada")).first?.token)
        try await users.confirmEmailVerification(ActionProof(token: token), from: client)
        let principal = try await authority.service.access.authenticate(authority.attempt("ada").accessToken)
        let checks = authority.hasher.counts.verifications
        func change(to address: String) async throws {
            _ = try await users.updateProfile(
                of: principal, by: ProfileChange(email: try EmailAddress(address)),
                confirmedBy: try Password(TestAuthority.password), from: client)
        }

        await #expect(throws: AuthError.invalid([Self.otherDomain])) { try await change(to: "ada@evil.test") }
        #expect(authority.hasher.counts.verifications == checks)
        try await change(to: "lovelace@example.test")
        await authority.service.completeDeferredWork()

        let second = try #require(authority.mailer.messages(to: authority.address("lovelace")).first?.token)
        let moved = try await users.confirmAddressChange(ActionProof(token: second), from: client)
        #expect(moved.email?.canonical == "lovelace@example.test")
    }

    @Test("a token for a new address is void where the domain list no longer has its domain")
    func shortenedList() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test", requiresVerifiedEmail: true)
        let first = try await TestAuthority(settings: settings)
        let ada = try await verified("ada", first)
        _ = try await first.service.users.updateProfile(
            of: ada, by: ProfileChange(email: try EmailAddress("ada@old.test")),
            confirmedBy: try Password(TestAuthority.password), from: client)
        await first.service.completeDeferredWork()
        let token = try #require(first.mailer.messages(to: try EmailAddress("ada@old.test")).first?.token)

        settings.registration = .domains([try DomainName("example.test")])
        let second = try await TestAuthority(settings: settings, store: first.store, clock: first.clock)
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await second.service.users.confirmAddressChange(ActionProof(token: token), from: client)
        }
        #expect(try await first.service.users.confirmAddressChange(ActionProof(token: token), from: client).isVerified)
    }

    /// The principal of a user whose address an administrator has verified.
    private func verified(_ name: String, _ authority: TestAuthority) async throws -> Principal {
        let draft = UserDraft(
            username: try Username(name), email: try authority.address(name), fullName: nil,
            password: try Password(TestAuthority.password), isVerified: true)
        _ = try await authority.service.users.create(
            draft, by: .commandLine, mustChangePassword: false, from: client)
        return try await authority.service.access.authenticate(authority.attempt(name).accessToken)
    }

    @Test("the user has the language that was given at registration, and how they came to exist is noted")
    func origin() async throws {
        let authority = try await TestAuthority()
        let registration = Registration(
            username: try Username("ada"), email: nil, password: try Password(TestAuthority.password), fullName: nil,
            locale: try #require(LanguageTag("de-AT")))
        guard case .registered(let user, _) = try await authority.service.users.register(registration, from: client)
        else {
            Issue.record("registration was hidden")
            return
        }
        let made = try await authority.principal("grace").user

        #expect(user.locale?.text == "de-AT" && user.origin == .registered)
        #expect(try await authority.store.user(withID: user.id)?.locale == user.locale)
        #expect(made.origin == .administrator && made.locale == nil)
    }
}
