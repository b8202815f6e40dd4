// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthTesting
import Testing

@testable import AuthService

/// What is refused without a query must not cost a row either.
@Suite("Audit rows of rejected tokens")
struct RefusedJunkTests {
    private func rows(_ authority: TestAuthority) async throws -> Int {
        try await authority.store.auditEvents(before: nil, limit: 1_000_000).count
    }

    @Test("eight thousand invalid reset tokens of one source are a handful of rows")
    func resetJunk() async throws {
        let authority = try await TestAuthority()
        let before = try await rows(authority)
        for number in 0..<8_000 {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await authority.service.passwords.confirmReset(
                    ActionProof(token: "aot_junk\(number)"), newPassword: try Password("another fine password"),
                    from: client)
            }
        }
        await authority.service.completeDeferredWork()
        #expect(try await rows(authority) - before <= 10)
    }

    @Test("two thousand invalid verification tokens of one source are a handful of rows")
    func verificationJunk() async throws {
        let authority = try await TestAuthority()
        let before = try await rows(authority)
        for number in 0..<2_000 {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await authority.service.users.confirmEmailVerification(
                    ActionProof(token: "aot_junk\(number)"), from: client)
            }
        }
        await authority.service.completeDeferredWork()
        #expect(try await rows(authority) - before <= 10)
    }

    @Test("two thousand presentations of one ended refresh token are a handful of rows")
    func refreshJunk() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")
        let principal = try await authority.service.access.authenticate(pair.accessToken)
        try await authority.service.sessions.signOut(principal, from: client)
        let before = try await rows(authority)
        for number in 0..<2_000 {
            await #expect(throws: AuthError.self) {
                try await authority.service.sessions.refresh(
                    number.isMultiple(of: 2) ? pair.refreshToken : "art_junk", from: client)
            }
        }
        await authority.service.completeDeferredWork()
        #expect(try await rows(authority) - before <= 10)
    }

    @Test(
        "two thousand rejected sign-ins of one source are a handful of rows, whatever user they name",
        arguments: ["ada", "nobody", "stranger-", "not an identifier "])
    func signIns(_ name: String) async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        let before = try await rows(authority)
        for number in 0..<2_000 {
            let identifier = name.hasSuffix("-") || name.hasSuffix(" ") ? "\(name)\(number)" : name
            await #expect(throws: AuthError.invalidCredentials) {
                try await authority.attempt(identifier, "not the password")
            }
        }
        await authority.service.completeDeferredWork()
        #expect(try await rows(authority) - before <= 20)
    }

    @Test(
        "ten thousand mail requests beyond the budget of an address are a bounded number of rows, which say how many",
        arguments: [false, true])
    func mailRequestsBeyondTheBudget(_ areOfManySources: Bool) async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let address = try authority.address("ada")
        let asked = 10_000
        for number in 0..<asked {
            let source =
                areOfManySources ? ClientContext(source: "10.1.\(number >> 8).\(number & 255)") : client
            _ = try await authority.service.passwords.requestReset(of: address, from: source)
            if number % 20 == 19 { await authority.service.mail.worker.answerDue() }
        }
        await authority.service.completeDeferredWork()

        let refused = try await authority.store.auditEvents(before: nil, limit: 1_000_000).map(\.event)
            .filter { $0.action == .passwordResetRequested && $0.refusal == "mail_limit_reached" }
        let mails = authority.mailer.messages(to: address).count
        #expect(mails == 3)
        #expect(refused.reduce(0) { $0 + $1.count } == Int64(asked - mails))
        let bound = areOfManySources ? RefusalTally.eventsInAll + RefusalTally.countsInAll + 1 : 10
        #expect(refused.count <= bound)
    }

    @Test("two thousand mail requests for unknown addresses are a handful of rows")
    func mailRequests() async throws {
        let authority = try await TestAuthority()
        let before = try await rows(authority)
        for number in 0..<2_000 {
            _ = try await authority.service.passwords.requestReset(
                of: try authority.address("nobody-\(number)"), from: client)
            // As many as one source may have waiting; what is counted of them is written once.
            if number % 20 == 19 { await authority.service.mail.worker.answerDue() }
        }
        await authority.service.completeDeferredWork()
        #expect(try await rows(authority) - before <= 20)
    }
}
