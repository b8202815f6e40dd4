// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQLite
import Glibc
import Testing

@Suite("SQLite serve lock")
struct SQLiteServeLockTests {
    @Test("keeps a second daemon out for as long as it exists, and names the file")
    func exclusion() throws {
        let database = try TemporaryDatabase()
        let file = database.path + "-lock"
        var first: SQLiteServeLock? = try SQLiteServeLock(for: database.configuration)

        #expect(first?.file == file)
        let error = #expect(throws: SQLiteServeLockError.self) { try SQLiteServeLock(for: database.configuration) }
        #expect(error == .held(file: file))
        #expect(error?.description.contains(file) == true)

        first = nil
        _ = try SQLiteServeLock(for: database.configuration)
    }

    @Test("is one lock for every spelling of the path")
    func otherPath() throws {
        let database = try TemporaryDatabase()
        let first = try SQLiteServeLock(for: database.configuration)

        #expect(throws: SQLiteServeLockError.held(file: first.file)) {
            try SQLiteServeLock(for: SQLiteConfiguration(path: database.directory + "/../" + database.relative))
        }
        withExtendedLifetime(first) {}
    }

    @Test("is readable by its owner alone")
    func permissions() throws {
        let database = try TemporaryDatabase()
        let lock = try SQLiteServeLock(for: database.configuration)

        #expect(database.permissions(of: "authd.db-lock") == 0o600)
        withExtendedLifetime(lock) {}
    }

    @Test("does not follow a link")
    func link() throws {
        let database = try TemporaryDatabase()
        try #require(symlink("/dev/null", database.path + "-lock") == 0)

        let error = #expect(throws: SQLiteServeLockError.self) { try SQLiteServeLock(for: database.configuration) }

        guard case .unavailable(database.path + "-lock", _) = error else {
            Issue.record("\(String(describing: error)) is not unavailable")
            return
        }
    }

    @Test("says which directory is missing")
    func missingDirectory() {
        let error = #expect(throws: SQLiteServeLockError.self) {
            try SQLiteServeLock(for: SQLiteConfiguration(path: "/nonexistent/authd.db"))
        }

        #expect(error?.description.contains("/nonexistent") == true)
    }
}
