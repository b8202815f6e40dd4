// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStoreSQL
import AuthStoreSQLite
import Testing

@Suite("Limits on guessing in a file")
struct SignInLimitTests {
    // Behaviour H118
    @Test("counted failures persist for the next process")
    func reopening() async throws {
        let key = SignInBudgetKey(.user, digest: [UInt8](repeating: 1, count: 32))
        let now = Timestamp(seconds: 1_800_000_000)
        let event = AuditEvent(.signIn, refusal: "wrong_password", in: OperationContext(now: now))
        try await withDriver { driver, database in
            _ = try await SchemaMigrator(driver).up(at: now)
            try await SQLAuthStore(driver).noteSignInFailure(event, against: [key], counts: true, at: now)
            await driver.close()

            let next = try await SQLiteDriver.open(database.configuration)
            let budgets = try await SQLAuthStore(next).signInBudgets([key])
            #expect(budgets == [key: SignInThrottle.afterFailure(.unused, of: .user, at: now)])
            await next.close()
        }
    }
}
