// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
public import AuthStoreSQL
import AuthSystem
import Glibc

/// The store on a SQLite file, for one machine.
///
/// ```swift
/// let store = try await SQLiteAuthStore.open(path: "/var/lib/notes/auth.db")
/// ```
///
/// Several processes on the machine may open one file. Each has a few threads and connections of its own, as
/// ``SQLiteConfiguration`` says.
public typealias SQLiteAuthStore = SQLAuthStore<SQLiteDriver>

extension SQLAuthStore where Driver == SQLiteDriver {
    /// Opens a database file with the bounds that suit a service.
    ///
    /// Call `close()` when the service's `run()` has returned: it finishes what waits and ends the threads.
    ///
    /// - Parameters:
    ///   - path: Of the file, which is made where it is absent, readable by its owner alone; a relative one counts from the
    ///     working directory. The folder must exist.
    ///   - schema: Whether the schema is migrated, as by default, or only checked.
    ///   - observe: Told of what happens to the file; called on a thread of the store, and must not block.
    /// - Returns: The store, with the schema that this version knows.
    /// - Throws: `.missingFolder`, `.missingFile` (for `.require`), `.schema`, `.unavailable`, `.unreadable`, `.cancelled`.
    public static func open(
        path: String, schema: SchemaPreparation = .migrate(),
        observe: @escaping @Sendable (SQLiteEvent) -> Void = { _ in }
    ) async throws(StoreOpenError) -> SQLiteAuthStore {
        try await open(SQLiteConfiguration(path: path), schema: schema, observe: observe)
    }

    /// Opens the database file of a URL such as `sqlite:///./auth.db`, as ``SQLiteConfiguration/init(url:)`` reads it.
    ///
    /// Otherwise as ``open(path:schema:observe:)``.
    ///
    /// - Throws: Also `.invalidURL`.
    public static func open(
        url: String, schema: SchemaPreparation = .migrate(),
        observe: @escaping @Sendable (SQLiteEvent) -> Void = { _ in }
    ) async throws(StoreOpenError) -> SQLiteAuthStore {
        let configuration: SQLiteConfiguration
        do throws(SQLiteURLError) {
            configuration = try SQLiteConfiguration(url: url)
        } catch {
            throw .invalidURL(error.description)
        }
        return try await open(configuration, schema: schema, observe: observe)
    }

    /// Opens a database file within bounds of the caller's choice; otherwise as ``open(path:schema:observe:)``.
    public static func open(
        _ configuration: SQLiteConfiguration, schema: SchemaPreparation = .migrate(),
        observe: @escaping @Sendable (SQLiteEvent) -> Void = { _ in }
    ) async throws(StoreOpenError) -> SQLiteAuthStore {
        let folder = FileSystem.folder(of: configuration.path)
        guard exists(folder) else { throw .missingFolder(folder) }
        guard schema != .require || exists(configuration.path) else { throw .missingFile(configuration.path) }
        let driver: SQLiteDriver
        do throws(StoreError) {
            driver = try await SQLiteDriver.open(configuration, observe: observe)
        } catch {
            throw StoreOpenError(error)
        }
        return try await prepared(driver, schema) { Timestamp(microseconds: WallTime.microseconds) }
    }

    /// Whether a path leads somewhere; true also where that cannot be found out, which opening then explains.
    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 || errno != ENOENT
    }
}
