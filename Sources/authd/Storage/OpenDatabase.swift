// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthStoreSQLite
import Logging

/// A database that is open, with what looks after its schema.
struct OpenDatabase: Sendable {
    let store: any AuthStore
    /// `nil` where there is no schema: the store in memory.
    let migrator: (any SchemaMigrating)?
    /// `nil` where the database is another than PostgreSQL.
    let postgres: PostgresDriver?
    /// `nil` where the database is another than SQLite.
    let sqlite: SQLiteDriver?

    /// Opens the database of a configuration.
    ///
    /// A SQLite file is made where there is none, readable by its owner only. `observe` is told of what happens to it. `echo` gets
    /// the text of every statement.
    ///
    /// - Throws: `.unavailable`, `.corrupt`.
    init(
        _ database: DaemonConfiguration.Database, echo: Logger? = nil,
        observe: @escaping @Sendable (SQLiteEvent) -> Void
    ) async throws(StoreError) {
        switch database {
        case .memory:
            store = InMemoryAuthStore()
            migrator = nil
            postgres = nil
            sqlite = nil
        case .sqlite(let configuration):
            let driver = try await SQLiteDriver.open(configuration, observe: observe)
            postgres = nil
            sqlite = driver
            (store, migrator) = Self.parts(on: driver, echo: echo)
        case .postgres(let configuration):
            let driver = try PostgresDriver(configuration)
            postgres = driver
            sqlite = nil
            (store, migrator) = Self.parts(on: driver, echo: echo)
        }
    }

    /// The product and version of the server or library; `nil` for a store in memory, and where the server does not answer.
    func serverVersion() async -> String? {
        if let postgres { return try? await "PostgreSQL \(postgres.serverVersion())" }
        return sqlite.map { _ in "SQLite \(SQLiteDriver.libraryVersion)" }
    }

    /// The connections to the database now; `nil` for a store in memory.
    var pool: DatabasePool? {
        if let postgres {
            let counts = postgres.poolCounts
            return DatabasePool(
                open: counts.open, idle: counts.idle, waiting: counts.waiting, limit: postgres.maximumConnections)
        }
        guard let sqlite else { return nil }
        let (connections, statistics) = (sqlite.connections, sqlite.statistics)
        return DatabasePool(
            open: connections.open, idle: connections.idle,
            waiting: statistics.waitingReads + statistics.waitingWrites, limit: connections.open)
    }

    private static func parts(
        on driver: some SQLDriver, echo: Logger?
    ) -> (store: any AuthStore, migrator: any SchemaMigrating) {
        guard let echo else { return (SQLAuthStore(driver), SchemaMigrator(driver)) }
        let echoing = EchoingDriver(driver, to: echo)
        return (SQLAuthStore(echoing), SchemaMigrator(echoing))
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
