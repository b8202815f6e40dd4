// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

/// The owner's way in from a new device while an attack is under way.
@Suite("Unlocking a device by mail")
struct UnlockTests {
    private static let home = ClientContext(source: "203.0.113.5", userAgent: "the owner's new device")

    /// A service whose user Ada is under attack from many sources.
    private func attacked() async throws -> TestAuthority {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        try await bind("ada", authority)
        for number in 0..<120 {
            _ = try? await authority.attempt(
                "ada", "not the password", from: ClientContext(source: "10.0.\(number).1"))
        }
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada", from: Self.home) }
        return authority
    }

    /// Binds the password of a user to the address, so that it outlives a proof of the mailbox.
    private func bind(_ name: String, _ authority: TestAuthority) async throws {
        let principal = try await authority.service.access.authenticate(authority.attempt(name).accessToken)
        guard
            case .sent(let handle, _) = try await authority.service.users.requestEmailVerification(
                for: principal, from: client)
        else { return }
        let code = try await authority.message(.emailVerification, to: name).typedCode
        _ = try await authority.service.users.confirmEmailVerification(
            ActionProof(handle: handle.revealed, code: code), from: client)
    }

    private func ask(_ authority: TestAuthority) async throws -> (handle: String, token: String, code: String) {
        let handle = try await authority.service.signIn.requestUnlock(
            of: try authority.address("ada"), from: Self.home
        ).revealed
        let message = try await authority.message(.unlock, to: "ada")
        return (handle, try #require(message.token), try #require(message.typedCode))
    }

    @Test("the device is known and signs in with the password, and no other new device does")
    func unlocks() async throws {
        let authority = try await attacked()
        let ada = try await authority.stored("ada")
        let sessions = try await authority.service.sessions.list(ofUser: ada.id).count
        let asked = try await ask(authority)

        let device = try await authority.service.signIn.unlock(
            ActionProof(handle: asked.handle, code: asked.code), from: Self.home)

        #expect(try await authority.service.sessions.list(ofUser: ada.id).count == sessions)
        #expect(try await authority.refusals(of: .deviceUnlocked) == [nil])
        _ = try await authority.attempt("ada", device: device, from: Self.home)
        // The budgets of all others are what they were.
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada", from: Self.home) }
        await #expect(throws: AuthError.invalidCredentials) {
            try await authority.attempt("ada", from: ClientContext(source: "192.0.2.77"))
        }
    }

    @Test("a device that is unlocked has a budget of its own, which wrong passwords use up")
    func ownBudget() async throws {
        let authority = try await attacked()
        let asked = try await ask(authority)
        let device = try await authority.service.signIn.unlock(
            ActionProof(token: asked.token, handle: asked.handle), from: Self.home)
        for _ in 0..<60 {
            _ = try? await authority.attempt("ada", "not the password", device: device, from: Self.home)
        }
        await #expect(throws: AuthError.invalidCredentials) {
            try await authority.attempt("ada", device: device, from: Self.home)
        }
    }

    @Test("the link alone makes no device known, the link with its code does, once")
    func proofs() async throws {
        let authority = try await attacked()
        let asked = try await ask(authority)
        for proof in [ActionProof(token: asked.token), ActionProof(handle: asked.handle)] {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await authority.service.signIn.unlock(proof, from: Self.home)
            }
        }
        await #expect(throws: AuthError.wrongCode(triesLeft: 4)) {
            try await authority.service.signIn.unlock(
                ActionProof(token: asked.token, code: "22222222"), from: Self.home)
        }
        _ = try await authority.service.signIn.unlock(
            ActionProof(token: asked.token, code: asked.code), from: Self.home)
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await authority.service.signIn.unlock(
                ActionProof(token: asked.token, code: asked.code), from: Self.home)
        }
    }

    @Test("an unlocked device is of no use for another user")
    func otherUser() async throws {
        let authority = try await attacked()
        try await authority.register("bob")
        let asked = try await ask(authority)
        let device = try await authority.service.signIn.unlock(
            ActionProof(handle: asked.handle, code: asked.code), from: Self.home)

        #expect(await authority.service.limits.isDevice(device, of: "ada"))
        #expect(await !authority.service.limits.isDevice(device, of: "bob"))
    }
}
