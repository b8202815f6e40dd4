// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("The first administrator")
struct FirstAdministratorTests {
    private func make(
        _ name: String, with token: String, _ authority: TestAuthority, password: String = TestAuthority.password,
        email: String? = nil
    ) async throws -> User {
        let draft = FirstAdministrator(
            username: try Username(name),
            email: try email.map { text throws(ValidationError) in try EmailAddress(text) },
            password: try Password(password))
        return try await authority.service.users.createFirstAdministrator(draft, with: token, from: client)
    }

    private func token(_ authority: TestAuthority) async throws -> String {
        try #require(try await authority.service.users.makeSetupToken(from: client)).token.revealed
    }

    // ASVS 6.4.1
    @Test("a set-up token makes an administrator who can sign in, once")
    func once() async throws {
        let authority = try await TestAuthority()
        let token = try await token(authority)

        let admin = try await make("ada", with: token, authority)

        #expect(admin.role == .admin && admin.isActive && !admin.mustChangePassword && admin.origin == .administrator)
        #expect(try await authority.attempt("ada").user.role == .admin)
        await #expect(throws: AuthError.invalidOneTimeToken) { try await make("eve", with: token, authority) }
        #expect(try await authority.service.users.count() == 1)
        #expect(try await authority.refusals(of: .setupLinkCreated) == [nil])
        #expect(try await authority.refusals(of: .firstAdministratorCreated) == [nil, "administrator_exists"])
    }

    @Test("of two requests at once one makes the administrator, also with two tokens")
    func race() async throws {
        let authority = try await TestAuthority()
        let tokens = [try await token(authority), try await token(authority)]

        let made = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    (try? await make("admin-\(number)", with: tokens[number % 2], authority)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }

        #expect(made == 1)
        let admins = try await authority.service.users.list(matching: .init(role: .admin)).users
        #expect(admins.count == 1)
    }

    @Test(
        "no token is made once there is an administrator, and every other one is void, whoever made the administrator")
    func void() async throws {
        let authority = try await TestAuthority()
        let token = try await token(authority)
        _ = try await authority.principal("root", role: .admin)

        #expect(try await authority.service.users.makeSetupToken(from: client) == nil)
        await #expect(throws: AuthError.invalidOneTimeToken) { try await make("eve", with: token, authority) }
        #expect(authority.hasher.counts.hashes == 1)
    }

    @Test("users who are none leave the token valid")
    func users() async throws {
        let authority = try await TestAuthority()
        try await authority.register("bob")
        let token = try await token(authority)

        await #expect(throws: AuthError.identifierTaken(.username)) { try await make("BOB", with: token, authority) }
        #expect(try await make("ada", with: token, authority).role == .admin)
    }

    // ASVS 6.4.1
    @Test("a token lives for a day, whatever else is presented is refused, and nothing is hashed for it")
    func junk() async throws {
        let authority = try await TestAuthority()
        let token = try await token(authority)
        let pair = try await authority.signIn(as: "bob")
        let principal = try await authority.service.access.authenticate(pair.accessToken)
        let verification = try await authority.service.users.requestEmailVerification(
            for: principal, from: client, revealing: true)
        guard case .sent(_, revealed: let mailed?) = verification else {
            Issue.record("no token was revealed")
            return
        }
        let hashes = authority.hasher.counts.hashes
        var changed = Array(token.utf8)
        changed[20] = changed[20] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        let other = try await TestAuthority(seed: 2)
        let foreign = try await self.token(other)

        for text in [
            "", "aot_", String(token.dropLast()), token + "A", String(decoding: changed, as: UTF8.self),
            mailed.revealed,
            pair.accessToken, pair.refreshToken, foreign,
        ] {
            await #expect(throws: AuthError.invalidOneTimeToken) { try await make("eve", with: text, authority) }
        }
        authority.clock.advance(by: .seconds(86_399))
        let draft = FirstAdministrator(
            username: nil, email: nil, password: try Password(TestAuthority.password))
        await #expect(throws: AuthError.invalid([FieldViolation(field: "email", .missing)])) {
            try await authority.service.users.createFirstAdministrator(draft, with: token, from: client)
        }
        authority.clock.advance(by: .seconds(1))
        await #expect(throws: AuthError.invalidOneTimeToken) { try await make("eve", with: token, authority) }

        #expect(authority.hasher.counts.hashes == hashes)
        #expect(try await !authority.service.users.hasAdministrator())
    }

    @Test("a set-up token is none of any other kind")
    func purposes() async throws {
        let authority = try await TestAuthority()
        let token = try await token(authority)

        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await authority.service.users.confirmEmailVerification(ActionProof(token: token), from: client)
        }
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await authority.service.passwords.confirmReset(
                ActionProof(token: token), newPassword: try Password("another fine password"), from: client)
        }
    }

    @Test("a rejected password leaves the token valid")
    func policy() async throws {
        let authority = try await TestAuthority()
        let token = try await token(authority)

        await #expect(throws: AuthError.self) { try await make("ada", with: token, authority, password: "1234567") }
        #expect(try await make("ada", with: token, authority).role == .admin)
    }

    @Test("registration may be closed, and where addresses must be verified the first one must be, too")
    func otherSettings() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test", requiresVerifiedEmail: true)
        settings.registration = .closed
        let authority = try await TestAuthority(settings: settings)
        let token = try await token(authority)

        await #expect(throws: AuthError.invalid([FieldViolation(field: "email", .missing)])) {
            try await make("ada", with: token, authority)
        }
        let admin = try await make("ada", with: token, authority, email: "ada@example.test")
        await authority.service.completeDeferredWork()

        #expect(!admin.isVerified)
        await #expect(throws: AuthError.emailNotVerified) { try await authority.attempt("ada") }
        let mailed = try #require(authority.mailer.messages(to: authority.address("ada")).first?.token)
        try await authority.service.users.confirmEmailVerification(ActionProof(token: mailed), from: client)
        #expect(try await authority.attempt("ada").user.role == .admin)
    }

    @Test("another process on the store takes the token, and it is void in the first one, too")
    func processes() async throws {
        let first = try await TestAuthority()
        let token = try await token(first)
        let second = try await TestAuthority(store: first.store, clock: first.clock)

        #expect(try await make("ada", with: token, second).role == .admin)
        await #expect(throws: AuthError.invalidOneTimeToken) { try await make("eve", with: token, first) }
    }
}
