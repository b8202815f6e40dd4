// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Limits on guessing")
struct SignInLimitTests {
    /// Fails so often from one source that the next attempt from there is throttled.
    func exhaust(_ authority: TestAuthority, _ identifier: String, from source: ClientContext = client) async {
        for _ in 0..<5 { _ = try? await authority.attempt(identifier, "not the password", from: source) }
    }

    // Behaviour H123
    @Test("while throttled, the right password gets the answer and the work of a wrong one")
    func rightPassword() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        await exhaust(authority, "ada")
        let before = authority.hasher.counts.verifications

        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada") }

        #expect(authority.hasher.counts.verifications == before + 1)
        #expect(try await authority.refusals(of: .signIn).last == "throttled")
        authority.clock.advance(by: .seconds(1))
        #expect(try await authority.attempt("ada").user.username?.original == "ada")
    }

    @Test("throttled attempts do not lengthen the delay")
    func hammering() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        await exhaust(authority, "ada")
        for _ in 0..<200 { _ = try? await authority.attempt("ada", "not the password") }

        authority.clock.advance(by: .seconds(1))

        _ = try await authority.attempt("ada")
        #expect(try await authority.refusals(of: .signIn, limit: 1_000).count { $0 == "throttled" } == 200)
    }

    @Test("a username and an address of one user share a budget, a success resets it, and another source has its own")
    func whoseBudget() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        let elsewhere = ClientContext(source: "198.51.100.9")
        for identifier in ["ada", "ada@example.test", "ada"] {
            _ = try? await authority.attempt(identifier, "not the password")
        }
        _ = try await authority.attempt("ada")
        await exhaust(authority, "ada@example.test")

        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada") }
        #expect(try await authority.attempt("ada", from: elsewhere).user.username?.original == "ada")
    }

    @Test("unknown and unreadable identifiers are throttled like users", arguments: ["nobody", "no such name!"])
    func unknown(_ identifier: String) async throws {
        let authority = try await TestAuthority()
        await exhaust(authority, identifier)

        _ = try? await authority.attempt(identifier, "not the password")

        #expect(try await authority.refusals(of: .signIn).last == "throttled")
    }

    @Test("a sign-in without earlier failures writes nothing about limits, and one after failures resets them")
    func writes() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        _ = try await authority.attempt("ada")

        let removed = try await authority.store.purge(
            expiredAt: Timestamp(microseconds: .max), endedBefore: Timestamp(microseconds: .min), limit: 100)

        #expect(removed == 0)
    }

    @Test("a known device signs in while its source is throttled, and is unknown after a new password")
    func knownDevice() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        let device = try #require(try await authority.attempt("ada").deviceToken)
        await exhaust(authority, "ada")

        let again = try #require(try await authority.attempt("ada", device: device).deviceToken)
        let principal = try await authority.principal("ada")
        try await authority.service.sessions.signOutEverywhere(principal, from: client)
        let after = try await authority.attempt("ada", device: again)

        let newest = try await authority.service.passwords.change(
            of: authority.service.access.authenticate(after.accessToken), from: Password(TestAuthority.password),
            to: Password("nanoseconds of wire"), by: client
        ).deviceToken
        await #expect(throws: AuthError.invalidCredentials) {
            try await authority.attempt("ada", "nanoseconds of wire", device: after.deviceToken)
        }
        _ = try await authority.attempt("ada", "nanoseconds of wire", device: newest)
    }

    @Test("a stolen device token gives ten guesses, then delays of its own")
    func stolenDevice() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        let device = try #require(try await authority.attempt("ada").deviceToken)
        for number in 0..<11 {
            _ = try? await authority.attempt(
                "ada", "not the password", device: device, from: ClientContext(source: "198.51.100.\(number)"))
        }

        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada", device: device) }
        #expect(try await authority.refusals(of: .signIn).last == "throttled")
        _ = try await authority.attempt("ada")
    }

    // Behaviour B26
    @Test("a wrong current password counts against the session alone")
    func currentPassword() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")
        let other = try await authority.principal("ada")
        let new = try Password("nanoseconds of wire")
        for _ in 0..<11 {
            await #expect(throws: AuthError.wrongCurrentPassword) {
                try await authority.service.passwords.change(
                    of: principal, from: Password("not the password"), to: new, by: client)
            }
        }

        await #expect(throws: AuthError.wrongCurrentPassword) {
            try await authority.service.passwords.change(
                of: principal, from: Password(TestAuthority.password), to: new, by: client)
        }
        #expect(try await authority.refusals(of: .passwordChanged).contains("throttled"))
        _ = try await authority.service.passwords.change(
            of: other, from: Password(TestAuthority.password), to: new, by: client)
    }

    @Test("nothing is counted if the operator has disabled limits")
    func off() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.limitsPasswordAttempts = false
        let authority = try await TestAuthority(settings: settings)
        try await authority.register("ada")
        for _ in 0..<5 { await exhaust(authority, "ada") }

        _ = try await authority.attempt("ada")
        #expect(try await authority.refusals(of: .signIn).allSatisfy { $0 != "throttled" })
    }
}
