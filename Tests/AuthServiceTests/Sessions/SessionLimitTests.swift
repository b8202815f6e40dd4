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
    @Test("a second sign-in elsewhere does not end the first")
    func independent() async throws {
        let authority = try await authority(nil)
        let first = try await authority.signIn(as: "ada")
        _ = try await authority.signIn(as: "ada")

        #expect(try await authority.service.authenticate(first.accessToken).user.id == first.user.id)
        #expect(try await authority.service.refresh(first.refreshToken, from: client).sessionID == first.sessionID)
    }

    @Test("one that gives way to a newer one is refused at the next request")
    func displaced() async throws {
        let authority = try await authority(SessionLimit(perUser: 2))
        let first = try await authority.signIn(as: "ada")
        _ = try await authority.service.authenticate(first.accessToken)
        authority.clock.advance(by: .seconds(1))
        let second = try await authority.signIn(as: "ada")
        authority.clock.advance(by: .seconds(1))
        let third = try await authority.signIn(as: "ada")

        await #expect(throws: AuthError.tokenRevoked) { try await authority.service.authenticate(first.accessToken) }
        await #expect(throws: AuthError.sessionEnded(.displaced)) {
            try await authority.service.refresh(first.refreshToken, from: client)
        }
        for pair in [second, third] { _ = try await authority.service.authenticate(pair.accessToken) }
    }

    @Test("one more than allowed is refused only to who knows the password, until another ends")
    func refused() async throws {
        let authority = try await authority(SessionLimit(perUser: 1, policy: .refuse))
        let first = try await authority.signIn(as: "ada")

        await #expect(throws: AuthError.sessionLimitReached) { try await authority.attempt("ada") }
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada", "a wrong guess") }
        #expect(try await authority.refusals(of: .signIn) == [nil, "session_limit_reached", "wrong_password"])
        try await authority.service.signOut(
            authority.service.authenticate(first.accessToken), from: client)
        _ = try await authority.attempt("ada")
    }

    @Test("changing the password replaces all sessions, whatever the limit")
    func passwordChange() async throws {
        let authority = try await authority(SessionLimit(perUser: 1, policy: .refuse))
        let principal = try await authority.principal("ada")

        let pair = try await authority.service.changePassword(
            of: principal, from: Password(TestAuthority.password), to: Password("another good one"), by: client)

        #expect(try await authority.service.authenticate(pair.accessToken).sessionID == pair.sessionID)
    }
}
