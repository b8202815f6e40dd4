// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@Suite("Verification mail at registration")
struct VerifyOnRegistrationTests {
    private func authority(verifies: Bool, requires: Bool = false, hasMail: Bool = true) async throws -> TestAuthority {
        let settings = AuthSettings(
            issuer: "https://auth.example.test", requiresVerifiedEmail: requires, verifiesOnRegistration: verifies)
        return try await TestAuthority(settings: settings, hasMail: hasMail)
    }

    @Test("a user who registers is mailed a link that verifies the address, and can sign in meanwhile")
    func mailed() async throws {
        let authority = try await authority(verifies: true)
        try await authority.register("ada")
        #expect(try await !authority.attempt("ada").user.isVerified)
        await authority.service.completeDeferredWork()

        let messages = authority.mailer.messages(to: try authority.address("ada"))
        #expect(messages.map(\.template) == [.emailVerification])
        let token = try #require(messages.first?.token)
        #expect(
            try await authority.service.users.confirmEmailVerification(ActionProof(token: token), from: client).user
                .isVerified)
    }

    @Test("without the setting no mail is sent, unless a verified address is required")
    func switchedOff() async throws {
        for requires in [false, true] {
            let authority = try await authority(verifies: false, requires: requires)
            try await authority.register("ada")
            await authority.service.completeDeferredWork()
            #expect(authority.mailer.sent.count == (requires ? 1 : 0))
        }
    }

    @Test("without a mailer registration succeeds, and so it does without an address")
    func withoutMail() async throws {
        let mute = try await authority(verifies: true, hasMail: false)
        try await mute.register("ada")
        let authority = try await authority(verifies: true)
        _ = try await authority.service.users.register(
            Registration(username: "ada", password: TestAuthority.password), from: client)
        await authority.service.completeDeferredWork()

        #expect(try await mute.service.users.count() == 1)
        #expect(authority.mailer.sent.isEmpty)
    }

    @Test("users whom an administrator makes are not mailed a link")
    func madeUsers() async throws {
        let authority = try await authority(verifies: true)
        _ = try await authority.principal("ada")
        await authority.service.completeDeferredWork()

        #expect(authority.mailer.sent.isEmpty)
    }
}
