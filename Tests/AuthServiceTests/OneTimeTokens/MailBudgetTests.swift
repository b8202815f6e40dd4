// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

/// A stranger who asks for mail in another user's name, from as many addresses as it takes.
@Suite("Mail asked for by strangers")
struct MailBudgetTests {
    private static let new = "another fine password"

    private func stranger(_ number: Int) -> ClientContext {
        ClientContext(source: "2001:db8:\(number / 65_536):\(number % 65_536)::1")
    }

    private func ask(_ authority: TestAuthority, from client: ClientContext) async throws {
        try authority.service.requestPasswordReset(of: try authority.address("ada"), from: client)
        await authority.service.completeDeferredWork()
        authority.clock.advance(by: .seconds(1))
    }

    @Test("five requests of a stranger leave the owner's reset link good")
    func ownersLinkStays() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        try await ask(authority, from: client)
        let token = try #require(authority.mailer.messages(to: try authority.address("ada")).last?.token)

        for number in 0..<5 { try await ask(authority, from: stranger(number)) }

        try await authority.service.confirmPasswordReset(token, newPassword: try Password(Self.new), from: client)
    }

    @Test(
        "whoever asks from a thousand addresses for a day causes three reset mails an hour, and the owner has a good link"
    )
    func sustained() async throws {
        let authority = try await TestAuthority()
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
        try await authority.service.confirmPasswordReset(token, newPassword: try Password(Self.new), from: client)
    }

    @Test("five requests of a stranger leave the owner's verification link good")
    func verification() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        let address = try authority.address("ada")
        try authority.service.requestEmailVerification(of: address, from: client)
        await authority.service.completeDeferredWork()
        let token = try #require(authority.mailer.messages(to: address).last?.token)

        for number in 0..<5 {
            authority.clock.advance(by: .seconds(1))
            try authority.service.requestEmailVerification(of: address, from: stranger(number))
            await authority.service.completeDeferredWork()
        }

        _ = try await authority.service.confirmEmailVerification(token, from: client)
        #expect(authority.mailer.messages(to: address).count == 3)
    }

    @Test("a mail that is tried again carries the token that was made for it, and counts once")
    func retriesCountOnce() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        let address = try authority.address("ada")
        let down = MailError.unavailable(diagnostic: "down")
        for _ in 0..<3 {
            authority.mailer.fail(with: [down, down, down])
            try authority.service.requestPasswordReset(of: address, from: client)
            for _ in 0..<4 { await authority.service.completeDeferredWork() }
        }

        #expect(authority.mailer.messages(to: address).count == 3)
        #expect(try await authority.refusals(of: .passwordResetRequested) == [nil, nil, nil])
    }

    @Test("what the budget refuses is audited by its reason, and the answer is the same")
    func audited() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        for _ in 0..<4 { try await ask(authority, from: client) }

        #expect(try await authority.refusals(of: .passwordResetRequested) == [nil, nil, nil, "too_many_recent"])
    }

    @Test("a user who is signed in and asks too often is told that a mail was sent, and gets no token")
    func ownRequests() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")
        var revealed: [Bool] = []
        for _ in 0..<4 {
            guard
                case .sent(let token) = try await authority.service.requestEmailVerification(
                    for: principal, from: client, revealing: true)
            else {
                Issue.record("the address is verified")
                return
            }
            revealed.append(token != nil)
        }
        _ = try await authority.service.requestEmailVerification(for: principal, from: client)
        await authority.service.completeDeferredWork()

        #expect(revealed == [true, true, true, false])
        #expect(authority.mailer.messages(to: try authority.address("ada")).count == 3)
    }

    @Test("an administrator can help an owner whose budget strangers have used up")
    func administrator() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        for number in 0..<5 { try await ask(authority, from: stranger(number)) }
        let ada = try await authority.service.user(identifiedBy: .username(try Username("ada")))

        let token = try await authority.service.startPasswordReset(
            of: ada, by: .commandLine, mailing: false, from: client)

        let text = try #require(token?.revealed)
        try await authority.service.confirmPasswordReset(text, newPassword: try Password(Self.new), from: client)
    }
}
