// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthTesting
import Testing

// Serialized because each check is concurrent in itself and all of them share one server: a hundred databases at once
// would measure the machine's patience, not the store.
@Suite("Store on PostgreSQL", .serialized, .timeLimit(.minutes(10))) struct PostgresConformanceTests {
    /// A database with the schema, of which each check gets a copy.
    private static let template = Task {
        let configuration = try await TemporaryPostgres.makeDatabase()
        let driver = try PostgresDriver(configuration)
        try await SchemaMigrator(driver).up(at: Timestamp(microseconds: 0))
        await driver.close()
        return configuration.database
    }

    @Test(arguments: StoreConformance.allChecks)
    func conforms(_ check: StoreCheck) async throws {
        try await TemporaryPostgres.withDatabase(from: Self.template.value) { database in
            var configuration = database
            configuration.connectTimeout = .seconds(60)
            let driver = try PostgresDriver(configuration)
            let result = await Result(awaiting: { try await check.run(SQLAuthStore(driver)) })
            await driver.close()
            try result.get()
        }
    }
}
