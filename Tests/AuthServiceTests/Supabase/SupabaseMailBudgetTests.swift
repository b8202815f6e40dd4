// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Supabase's API: addresses for which no mail is left")
struct SupabaseMailBudgetTests {
    @Test("a change whose mail the budget of the user has no room for is refused whole")
    func refused() async throws {
        let rule = MailBudget.Rule(perHour: 2, perDay: 9)
        let fixture = try await SupabaseFixture { settings, _ in settings.mailBudget = rule }
        let session = try await fixture.confirmed()
        fixture.clock.advance(by: .seconds(61))
        let user = try await fixture.user()
        let context = OperationContext(now: fixture.clock.now)
        for octet in [1, 2] as [UInt8] {
            let token = OneTimeToken(
                digest: [UInt8](repeating: octet, count: 32), purpose: .supabase, userID: user.id,
                address: "ada@example.test", createdAt: context.now, expiresAt: context.now + .seconds(3_600))
            let issuance = try await fixture.authority.store.issueToken(
                MailedToken(token, flow: nil, mail: nil), under: MailTerms(.known, rule: rule), answering: nil,
                context: context)
            guard case .issued = issuance else { throw ProviderTestFailure("the budget has no room before") }
        }
        let caller = try await fixture.caller(session)

        await #expect(throws: SupabaseError.mailTooOften(seconds: 3_600)) {
            try await fixture.api.update(
                caller, by: SupabaseUserChange(email: "countess@example.test", data: ["color": "red"]), from: client)
        }

        #expect(try await fixture.user() == user)
        #expect(fixture.authority.mailer.messages(to: try EmailAddress("countess@example.test")).isEmpty)
        #expect(try await fixture.authority.refusals(of: .profileChanged) == ["mail_limit_reached"])
    }
}
