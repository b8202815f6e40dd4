// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

/// The store on an SQL database: every operation is one program, run by a driver.
///
/// It does not migrate: the caller prepares the schema with ``SchemaMigrator`` first.
public struct SQLAuthStore<Driver: SQLDriver>: AuthStore {
    /// What runs the operations.
    public let driver: Driver

    /// Makes a store over a driver, which it closes when it is closed.
    public init(_ driver: Driver) {
        self.driver = driver
    }

    /// Throws the trouble that the driver knows of, or compares the ledger of migrations with those of this version.
    public func checkHealth() async throws(StoreError) {
        if let trouble = driver.trouble { throw trouble }
        guard try await driver.perform(MigrationLedger.exists(in: driver.dialect)) else {
            throw .corrupt("there is no schema")
        }
        let entries = try await driver.perform(MigrationLedger.entries)
        let known = Migration.all(for: driver.dialect).map {
            MigrationLedger.Entry(version: $0.version, name: $0.name, checksum: $0.checksum)
        }
        guard entries == known else { throw .corrupt("the schema is not the one that this version knows") }
    }

    /// Compares the ledger of migrations with those of this version, and says what the difference is.
    public func schemaFault() async throws(StoreError) -> SchemaFault? {
        do throws(MigrationError) {
            try await SchemaMigrator(driver).requireKnownSchema()
            return nil
        } catch {
            return try error.schemaFault.get()
        }
    }

    /// The time by the PostgreSQL server; `nil` on SQLite.
    public func storeTime() async throws(StoreError) -> Timestamp? {
        switch driver.dialect {
        case .postgres: try await driver.perform(UpkeepOperations.serverTime)
        // The database is in this process, and so is its clock.
        case .sqlite: nil
        }
    }

    /// Removes up to `limit` rows of each kind in one transaction.
    public func purge(
        expiredAt now: Timestamp, endedBefore horizon: Timestamp, limit: Int
    ) async throws(StoreError) -> Int {
        try await driver.perform(UpkeepOperations.purge(expiredAt: now, endedBefore: horizon, limit: limit))
    }

    /// Compares every row that belongs to a user with the users, in one statement.
    public func orphanCount() async throws(StoreError) -> Int {
        try await driver.perform(UpkeepOperations.orphanCount)
    }

    /// Closes the driver.
    public func close() async {
        await driver.close()
    }
}
