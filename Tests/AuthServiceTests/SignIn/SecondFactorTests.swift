// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Sign-in with a second factor")
struct SecondFactorTests {
    let factor = TestSecondFactor()

    /// An authority where `ada` has a second factor, and `bob` has none.
    func authority() async throws -> TestAuthority {
        let authority = try await TestAuthority { $0.secondFactors = factor }
        for name in ["ada", "bob"] { try await authority.register(name) }
        factor.enroll(try await user("ada", of: authority).id)
        return authority
    }

    func user(_ name: String, of authority: TestAuthority) async throws -> User {
        try await authority.service.users.user(identifiedBy: .username(try Username(name)))
    }

    func begin(
        _ authority: TestAuthority, _ password: String = TestAuthority.password, replacing left: String? = nil
    ) async throws -> SignInOutcome {
        try await authority.service.signIn.withPassword(
            SignInAttempt(identifier: "ada", password: try Password(password)), replacing: left, from: client)
    }

    func pending(_ authority: TestAuthority, replacing left: String? = nil) async throws -> PendingSignIn {
        guard case .pending(let pending) = try await begin(authority, replacing: left) else {
            throw TestFailure("a session was opened without the second factor")
        }
        return pending
    }

    func answer(_ code: String = TestSecondFactor.code) -> SignInAnswer {
        SignInAnswer(factorID: TestSecondFactor.factor.id, code: code)
    }

    @Test("after the right password a user with a second factor has no session, and is asked for the factor")
    func asksForMore() async throws {
        let authority = try await authority()

        let pending = try await pending(authority)

        #expect(pending.factors == [TestSecondFactor.factor])
        #expect(pending.expiresAt == authority.clock.now + .seconds(600))
        let ada = try await user("ada", of: authority)
        #expect(ada.lastLoginAt == nil)
        #expect(try await authority.service.sessions.list(ofUser: ada.id).isEmpty)
        #expect(try await authority.refusals(of: .signIn).isEmpty)
        #expect(!"\(pending)".contains("argon2"))
    }

    @Test("a user without a second factor signs in with the password alone")
    func othersAsBefore() async throws {
        let authority = try await authority()
        _ = try await authority.attempt("bob")
    }

    @Test("the right code opens the session with both methods and level 2, and gives a device token")
    func completes() async throws {
        let authority = try await authority()
        let pending = try await pending(authority)

        let outcome = try await authority.service.signIn.complete(pending, with: answer(), from: client)

        let pair = try #require(outcome.tokens)
        #expect(pair.deviceToken != nil)
        let principal = try await authority.service.access.authenticate(pair.accessToken)
        #expect(principal.claims.authenticationMethods == ["pwd", "otp"])
        #expect(principal.claims.authenticationContext == "2")
        let sessions = try await authority.service.sessions.list(of: principal)
        #expect(sessions.map(\.assuranceLevel) == [2])
        #expect(try await authority.refusals(of: .signIn) == [nil])
    }

    @Test("a wrong password is rejected alike, with and without a second factor")
    func wrongPassword() async throws {
        let authority = try await authority()
        await #expect(throws: AuthError.invalidCredentials) { try await begin(authority, "not the password") }
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("bob", "not the password") }
        #expect(try await authority.refusals(of: .signIn) == ["wrong_password", "wrong_password"])
    }

    @Test("a wrong code opens nothing, is audited, and throttles further sign-ins like a wrong password")
    func wrongCode() async throws {
        let authority = try await authority()
        let pending = try await pending(authority)
        for _ in 0...SignInThrottle.freeFailuresOfSource {
            await #expect(throws: AuthError.invalidCredentials) {
                try await authority.service.signIn.complete(pending, with: answer("000000"), from: client)
            }
        }

        // Throttled by now: neither the right code nor the right password is admitted.
        await #expect(throws: AuthError.invalidCredentials) {
            try await authority.service.signIn.complete(pending, with: answer(), from: client)
        }
        await #expect(throws: AuthError.invalidCredentials) { try await begin(authority) }

        let failures = Int(SignInThrottle.freeFailuresOfSource) + 1
        #expect(
            try await authority.refusals(of: .signIn)
                == Array(repeating: "wrong_factor", count: failures) + ["throttled", "throttled"])
        authority.clock.advance(by: .seconds(60))
        let outcome = try await authority.service.signIn.complete(pending, with: answer(), from: client)
        #expect(outcome.tokens != nil)
    }

    @Test("the right password alone forgives no failure")
    func passwordForgivesNothing() async throws {
        let authority = try await authority()
        for _ in 0..<SignInThrottle.freeFailuresOfSource {
            await #expect(throws: AuthError.invalidCredentials) { try await begin(authority, "not the password") }
        }
        _ = try await pending(authority)
        // One more failure is one too many.
        await #expect(throws: AuthError.invalidCredentials) { try await begin(authority, "not the password") }
        await #expect(throws: AuthError.invalidCredentials) { try await begin(authority) }
        #expect(try await authority.refusals(of: .signIn).last == "throttled")
    }

    enum Meanwhile: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case expired, passwordReset, deactivated, deleted, factorRemoved
        var testDescription: String { rawValue }
    }

    @Test(
        "a pending sign-in cannot be completed after the user has changed, or after ten minutes",
        arguments: Meanwhile.allCases)
    func changedMeanwhile(_ change: Meanwhile) async throws {
        let authority = try await authority()
        let service = authority.service
        let pending = try await pending(authority)
        let ada = try await user("ada", of: authority)
        switch change {
        case .expired: authority.clock.advance(by: PendingSignIn.lifetime)
        case .passwordReset:
            let address = try #require(ada.email)
            let token = try await service.passwords.requestResetRevealing(of: address, from: client).token
            try await service.passwords.confirmReset(
                ActionProof(token: try #require(token).revealed), newPassword: try Password("another staple entirely"),
                from: client)
        case .deactivated:
            _ = try await service.users.perform(.setActive(false), on: ada.id, by: .commandLine, from: client)
        case .deleted:
            _ = try await service.users.perform(.delete, on: ada.id, by: .commandLine, from: client)
        case .factorRemoved: factor.remove(from: ada.id)
        }

        await #expect(throws: AuthError.invalidCredentials) {
            try await service.signIn.complete(pending, with: answer(), from: client)
        }
    }

    // ASVS 6.4.3
    // Behaviour F84
    @Test("a reset opens no session and leaves the second factor, which is asked for after the new password")
    func reset() async throws {
        let authority = try await authority()
        let service = authority.service
        let ada = try await user("ada", of: authority)
        let token = try await service.passwords.requestResetRevealing(
            of: try #require(ada.email), from: client
        ).token
        try await service.passwords.confirmReset(
            ActionProof(token: try #require(token).revealed), newPassword: try Password("another staple entirely"),
            from: client)

        #expect(try await factor.factors(of: ada.id) == [TestSecondFactor.factor])
        guard case .pending(let pending) = try await begin(authority, "another staple entirely") else {
            throw TestFailure("a session was opened without the second factor")
        }
        #expect(try await service.sessions.list(ofUser: ada.id).isEmpty)
        await #expect(throws: AuthError.invalidCredentials) {
            try await service.signIn.complete(pending, with: answer("000000"), from: client)
        }
        let outcome = try await service.signIn.complete(pending, with: answer(), from: client)
        #expect(outcome.tokens != nil)
    }

    @Test("the session that the browser held is revoked when the sign-in completes, and not before")
    func replaces() async throws {
        let authority = try await authority()
        let held = try await authority.attempt("bob")
        let pending = try await pending(authority, replacing: held.refreshToken)
        _ = try await authority.service.access.authenticate(held.accessToken)

        _ = try await authority.service.signIn.complete(pending, with: answer(), from: client)

        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(held.accessToken)
        }
    }
}

/// A failure that no expectation states.
private struct TestFailure: Error {
    let text: String
    init(_ text: String) { self.text = text }
}
