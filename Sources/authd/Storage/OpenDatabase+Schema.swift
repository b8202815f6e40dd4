// SPDX-License-Identifier: Apache-2.0

import AuthService
import AuthStore
import AuthStoreSQL
import AuthStoreSQLite

extension OpenDatabase {
    /// Opens a database and makes sure that its schema is the one this program knows: a SQLite file and a developer's
    /// database are migrated, any other is left alone.
    ///
    /// - Throws: Sentences; nothing is left open then.
    static func prepared(
        _ configuration: DaemonConfiguration, observe: @escaping @Sendable (SQLiteEvent) -> Void = { _ in }
    ) async throws(CommandFailure) -> OpenDatabase {
        let database = try await open(configuration.database, observe: observe)
        guard let migrator = database.migrator else { return database }
        do throws(MigrationError) {
            if configuration.migratesByItself { _ = try await migrator.up(to: nil, at: SystemClock().now) }
            // Also after migrating: a database that is ahead of this program needs no step and is no place to run.
            try await migrator.requireKnownSchema()
            return database
        } catch {
            await database.store.close()
            throw CommandFailure(error)
        }
    }

    /// Opens a database whatever its schema.
    static func open(
        _ database: DaemonConfiguration.Database, observe: @escaping @Sendable (SQLiteEvent) -> Void = { _ in }
    ) async throws(CommandFailure) -> OpenDatabase {
        do throws(StoreError) {
            return try await OpenDatabase(database, observe: observe)
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension DaemonConfiguration {
    /// Whether the schema is brought up to date without being asked.
    var migratesByItself: Bool {
        switch database {
        case .sqlite: true
        case .memory, .postgres: environment == .development
        }
    }
}
