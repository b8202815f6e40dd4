// SPDX-License-Identifier: Apache-2.0

import AuthStore

/// The table in which a database remembers which migrations it has taken.
enum MigrationLedger {
    /// One remembered migration.
    struct Entry: Hashable, Sendable {
        let version: Int64
        let name: String
        let checksum: String
    }

    /// Whether the table is there.
    static func exists(in dialect: SQLDialect) -> SQLOperation<Bool> {
        SQLOperation(.read, existence(in: dialect))
    }

    /// What is remembered, in order; only where the table is there.
    static let entries = SQLOperation<[Entry]>(.read, readEntries { .commit([], $0) })

    /// Asks what is remembered, for use inside a migration's transaction.
    static func readEntries<Output: Sendable>(
        _ next: @escaping @Sendable ([Entry]) throws(StoreError) -> SQLProgram<Output>
    ) -> SQLProgram<Output> {
        .run(Statement(selectEntries)) { (result) throws(StoreError) in
            var entries: [Entry] = []
            for row in result.rows {
                entries.append(Entry(version: try row.int64(0), name: try row.text(1), checksum: try row.text(2)))
            }
            return try next(entries)
        }
    }

    /// Asks whether the table is missing, for use as the condition under which it is made.
    static func isMissing(in dialect: SQLDialect) -> SQLProgram<Bool> {
        .run(Statement(existenceText(in: dialect))) { (result) throws(StoreError) in
            try (result.first?.int64(0) ?? 0) == 0 ? .commit([], true) : .rollback(false)
        }
    }

    /// What makes the table, and in PostgreSQL the schema that everything is in.
    static func creation(in dialect: SQLDialect) -> [Statement] {
        switch dialect {
        case .postgres: [Statement(createSchema), Statement(revokeSchema), Statement(createInPostgres)]
        case .sqlite: [Statement(createInSQLite)]
        }
    }

    /// Remembers that a migration was taken.
    static func remember(_ migration: Migration, atMicroseconds now: Int64) -> Statement {
        Statement(
            insertEntry,
            [.int64(migration.version), .text(migration.name), .text(migration.checksum), .int64(now)])
    }

    /// Forgets a migration that was taken back.
    static func forget(_ version: Int64) -> Statement {
        Statement(deleteEntry, [.int64(version)])
    }

    private static func existence(in dialect: SQLDialect) -> SQLProgram<Bool> {
        .run(Statement(existenceText(in: dialect))) { (result) throws(StoreError) in
            .commit([], try (result.first?.int64(0) ?? 0) > 0)
        }
    }

    private static func existenceText(in dialect: SQLDialect) -> SQL {
        switch dialect {
        case .postgres: countInPostgres
        case .sqlite: countInSQLite
        }
    }

    private static let countInPostgres = SQL(
        "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'authd' AND tablename = 'schema_migrations'")
    private static let countInSQLite = SQL(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'")
    private static let createSchema = SQL("CREATE SCHEMA IF NOT EXISTS authd")
    private static let revokeSchema = SQL("REVOKE ALL ON SCHEMA authd FROM PUBLIC")
    private static let createInPostgres = SQL(
        """
        CREATE TABLE authd.schema_migrations (
            version bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at_us bigint NOT NULL
        )
        """)
    private static let createInSQLite = SQL(
        """
        CREATE TABLE authd.schema_migrations (
            version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_us INTEGER NOT NULL
        ) STRICT
        """)
    private static let selectEntries = SQL(
        "SELECT version, name, checksum FROM authd.schema_migrations ORDER BY version")
    private static let insertEntry = SQL(
        "INSERT INTO authd.schema_migrations (version, name, checksum, applied_at_us) VALUES ($1, $2, $3, $4)")
    private static let deleteEntry = SQL("DELETE FROM authd.schema_migrations WHERE version = $1")
}
