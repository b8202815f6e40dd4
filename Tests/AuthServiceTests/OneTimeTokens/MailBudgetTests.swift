// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

/// A stranger who asks for mail in another user's name, from as many addresses as it takes.
@Suite("Mail limits by recipient")
struct MailBudgetTests {
    private static let new = "another fine password"

    private func stranger(_ number: Int) -> ClientContext {
        ClientContext(source: "2001:db8:\(number / 65_536):\(number % 65_536)::1")
    }

    private func ask(_ authority: TestAuthority, from client: ClientContext) async throws {
        try authority.service.passwords.requestReset(of: try authority.address("ada"), from: client)
        await authority.service.completeDeferredWork()
        authority.clock.advance(by: .seconds(1))
    }

    @Test("five requests of an attacker leave the user's reset link valid")
    func ownersLinkStays() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        try await ask(authority, from: client)
        let token = try #require(authority.mailer.messages(to: try authority.address("ada")).last?.token)

        for number in 0..<5 { try await ask(authority, from: stranger(number)) }

        try await authority.service.passwords.confirmReset(token, newPassword: try Password(Self.new), from: client)
    }

    @Test(
        "requests from a thousand addresses for a day cause three reset mails an hour, and the user has a valid link"
    )
    func sustained() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let address = try authority.address("ada")
        for round in 0..<(24 * 60) {
            try await ask(authority, from: stranger(round % 1_000))
            authority.clock.advance(by: .seconds(59))
        }

        let mails = authority.mailer.messages(to: address)
        #expect(mails.count <= 24 * 3)
        try await ask(authority, from: client)
        let token = try #require(authority.mailer.messages(to: address).last?.token)
        try await authority.service.passwords.confirmReset(token, newPassword: try Password(Self.new), from: client)
    }

    @Test("five requests of an attacker leave the user's verification link valid")
    func verification() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let address = try authority.address("ada")
        try authority.service.users.requestEmailVerification(of: address, from: client)
        await authority.service.completeDeferredWork()
        let token = try #require(authority.mailer.messages(to: address).last?.token)

        for number in 0..<5 {
            authority.clock.advance(by: .seconds(1))
            try authority.service.users.requestEmailVerification(of: address, from: stranger(number))
            await authority.service.completeDeferredWork()
        }

        _ = try await authority.service.users.confirmEmailVerification(token, from: client)
        #expect(authority.mailer.messages(to: address).count == 3)
    }

    @Test("a retried mail has the same token, and counts once")
    func retriesCountOnce() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let address = try authority.address("ada")
        let down = MailError.unavailable(diagnostic: "down")
        for _ in 0..<3 {
            authority.mailer.fail(with: [down, down, down])
            try authority.service.passwords.requestReset(of: address, from: client)
            for _ in 0..<4 {
                await authority.service.completeDeferredWork()
                authority.clock.advance(by: .seconds(60))
            }
        }

        #expect(authority.mailer.messages(to: address).count == 3)
        #expect(try await authority.refusals(of: .passwordResetRequested) == [nil, nil, nil])
    }

    @Test("a request beyond the budget is audited with its reason, and gets the same answer")
    func audited() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        for _ in 0..<4 { try await ask(authority, from: client) }

        #expect(try await authority.refusals(of: .passwordResetRequested) == [nil, nil, nil, "too_many_recent"])
    }

    @Test("a signed-in user who asks too often gets the usual answer, and no token")
    func ownRequests() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")
        var revealed: [Bool] = []
        for _ in 0..<4 {
            guard
                case .sent(let token) = try await authority.service.users.requestEmailVerification(
                    for: principal, from: client, revealing: true)
            else {
                Issue.record("the address is verified")
                return
            }
            revealed.append(token != nil)
        }
        _ = try await authority.service.users.requestEmailVerification(for: principal, from: client)
        await authority.service.completeDeferredWork()

        #expect(revealed == [true, true, true, false])
        #expect(authority.mailer.messages(to: try authority.address("ada")).count == 3)
    }

    @Test("an administrator can send a reset to a user whose budget attackers have used up")
    func administrator() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        for number in 0..<5 { try await ask(authority, from: stranger(number)) }
        let ada = try await authority.service.users.user(identifiedBy: .username(try Username("ada")))

        let token = try await authority.service.passwords.startReset(
            of: ada, by: .commandLine, mailing: false, from: client)

        let text = try #require(token?.revealed)
        try await authority.service.passwords.confirmReset(text, newPassword: try Password(Self.new), from: client)
    }
}
