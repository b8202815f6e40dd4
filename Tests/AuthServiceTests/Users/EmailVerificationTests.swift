// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@Suite("Email verification")
struct EmailVerificationTests {
    // ASVS 6.5.1
    // Behaviour A13
    @Test("a mailed token verifies the address once")
    func verifies() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")

        guard
            case .sent(let handle, _) = try await authority.service.users.requestEmailVerification(
                for: principal, from: client)
        else {
            Issue.record("the address was verified before")
            return
        }
        await authority.service.completeDeferredWork()
        let token = try #require(authority.mailer.messages(to: authority.address("ada")).first?.token)
        let proven = try await authority.service.users.confirmEmailVerification(
            ActionProof(token: token, handle: handle.revealed), from: client)

        #expect(proven.user.isVerified)
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await authority.service.users.confirmEmailVerification(ActionProof(token: token), from: client)
        }
        let again = try await authority.principal("ada")
        guard
            case .alreadyVerified = try await authority.service.users.requestEmailVerification(for: again, from: client)
        else {
            Issue.record("a proven address was asked for again")
            return
        }
    }

    // ASVS 6.3.7
    @Test("an address that an administrator gives voids the token for the old one, which gets a notice")
    func addressChange() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")
        _ = try await authority.service.users.requestEmailVerification(for: principal, from: client)
        await authority.service.completeDeferredWork()
        let token = try #require(authority.mailer.messages(to: authority.address("ada")).first?.token)

        let changed = try await authority.service.users.update(
            principal.user.id, by: ProfileChange(email: try EmailAddress("lovelace@example.test")),
            administrator: .commandLine, from: client)
        await authority.service.completeDeferredWork()

        #expect(!changed.isVerified)
        #expect(authority.mailer.messages(to: try authority.address("ada")).last == .addressChanged)
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await authority.service.users.confirmEmailVerification(ActionProof(token: token), from: client)
        }
    }

    // Behaviour A18
    @Test("a verification request gets the same answer for every address, and mails only unverified users")
    func byAddress() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")

        for name in ["nobody", "ada"] {
            _ = try await authority.service.users.requestEmailVerification(
                of: try authority.address(name), from: client)
        }
        await authority.service.completeDeferredWork()

        #expect(authority.mailer.sent.map(\.recipient.canonical) == ["ada@example.test"])
        #expect(try await authority.refusals(of: .emailVerificationRequested) == ["unknown_user", nil])
    }

    @Test("a reset token verifies nothing, and the reverse")
    func purposes() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        _ = try await authority.service.passwords.requestReset(of: try authority.address("ada"), from: client)
        await authority.service.completeDeferredWork()
        let token = try #require(authority.mailer.sent.last?.message.token)

        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await authority.service.users.confirmEmailVerification(ActionProof(token: token), from: client)
        }
        try await authority.service.passwords.confirmReset(
            ActionProof(token: token), newPassword: try Password("another fine password"), from: client)
    }

    @Test("an administrator verifies an address without a mail, once, and the audit log has it")
    func byAdministrator() async throws {
        let authority = try await TestAuthority()
        let users = authority.service.users
        let ada = try await authority.principal("ada").user
        #expect(!ada.isVerified)

        let verified = try await users.verifyEmail(of: ada, by: .commandLine, from: client)
        #expect(verified.isVerified && verified.id == ada.id && verified.epoch == ada.epoch)
        let again = try await users.verifyEmail(of: verified, by: .commandLine, from: client)
        await authority.service.completeDeferredWork()
        #expect(again == verified)
        #expect(authority.mailer.sent.isEmpty)
        #expect(try await authority.refusals(of: .emailVerified) == [nil])
    }

    @Test("nothing is verified for a user without an address, or who may not sign in")
    func byAdministratorRefused() async throws {
        let authority = try await TestAuthority()
        let users = authority.service.users
        let draft = UserDraft(username: try Username("grace"), email: nil, fullName: nil, password: nil)
        let grace = try await users.create(draft, by: .commandLine, from: client)
        await #expect(throws: AuthError.invalid([FieldViolation(field: "email", .missing)])) {
            _ = try await users.verifyEmail(of: grace, by: .commandLine, from: client)
        }
        let ada = try await authority.principal("ada").user
        let disabled = try await users.perform(.setActive(false), on: ada.id, by: .commandLine, from: client)
        await #expect(throws: AuthError.userDisabled) {
            _ = try await users.verifyEmail(of: disabled, by: .commandLine, from: client)
        }
        // A record from before the user was disabled opens nothing either.
        await #expect(throws: AuthError.userNotFound) {
            _ = try await users.verifyEmail(of: ada, by: .commandLine, from: client)
        }
        #expect(try await users.user(withID: ada.id).isVerified == false)
    }
}
