// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthTesting
import Synchronization
import Testing

@Suite("Breached passwords")
struct BreachedPasswordTests {
    static let breached = "nanoseconds of wire"

    /// A list of one, which counts what it is asked.
    final class List: BreachedPasswordChecking {
        let asked = Mutex(0)
        let failure = Mutex<HashingError?>(nil)

        func contains(_ password: Password) async throws(HashingError) -> Bool {
            asked.withLock { $0 += 1 }
            if let failure = failure.withLock({ $0 }) { throw failure }
            return password.withBytes { $0.elementsEqual(BreachedPasswordTests.breached.utf8) }
        }
    }

    func expectRefused(_ field: String, _ body: () async throws -> Void) async {
        let expected = AuthError.invalid([PasswordViolation.breached.violation(of: field)])
        await #expect(throws: expected) { try await body() }
    }

    // ASVS 6.2.12
    // Behaviour B24
    @Test("are rejected wherever a password is chosen, and leave the old one unchanged")
    func everyPath() async throws {
        let authority = try await TestAuthority(breachedPasswords: List())
        let service = authority.service
        let breached = try Password(Self.breached)
        let principal = try await authority.principal("ada")

        await expectRefused("password") { try await authority.register("bob", password: Self.breached) }
        await expectRefused("password") {
            let draft = UserDraft(username: try Username("bob"), email: nil, fullName: nil, password: breached)
            _ = try await service.users.create(draft, by: .commandLine, from: client)
        }
        await expectRefused("new_password") {
            _ = try await service.passwords.change(
                of: principal, from: Password(TestAuthority.password), to: breached, by: client)
        }
        let reset = try #require(
            await service.passwords.requestResetRevealing(of: authority.address("ada"), from: client).token)
        await expectRefused("new_password") {
            try await service.passwords.confirmReset(
                ActionProof(token: reset.revealed), newPassword: breached, from: client)
        }

        #expect(try await service.users.count() == 1)
        _ = try await authority.attempt("ada")
        try await service.passwords.confirmReset(
            ActionProof(token: reset.revealed), newPassword: Password("another good one"), from: client)
    }

    @Test("are looked up only for otherwise valid passwords, and not at a sign-in")
    func asked() async throws {
        let list = List()
        let authority = try await TestAuthority(breachedPasswords: list)
        try await authority.register("ada")
        #expect(list.asked.withLock { $0 } == 1)

        await #expect(throws: AuthError.self) { try await authority.register("bob", password: "short") }
        _ = try await authority.attempt("ada")
        #expect(list.asked.withLock { $0 } == 1)
    }

    // Behaviour B24
    @Test("without an answer from the list no password is accepted")
    func failing() async throws {
        let list = List()
        let authority = try await TestAuthority(breachedPasswords: list)
        for (failure, error) in [
            (HashingError.overloaded(retryAfter: .seconds(2)), AuthError.overloaded(retryAfter: .seconds(2))),
            (.failed(.fileUnreadable), .internalFailure),
        ] {
            list.failure.withLock { $0 = failure }
            await #expect(throws: error) { try await authority.register("ada") }
        }
        #expect(try await authority.service.users.count() == 0)
    }
}
