// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Foundation
import Testing

/// Strangers who ask for mail in a user's name for a whole day, each from an address that never asked before.
@Suite("Mail during a flood of requests")
struct MailFloodTests {
    /// How many ask in each minute of the day; seven make ten thousand.
    private static let askersPerMinute =
        ProcessInfo.processInfo.environment["AUTHD_FLOOD_PER_MINUTE"].flatMap { Int($0) } ?? 1

    private func source(_ number: Int) -> ClientContext {
        ClientContext(source: "10.\(number >> 16).\(number >> 8 & 255).\(number & 255)")
    }

    private func request(
        _ purpose: OneTimeTokenPurpose, of address: EmailAddress, at authority: TestAuthority,
        from client: ClientContext
    ) async throws {
        switch purpose {
        case .unlock: _ = try await authority.service.signIn.requestUnlock(of: address, from: client)
        case .signIn: _ = try await authority.service.signIn.requestMail(to: address, from: client)
        default: _ = try await authority.service.passwords.requestReset(of: address, from: client)
        }
        await authority.service.completeDeferredWork()
    }

    // Behaviour A18
    @Test(
        "at every minute of a day of requests from ever new sources, the newest link in the mailbox works in any browser",
        arguments: [OneTimeTokenPurpose.passwordReset, .signIn, .unlock])
    func oneAddress(_ purpose: OneTimeTokenPurpose) async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test", verifiesOnRegistration: false)
        settings.signsInByMail = true
        let authority = try await TestAuthority(settings: settings)
        try await authority.register("ada")
        let address = try authority.address("ada")
        var asked = 0
        for minute in 0..<(24 * 60) {
            for _ in 0..<Self.askersPerMinute {
                try await request(purpose, of: address, at: authority, from: source(asked))
                asked += 1
            }
            authority.clock.advance(by: .seconds(59))
            // The owner asks too now and then, and finds what is there.
            if minute.isMultiple(of: 100) {
                try await request(purpose, of: address, at: authority, from: client)
            }
            let token = try #require(authority.mailer.messages(to: address).last?.token)
            let view = try await authority.service.actions.view(ActionProof(token: token), of: purpose)
            try #require(view?.state == .open, "minute \(minute), after \(asked) requests")
            authority.clock.advance(by: .seconds(1))
        }

        // Ten at once and ten more in a day.
        #expect(authority.mailer.messages(to: address).count <= 21)
        #expect(asked >= 24 * 60)
        guard purpose == .passwordReset else { return }
        let token = try #require(authority.mailer.messages(to: address).last?.token)
        try await authority.service.passwords.confirmReset(
            ActionProof(token: token), newPassword: try Password("another fine password"), from: client)
    }

    @Test("a flood of many addresses leaves a quarter of the installation's mails to known clients")
    func manyAddresses() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test", verifiesOnRegistration: false)
        settings.mailDayLimit = MailDayLimit(40)
        let authority = try await TestAuthority(settings: settings)
        let names = (0..<60).map { "ada-\($0)" }
        for name in names { try await authority.register(name) }
        for (number, name) in names.enumerated() {
            let address = try authority.address(name)
            try await request(.passwordReset, of: address, at: authority, from: source(number))
            // A second mail to one recipient is the first that is left out.
            try await request(.passwordReset, of: address, at: authority, from: source(number + 100))
        }
        let mailed = Set(authority.mailer.sent.map(\.recipient.canonical))
        #expect(authority.mailer.sent.count == 30)
        #expect(mailed.count >= 20)

        // None was mailed to the last ones; a live session has a share of its own.
        let owner = try await authority.principal("ada-59")
        let sent = authority.mailer.sent.count
        _ = try await authority.service.users.requestEmailVerification(for: owner, from: client)
        await authority.service.completeDeferredWork()
        #expect(authority.mailer.sent.count == sent + 1)
        #expect(authority.mailer.sent.last?.recipient.canonical == "ada-59@example.test")
    }
}
