// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
public import AuthStoreSQL
import AuthSystem

/// The store on PostgreSQL, which any number of processes share.
///
/// ```swift
/// let store = try await PostgresAuthStore.open(url: "postgresql://notes@db.example.com/notes?sslmode=verify-full")
/// ```
///
/// Its tables are in the schema `authd`. Each store has a pool of connections of its own, of 5 and up to 10 more in a burst
/// unless ``PoolLimits`` say otherwise.
public typealias PostgresAuthStore = SQLAuthStore<PostgresDriver>

extension SQLAuthStore where Driver == PostgresDriver {
    /// Opens the database of a URL, as ``PostgresConfiguration/init(url:)`` reads it.
    ///
    /// The server must answer now: a service that may start before its database opens the store again after
    /// `.unavailable`. Call `close()` when the service's `run()` has returned: it finishes what is under way and closes the
    /// connections.
    ///
    /// - Parameters:
    ///   - url: `postgresql://user:password@host:port/database?parameter=value`.
    ///   - schema: Whether the schema is only checked, as by default, or migrated. Migrating needs a role that owns the
    ///     schema, which serving should not have.
    /// - Returns: The store, with the schema that this version knows.
    /// - Throws: `.invalidURL`, `.schema`, `.denied`, `.unavailable`, `.unreadable`, `.cancelled`.
    public static func open(
        url: String, schema: SchemaPreparation = .require
    ) async throws(StoreOpenError) -> PostgresAuthStore {
        let configuration: PostgresConfiguration
        do throws(PostgresURLError) {
            configuration = try PostgresConfiguration(url: url)
        } catch {
            throw .invalidURL(error.description)
        }
        return try await open(configuration, schema: schema)
    }

    /// Opens a database within bounds of the caller's choice; otherwise as ``open(url:schema:)``.
    public static func open(
        _ configuration: PostgresConfiguration, schema: SchemaPreparation = .require
    ) async throws(StoreOpenError) -> PostgresAuthStore {
        let driver: PostgresDriver
        do throws(StoreError) {
            driver = try PostgresDriver(configuration)
        } catch {
            throw StoreOpenError(error)
        }
        do throws(StoreError) {
            try await driver.requireAnswer()
        } catch {
            await driver.close()
            throw StoreOpenError(error)
        }
        return try await prepared(driver, schema) { Timestamp(microseconds: WallTime.microseconds) }
    }
}
