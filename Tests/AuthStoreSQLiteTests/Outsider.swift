// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL

@testable import AuthStoreSQLite

/// Another process, as far as the file can tell: a connection that no driver knows.
struct Outsider: ~Copyable {
    private let connection: SQLiteConnection

    init(_ database: TemporaryDatabase) throws {
        connection = try SQLiteConnection(
            SQLiteFile(resolving: database.path), database.configuration, for: .writing)
    }

    /// Takes the write lock and keeps it.
    func lock() throws {
        try connection.run(SQLiteConnection.Control.beginImmediate)
    }

    /// Gives the write lock back.
    func unlock() throws {
        try connection.run(SQLiteConnection.Control.commit)
    }

    /// Runs one statement, in a transaction of its own unless the lock is held.
    @discardableResult
    func run(_ statement: Statement) throws -> SQLResult {
        try connection.run(statement)
    }
}
