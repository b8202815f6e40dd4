// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@Suite("Password change")
struct PasswordChangeTests {
    let new = "another fine password"

    // ASVS 6.2.2, 6.3.7, 7.4.3
    // Behaviour B28
    @Test("revokes every session, gives the caller a new one and notifies the user by mail")
    func changes() async throws {
        let authority = try await TestAuthority()
        let elsewhere = try await authority.signIn(as: "ada")
        let here = try await authority.signIn(as: "ada")
        let principal = try await authority.service.access.authenticate(here.accessToken)

        let fresh = try await authority.service.passwords.change(
            of: principal, from: try Password(TestAuthority.password), to: try Password(new), by: client)
        await authority.service.completeDeferredWork()

        for pair in [elsewhere, here] {
            await #expect(throws: AuthError.tokenRevoked) {
                try await authority.service.access.authenticate(pair.accessToken)
            }
            await #expect(throws: AuthError.sessionEnded(.passwordChanged)) {
                try await authority.service.sessions.refresh(pair.refreshToken, from: client)
            }
        }
        #expect(try await authority.service.access.authenticate(fresh.accessToken).user.id == fresh.user.id)
        _ = try await authority.service.sessions.refresh(fresh.refreshToken, from: client)
        #expect(authority.mailer.messages(to: try authority.address("ada")) == [.passwordChanged])
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada") }
        _ = try await authority.attempt("ada", new)
    }

    // ASVS 6.2.3
    // Behaviour B26
    @Test("requires the current password")
    func wrongCurrent() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")

        await #expect(throws: AuthError.wrongCurrentPassword) {
            try await authority.service.passwords.change(
                of: principal, from: try Password("not the current one"), to: try Password(new), by: client)
        }
        #expect(try await authority.refusals(of: .passwordChanged) == ["wrong_password"])
        _ = try await authority.attempt("ada")
    }

    struct Refused: CustomTestStringConvertible {
        let password: String
        let code: String
        var testDescription: String { code }
    }

    @Test(
        "applies the password policy to the new one",
        arguments: [
            Refused(password: "short1!", code: "too_short"),
            Refused(password: TestAuthority.password, code: "password_unchanged"),
            Refused(password: "ada@example.test", code: "contains_email"),
        ])
    func policy(_ refused: Refused) async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")

        let error = await #expect(throws: AuthError.self) {
            try await authority.service.passwords.change(
                of: principal, from: try Password(TestAuthority.password), to: try Password(refused.password),
                by: client)
        }

        guard case .invalid(let violations) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(violations.contains { $0.code == refused.code && $0.field == "new_password" })
    }

    // ASVS 6.4.1
    @Test("a password that an administrator chose gives no access until it is changed")
    func mustChange() async throws {
        let authority = try await TestAuthority()
        let draft = UserDraft(
            username: try Username("grace"), email: nil, fullName: nil, password: try Password("chosen by an admin"))
        _ = try await authority.service.users.create(draft, by: .commandLine, from: client)
        let pair = try await authority.attempt("grace", "chosen by an admin")
        let principal = try await authority.service.access.authenticate(pair.accessToken)

        #expect(throws: AuthError.passwordChangeRequired) {
            try authority.service.access.authorize(principal, .authenticated)
        }
        #expect(throws: Never.self) {
            try authority.service.access.authorize(principal, .authenticated, whilePending: [.passwordChange])
        }
        let fresh = try await authority.service.passwords.change(
            of: principal, from: try Password("chosen by an admin"), to: try Password(new), by: client)
        let free = try await authority.service.access.authenticate(fresh.accessToken)
        #expect(throws: Never.self) { try authority.service.access.authorize(free, .authenticated) }
    }
}
