// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@Suite("Registration")
struct RegistrationTests {
    // ASVS 8.2.3
    @Test("a user who registers can sign in by username and by address, as an ordinary user")
    func registers() async throws {
        let authority = try await TestAuthority()

        guard case .registered(let user, _) = try await authority.register("ada") else {
            Issue.record("registration was hidden")
            return
        }

        #expect(user.role == .user && !user.isVerified && user.isActive)
        #expect(try await authority.attempt("ADA").user.id == user.id)
        #expect(try await authority.attempt("Ada@Example.test").user.id == user.id)
        #expect(try await authority.refusals(of: .userRegistered) == [nil])
    }

    @Test("the fields of a form are checked together, and each fault names its field")
    func form() throws {
        let error = #expect(throws: AuthError.self) {
            try Registration(username: "ad", email: "ada@", password: "", fullName: "Ada")
        }
        guard case .invalid(let violations) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(violations.map(\.field) == ["username", "email", "password"])
        #expect(violations.first == FieldViolation(field: "username", .tooShort(minimum: 3)))
        #expect(try Registration(username: "ada", password: "notes on the engine").username == Username("ada"))
    }

    @Test("a taken identifier is reported and audited, and no user is created")
    func taken() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")

        await #expect(throws: AuthError.identifierTaken(.username)) { try await authority.register("Ada") }
        let other = Registration(
            username: try Username("countess"), email: try EmailAddress("ADA@example.test"),
            password: try Password(TestAuthority.password), fullName: nil)
        await #expect(throws: AuthError.identifierTaken(.email)) {
            try await authority.service.users.register(other, from: client)
        }
        #expect(try await authority.service.users.count() == 1)
        #expect(try await authority.refusals(of: .userRegistered) == [nil, "username_taken", "email_taken"])
    }

    @Test("every violation is listed at once")
    func violations() async throws {
        let authority = try await TestAuthority()
        let registration = Registration(
            username: nil, email: nil, password: try Password("abc"), fullName: nil)

        let error = await #expect(throws: AuthError.self) {
            try await authority.service.users.register(registration, from: client)
        }

        guard case .invalid(let violations) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(violations.map(\.field) == ["email", "password", "password", "password"])
        #expect(violations.dropFirst().map(\.code) == ["too_short", "missing_digit", "missing_symbol"])
        #expect(authority.hasher.counts.hashes == 0)
    }

    // Behaviour A2
    @Test("private registration gets the same answer for free and taken, and only the mail says which it was")
    func privately() async throws {
        let settings = AuthSettings(issuer: "https://auth.example.test", preventsEnumeration: true)
        let authority = try await TestAuthority(settings: settings)

        let first = try await authority.register("ada")
        let work = authority.hasher.counts
        let second = try await authority.register("ada")
        let again = authority.hasher.counts
        #expect(authority.mailer.sent.isEmpty)
        await authority.service.completeDeferredWork()

        guard case .accepted(let one) = first, case .accepted(let other) = second else {
            Issue.record("registration was not private")
            return
        }
        #expect(one != other && one.revealed.utf8.count == other.revealed.utf8.count)
        #expect(again.hashes == 2 * work.hashes && again.verifications == work.verifications)
        let messages = authority.mailer.messages(to: try authority.address("ada"))
        try #require(messages.count == 2)
        #expect(messages[0].token != nil)
        #expect(messages[1] == .usernameTaken)
        #expect(try await authority.service.users.count() == 1)
    }

    @Test("private registration that waits for the mail server still mails the token")
    func privatelyAfterFailures() async throws {
        let settings = AuthSettings(issuer: "https://auth.example.test", preventsEnumeration: true)
        let authority = try await TestAuthority(settings: settings)
        authority.mailer.fail(with: [.unavailable(diagnostic: "down"), .unavailable(diagnostic: "down")])
        try await authority.register("ada")

        for _ in 0..<3 {
            await authority.service.completeDeferredWork()
            authority.clock.advance(by: .seconds(60))
        }

        let messages = authority.mailer.messages(to: try authority.address("ada"))
        try #require(messages.count == 1)
        try await authority.service.users.confirmEmailVerification(
            ActionProof(token: try #require(messages[0].token)), from: client)
        #expect(try await authority.attempt("ada").user.isVerified)
    }

    @Test("with REQUIRE_VERIFIED_EMAIL, the password alone does not sign a user in")
    func unverified() async throws {
        let settings = AuthSettings(issuer: "https://auth.example.test", requiresVerifiedEmail: true)
        let authority = try await TestAuthority(settings: settings)
        try await authority.register("ada")
        await authority.service.completeDeferredWork()

        await #expect(throws: AuthError.emailNotVerified) { try await authority.attempt("ada") }
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada", "wrong password 1") }
        let token = try #require(authority.mailer.messages(to: authority.address("ada")).first?.token)
        try await authority.service.users.confirmEmailVerification(ActionProof(token: token), from: client)

        #expect(try await authority.attempt("ada").user.isVerified)
    }

    @Test("without mail, an address that must be verified cannot be registered")
    func withoutMail() async throws {
        let settings = AuthSettings(issuer: "https://auth.example.test", requiresVerifiedEmail: true)
        let authority = try await TestAuthority(settings: settings, hasMail: false)

        await #expect(throws: AuthError.mailUnavailable) { try await authority.register("ada") }
        #expect(try await authority.service.users.count() == 0)
    }
}
