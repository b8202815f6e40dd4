// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Sign-in")
struct SignInTests {
    /// An authority with one user in each state that must not be told apart from outside.
    func populated() async throws -> TestAuthority {
        let authority = try await TestAuthority()
        for name in ["ada", "disabled", "chair"] { try await authority.register(name) }
        let disabled = try await authority.service.users.user(identifiedBy: .username(try Username("disabled")))
        _ = try await authority.service.users.perform(
            .setActive(false), on: disabled.id, by: .commandLine, from: client)
        let draft = UserDraft(
            username: try Username("nopassword"), email: nil, fullName: nil, password: nil)
        _ = try await authority.service.users.create(draft, by: .commandLine, from: client)
        return authority
    }

    struct Refused: CustomTestStringConvertible {
        let identifier: String
        let password: String
        let reason: SignInRefusal
        var testDescription: String { reason.rawValue }
    }

    // ASVS 6.3.8
    // Behaviour C36
    @Test(
        "every rejection is the same answer after one password check, and the audit has the reason",
        arguments: [
            Refused(identifier: "nobody", password: "whatever it is", reason: .unknownUser),
            Refused(identifier: "nobody@example.test", password: "whatever it is", reason: .unknownUser),
            Refused(identifier: "ada", password: "whatever it is", reason: .wrongPassword),
            Refused(identifier: "disabled", password: "whatever it is", reason: .wrongPassword),
            Refused(identifier: "disabled", password: TestAuthority.password, reason: .userDisabled),
            Refused(identifier: "nopassword", password: "whatever it is", reason: .noPassword),
            Refused(identifier: "no such name!", password: "whatever it is", reason: .malformedIdentifier),
        ])
    func refusals(_ refused: Refused) async throws {
        let authority = try await populated()
        let before = authority.hasher.counts.verifications

        await #expect(throws: AuthError.invalidCredentials) {
            try await authority.attempt(refused.identifier, refused.password)
        }

        #expect(authority.hasher.counts.verifications == before + 1)
        #expect(try await authority.refusals(of: .signIn) == [refused.reason.rawValue])
    }

    // ASVS 7.2.4
    // Behaviour D60
    @Test("a second sign-in does not end the first one")
    func severalSessions() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")

        let first = try await authority.attempt("ada")
        let second = try await authority.attempt("ada")

        #expect(first.sessionID != second.sessionID)
        #expect(try await authority.service.access.authenticate(first.accessToken).sessionID == first.sessionID)
        #expect(try await authority.service.access.authenticate(second.accessToken).sessionID == second.sessionID)
    }

    // Behaviour B29, B32
    @Test("an outdated hash is replaced at sign-in, once")
    func rehash() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        let name = Identifier.username(try Username("ada"))
        let old = try #require(try await authority.store.credential(for: name)?.passwordHash)
        authority.hasher.outdate(try PasswordHash(parsing: old.text))

        _ = try await authority.attempt("ada")
        let new = try #require(try await authority.store.credential(for: name)?.passwordHash)
        let hashes = authority.hasher.counts.hashes
        _ = try await authority.attempt("ada")

        #expect(new != old)
        #expect(authority.hasher.counts.hashes == hashes)
    }

    @Test("an outdated hash that cannot be replaced does not prevent the sign-in")
    func rehashFails() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        let name = Identifier.username(try Username("ada"))
        let old = try #require(try await authority.store.credential(for: name)?.passwordHash)
        authority.hasher.outdate(try PasswordHash(parsing: old.text))
        authority.hasher.refuse(with: .overloaded(retryAfter: .seconds(1)), verifyingAllTheSame: true)

        _ = try await authority.attempt("ada")

        #expect(try await authority.store.credential(for: name)?.passwordHash == old)
    }

    /// A password as a keyboard may send it: an e and a combining accent, where NFC has one letter.
    private static let decomposed = "cafe\u{301} au lait noir"

    // Behaviour B23, B29
    @Test("an imported hash of text that was not normalized lets its owner in, and is replaced by one of the NFC")
    func importedUnnormalized() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        let name = Identifier.username(try Username("ada"))
        let credential = try #require(try await authority.store.credential(for: name))
        let own = try #require(credential.passwordHash)
        let imported = authority.hasher.hash(octets: Array(Self.decomposed.utf8))
        let isImported = try await authority.store.rehashPassword(
            of: credential.user.id, from: own,
            to: StoredPasswordHash(text: imported.encoded, cost: imported.cost.label))
        #expect(isImported)

        await #expect(throws: AuthError.invalidCredentials) {
            try await authority.attempt("ada", "caf\u{E9} au lait noir")
        }
        _ = try await authority.attempt("ada", Self.decomposed)

        // From now on every keyboard does.
        _ = try await authority.attempt("ada", "caf\u{E9} au lait noir")
        _ = try await authority.attempt("ada", Self.decomposed)
        #expect(try await authority.store.credential(for: name)?.passwordHash?.text != imported.encoded)
    }

    @Test("no memory to check a password with is overload: it is reported, and neither counted nor audited")
    func outOfMemory() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        authority.hasher.refuse(with: .failed(.outOfMemory(.argon2)), checkingRoomAllTheSame: true)

        for _ in 0..<20 {
            await #expect(throws: AuthError.overloaded(retryAfter: .seconds(1))) { try await authority.attempt("ada") }
        }

        #expect(authority.hasher.counts.verifications == 20)
        #expect(authority.events.all.count == 20)
        authority.hasher.refuse(with: nil)
        _ = try await authority.attempt("ada")
        #expect(try await authority.refusals(of: .signIn) == [nil])
    }

    @Test("a narrower scope is granted, a wider one is cut to the role")
    func scope() async throws {
        let authority = try await TestAuthority()

        let narrow = try await authority.signIn(as: "ada", scope: Scope(parsing: "items:read"))
        let wide = try await authority.signIn(as: "ada", scope: Scope(parsing: "me users"))

        #expect(narrow.scope.description == "items:read")
        #expect(wide.scope.description == "me")
    }

    @Test("a pool that is full is no wrong password, and costs neither a check nor a query")
    func overloaded() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        authority.hasher.refuse(with: .overloaded(retryAfter: .seconds(3)))

        for name in ["ada", "nobody"] {
            await #expect(throws: AuthError.overloaded(retryAfter: .seconds(3))) { try await authority.attempt(name) }
        }
        #expect(authority.hasher.counts.verifications == 0)
        #expect(try await authority.refusals(of: .signIn).isEmpty)
    }

    @Test("signing in is noted on the user and in the audit, with where it came from")
    func noted() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        authority.clock.advance(by: .seconds(60))

        let user = try await authority.attempt("ada").user

        #expect(user.lastLoginAt == authority.clock.now)
        let event = try #require(try await authority.store.auditEvents(before: nil, limit: 1).first?.event)
        #expect(event.action == .signIn && event.refusal == nil && event.target == user.id)
        #expect(event.source == "192.0.2.1" && event.userAgent == "tests" && event.requestID == "r-1")
    }

    // ASVS 6.2.10
    // Behaviour B34
    @Test("five years change nothing about a password")
    func noRotation() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")

        authority.clock.advance(by: .seconds(5 * 365 * 86_400))

        #expect(try await authority.attempt("ada").user.username?.original == "ada")
    }

    @Test("a new token shows when its user signed in, also where the user was in memory from before")
    func lastLogin() async throws {
        let authority = try await TestAuthority()
        _ = try await authority.principal("ada")
        authority.clock.advance(by: .seconds(60))

        let principal = try await authority.principal("ada")

        #expect(principal.user.lastLoginAt == authority.clock.now)
    }
}
