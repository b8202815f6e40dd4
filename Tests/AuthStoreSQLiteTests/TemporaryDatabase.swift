// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import AuthStoreSQLite
import AuthTestSupport
import Glibc

/// A database in a directory of its own for one test, removed with everything in it.
final class TemporaryDatabase: Sendable {
    private let folder: TemporaryDirectory
    var directory: String { folder.path }
    var path: String { directory + "/authd.db" }
    /// The path from the directory's parent.
    var relative: String { path.split(separator: "/").suffix(2).joined(separator: "/") }
    var configuration: SQLiteConfiguration { SQLiteConfiguration(path: path) }

    init() throws {
        folder = try TemporaryDirectory()
    }

    deinit {
        folder.remove()
    }

    /// The permission bits of a file of the directory; `nil` where there is none.
    func permissions(of name: String) -> UInt32? {
        var status = stat()
        guard lstat(directory + "/" + name, &status) == 0 else { return nil }
        return status.st_mode & 0o777
    }

    /// Writes a file of the directory.
    func write(_ text: String, to name: String) throws {
        guard let file = fopen(directory + "/" + name, "w") else { throw Failure("\(name): error \(errno)") }
        fputs(text, file)
        fclose(file)
    }

    /// Reads a file of the directory.
    func read(_ name: String) throws -> String {
        guard let file = fopen(directory + "/" + name, "r") else { throw Failure("\(name): error \(errno)") }
        defer { fclose(file) }
        var text: [UInt8] = []
        while case let octet = fgetc(file), octet != EOF { text.append(UInt8(truncatingIfNeeded: octet)) }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Opens a driver on a fresh file, runs a body and closes it.
func withDriver<Output: Sendable>(
    _ change: (inout SQLiteConfiguration) -> Void = { _ in },
    _ body: (SQLiteDriver, TemporaryDatabase) async throws -> Output
) async throws -> Output {
    let database = try TemporaryDatabase()
    var configuration = database.configuration
    change(&configuration)
    let driver = try await SQLiteDriver.open(configuration)
    do {
        let output = try await body(driver, database)
        await driver.close()
        return output
    } catch {
        await driver.close()
        throw error
    }
}

extension SQLiteDriver {
    /// Makes tables without asking a condition.
    func make(_ statements: SQL...) async throws {
        let isDone = try await migrate(guarding: .commit([], true), statements.map { Statement($0) })
        precondition(isDone, "a migration without a condition runs")
    }

    /// Runs one statement.
    @discardableResult
    func run(_ access: SQLOperation<SQLResult>.Access, _ statement: Statement) async throws(StoreError) -> SQLResult {
        try await perform(SQLOperation(access, .run(statement) { .commit([], $0) }))
    }
}

/// A table of numbered rows, in the shared dialect.
enum Rows {
    static let table = SQL("CREATE TABLE authd.rows (id bigint PRIMARY KEY, text text UNIQUE)")
    static let insertion = SQL("INSERT INTO authd.rows (id, text) VALUES ($1, $2)")
    static let all = SQL("SELECT id FROM authd.rows ORDER BY id")
    static let locked = SQL("SELECT text FROM authd.rows WHERE id = $1 FOR UPDATE")

    static func insert(_ id: Int64, _ text: String? = nil) -> Statement {
        Statement(insertion, [.int64(id), .optional(text)])
    }
}
