// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@Suite("Password reset")
struct PasswordResetTests {
    let new = "another fine password"

    /// Asks for a reset and returns the mailed token.
    func token(_ name: String, _ authority: TestAuthority) async throws -> String {
        let address = try authority.address(name)
        _ = try await authority.service.passwords.requestReset(of: address, from: client)
        await authority.service.completeDeferredWork()
        return try #require(authority.mailer.messages(to: address).last?.token)
    }

    // ASVS 6.5.1, 7.4.3
    @Test("sets the password once, revokes every session, verifies the address and opens no session")
    func resets() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")
        let token = try await token("ada", authority)

        try await authority.service.passwords.confirmReset(
            ActionProof(token: token), newPassword: try Password(new), from: client)
        await authority.service.completeDeferredWork()

        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(pair.accessToken)
        }
        await #expect(throws: AuthError.sessionEnded(.passwordChanged)) {
            try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        }
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await authority.service.passwords.confirmReset(
                ActionProof(token: token), newPassword: try Password(new), from: client)
        }
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada") }
        #expect(try await authority.attempt("ada", new).user.isVerified)
        #expect(authority.mailer.messages(to: try authority.address("ada")).last == .passwordChanged)
    }

    @Test("the mail has the time of the request, and the place unless an administrator asked for the user")
    func origin() async throws {
        let authority = try await TestAuthority()
        let ada = try await authority.signIn(as: "ada").user
        let admin = try await authority.principal("root", role: .admin)
        _ = try await token("ada", authority)
        _ = try await authority.service.passwords.startReset(
            of: ada, by: .user(admin), mailing: true, from: ClientContext(source: "198.51.100.9"))
        await authority.service.completeDeferredWork()

        let origins = authority.mailer.sent.filter { $0.message.template == .passwordReset }.map(\.origin)
        let here = SignInPlace(source: "192.0.2.1", sourceNetwork: nil, userAgent: "tests")
        let now = authority.service.now
        #expect(origins == [ActionOrigin(at: now, from: here), ActionOrigin(at: now, from: nil)])
    }

    // ASVS 6.3.8
    // Behaviour F79
    @Test(
        "no user enumeration: an unknown, a disabled and a known address get the same answer, and only the last one a mail"
    )
    func enumeration() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        try await authority.register("disabled")
        let disabled = try await authority.service.users.user(identifiedBy: .username(try Username("disabled")))
        _ = try await authority.service.users.perform(
            .setActive(false), on: disabled.id, by: .commandLine, from: client)

        for name in ["ada", "disabled", "nobody"] {
            _ = try await authority.service.passwords.requestReset(of: try authority.address(name), from: client)
        }
        #expect(authority.mailer.sent.isEmpty)
        await authority.service.completeDeferredWork()

        #expect(authority.mailer.sent.map(\.recipient.canonical) == ["ada@example.test"])
        #expect(
            try await authority.refusals(of: .passwordResetRequested) == [nil, "user_disabled", "unknown_user"])
    }

    // ASVS 6.5.1
    @Test("several tokens are valid until one is used, then none is")
    func severalTokens() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let first = try await token("ada", authority)
        let second = try await token("ada", authority)

        try await authority.service.passwords.confirmReset(
            ActionProof(token: first), newPassword: try Password(new), from: client)

        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await authority.service.passwords.confirmReset(
                ActionProof(token: second), newPassword: try Password(new), from: client)
        }
    }

    @Test("a rejected password leaves the token valid")
    func policy() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let token = try await token("ada", authority)

        let error = await #expect(throws: AuthError.self) {
            try await authority.service.passwords.confirmReset(
                ActionProof(token: token), newPassword: try Password("1234567"), from: client)
        }
        guard case .invalid = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        try await authority.service.passwords.confirmReset(
            ActionProof(token: token), newPassword: try Password(new), from: client)
    }

    @Test("a token expires after its hour, and an unknown token costs no hashing")
    func expiryAndJunk() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")
        let token = try await token("ada", authority)
        let verification = try await authority.service.users.requestEmailVerification(
            for: authority.service.access.authenticate(pair.accessToken), from: client, revealing: true)
        guard case .sent(_, revealed: let other?) = verification else {
            Issue.record("no token was revealed")
            return
        }
        let hashes = authority.hasher.counts.hashes
        authority.clock.advance(by: .seconds(3_600))

        for bad in [token, other.revealed, "", "aot_", pair.refreshToken, pair.accessToken] {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await authority.service.passwords.confirmReset(
                    ActionProof(token: bad), newPassword: try Password(new), from: client)
            }
        }
        #expect(authority.hasher.counts.hashes == hashes)
    }

    // Behaviour F85
    @Test("a reset forgets the failed sign-ins of its own source, and of no other")
    func ownSource() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let elsewhere = ClientContext(source: "198.51.100.9")
        for source in [client, elsewhere] {
            for _ in 0..<5 { _ = try? await authority.attempt("ada", "not the password", from: source) }
        }
        let token = try await token("ada", authority)
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada") }

        try await authority.service.passwords.confirmReset(
            ActionProof(token: token), newPassword: try Password(new), from: client)

        await #expect(throws: AuthError.invalidCredentials) {
            try await authority.attempt("ada", new, from: elsewhere)
        }
        #expect(try await authority.refusals(of: .signIn).suffix(2) == ["throttled", "throttled"])
        // The first of the free failures comes again.
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada", "not the password") }
        _ = try await authority.attempt("ada", new)
    }

    // Behaviour F85
    @Test("a reset gives back nothing of what all sources have used up together, and a refused one forgets nothing")
    func allSources() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let token = try await token("ada", authority)
        for _ in 0..<5 { _ = try? await authority.attempt("ada", "not the password") }
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await authority.service.passwords.confirmReset(
                ActionProof(token: "aot_x"), newPassword: try Password(new), from: client)
        }
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada") }

        for number in 0..<(SignInThrottle.failuresOfUserPerHour / 2) {
            _ = try? await authority.attempt(
                "ada", "not the password", from: ClientContext(source: "10.0.\(number).1"))
        }
        try await authority.service.passwords.confirmReset(
            ActionProof(token: token), newPassword: try Password(new), from: client)

        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada", new) }
        #expect(try await authority.refusals(of: .signIn).last == "throttled")
        authority.clock.advance(by: .seconds(6 * 72))
        _ = try await authority.attempt("ada", new)
    }

    // Behaviour F94
    @Test("a failing mail server changes no answer; the mail is retried, then the loss is audited")
    func mailFailure() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let address = try authority.address("ada")
        authority.mailer.fail(with: [.unavailable(diagnostic: "down"), .unavailable(diagnostic: "down")])
        _ = try await authority.service.passwords.requestReset(of: address, from: client)
        for _ in 0..<3 {
            await authority.service.completeDeferredWork()
            authority.clock.advance(by: .seconds(60))
        }
        #expect(authority.mailer.sent.count == 1)

        authority.mailer.fail(with: [.rejected(diagnostic: "no such mailbox")])
        _ = try await authority.service.passwords.requestReset(of: address, from: client)
        await authority.service.completeDeferredWork()

        #expect(authority.mailer.sent.count == 1)
        #expect(try await authority.refusals(of: .mailFailed) == ["not_delivered"])
    }

    @Test("without mail every request is answered that mail is unavailable")
    func withoutMail() async throws {
        let authority = try await TestAuthority(hasMail: false)
        let address = try authority.address("nobody")

        await #expect(throws: AuthError.mailUnavailable) {
            _ = try await authority.service.passwords.requestReset(of: address, from: client)
        }
    }
}
