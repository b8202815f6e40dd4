// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@Suite("Sessions of one user")
struct SessionLimitTests {
    func authority(_ limit: SessionLimit?) async throws -> TestAuthority {
        try await TestAuthority(
            settings: AuthSettings(issuer: "https://auth.example.test", sessionLimit: limit))
    }

    // Behaviour D60
    @Test("a second sign-in on another device does not end the first")
    func independent() async throws {
        let authority = try await authority(nil)
        let first = try await authority.signIn(as: "ada")
        _ = try await authority.signIn(as: "ada")

        #expect(try await authority.service.access.authenticate(first.accessToken).user.id == first.user.id)
        #expect(
            try await authority.service.sessions.refresh(first.refreshToken, from: client).sessionID == first.sessionID)
    }

    @Test("an evicted session is rejected at the next request")
    func evicted() async throws {
        let authority = try await authority(SessionLimit(perUser: 2))
        let first = try await authority.signIn(as: "ada")
        _ = try await authority.service.access.authenticate(first.accessToken)
        authority.clock.advance(by: .seconds(1))
        let second = try await authority.signIn(as: "ada")
        authority.clock.advance(by: .seconds(1))
        let third = try await authority.signIn(as: "ada")

        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(first.accessToken)
        }
        await #expect(throws: AuthError.sessionEnded(.evicted)) {
            try await authority.service.sessions.refresh(first.refreshToken, from: client)
        }
        for pair in [second, third] { _ = try await authority.service.access.authenticate(pair.accessToken) }
    }

    @Test("a session beyond the limit is rejected only after a correct password, until another ends")
    func refused() async throws {
        let authority = try await authority(SessionLimit(perUser: 1, policy: .refuse))
        let first = try await authority.signIn(as: "ada")

        await #expect(throws: AuthError.sessionLimitReached) { try await authority.attempt("ada") }
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada", "a wrong guess") }
        #expect(try await authority.refusals(of: .signIn) == [nil, "session_limit_reached", "wrong_password"])
        try await authority.service.sessions.signOut(
            authority.service.access.authenticate(first.accessToken), from: client)
        _ = try await authority.attempt("ada")
    }

    @Test("a browser's previous session makes room, and stays if none is opened")
    func replaced() async throws {
        let authority = try await authority(SessionLimit(perUser: 1, policy: .refuse))
        let ada = try await authority.signIn(as: "ada")
        let bob = try await authority.signIn(as: "bob")
        func attempt(_ name: String, leaving left: TokenPair) async throws -> TokenPair {
            let outcome = try await authority.service.signIn.withPassword(
                SignInAttempt(identifier: name, password: try Password(TestAuthority.password)),
                replacing: left.refreshToken, from: client)
            return try #require(outcome.tokens)
        }

        await #expect(throws: AuthError.sessionLimitReached) { try await attempt("bob", leaving: ada) }
        for pair in [ada, bob] { _ = try await authority.service.access.authenticate(pair.accessToken) }
        let again = try await attempt("ada", leaving: ada)

        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(ada.accessToken)
        }
        _ = try await authority.service.access.authenticate(again.accessToken)
        try await authority.service.sessions.signOut(
            authority.service.access.authenticate(bob.accessToken), from: client)
        _ = try await attempt("bob", leaving: again)
        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(again.accessToken)
        }
    }

    @Test("changing the password replaces all sessions, whatever the limit")
    func passwordChange() async throws {
        let authority = try await authority(SessionLimit(perUser: 1, policy: .refuse))
        let principal = try await authority.principal("ada")

        let pair = try await authority.service.passwords.change(
            of: principal, from: Password(TestAuthority.password), to: Password("another good one"), by: client)

        #expect(try await authority.service.access.authenticate(pair.accessToken).sessionID == pair.sessionID)
    }
}
