// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthStoreSQLite

/// A database that is open, with what looks after its schema.
struct OpenDatabase: Sendable {
    let store: any AuthStore
    /// `nil` where there is no schema: the store in memory.
    let migrator: (any SchemaMigrating)?
    /// `nil` where the database is another than PostgreSQL.
    let postgres: PostgresDriver?

    /// Opens the database of a configuration.
    ///
    /// A SQLite file is made where there is none, readable by its owner only. `observe` is told of what happens to it.
    ///
    /// - Throws: `.unavailable`, `.corrupt`.
    init(
        _ database: DaemonConfiguration.Database, observe: @escaping @Sendable (SQLiteEvent) -> Void
    ) async throws(StoreError) {
        switch database {
        case .memory:
            store = InMemoryAuthStore()
            migrator = nil
            postgres = nil
        case .sqlite(let configuration):
            let driver = try await SQLiteDriver.open(configuration, observe: observe)
            postgres = nil
            store = SQLAuthStore(driver)
            migrator = SchemaMigrator(driver)
        case .postgres(let configuration):
            let driver = try PostgresDriver(configuration)
            postgres = driver
            store = SQLAuthStore(driver)
            migrator = SchemaMigrator(driver)
        }
    }
}

/// What the commands ask of a migrator, whatever its driver.
protocol SchemaMigrating: Sendable {
    func status() async throws(MigrationError) -> [MigrationStatus]
    func plan(to target: Int64?) async throws(MigrationError) -> [MigrationStep]
    func up(to target: Int64?, at now: Timestamp) async throws(MigrationError) -> [MigrationStep]
    func down(to target: Int64, at now: Timestamp) async throws(MigrationError) -> [MigrationStep]
    func requireKnownSchema() async throws(MigrationError)
}

extension SchemaMigrator: SchemaMigrating {}
