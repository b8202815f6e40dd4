// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStoreSQL
import AuthStoreSQLite
import AuthTesting
import Testing

@Suite("Store on SQLite", .timeLimit(.minutes(5))) struct SQLiteConformanceTests {
    @Test(arguments: StoreConformance.allChecks)
    func conforms(_ check: StoreCheck) async throws {
        try await withDriver { driver, _ in
            try await SchemaMigrator(driver).up(at: Timestamp(microseconds: 0))
            try await check.run(SQLAuthStore(driver))
        }
    }
}
