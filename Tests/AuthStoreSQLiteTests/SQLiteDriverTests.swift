// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import Glibc
import Testing

@testable import AuthStoreSQLite

@Suite("SQLite driver", .timeLimit(.minutes(10)))
struct SQLiteDriverTests {
    private func count(_ driver: SQLiteDriver) async throws -> Int {
        try await driver.run(.read, Statement(Rows.all)).rows.count
    }

    @Test("makes files that only their owner can read, and removes the log at the end")
    func permissions() async throws {
        let database = try await withDriver { driver, database in
            try await driver.make(Rows.table)
            try await driver.run(.write, Rows.insert(1))

            for name in ["authd.db", "authd.db-wal", "authd.db-shm"] {
                #expect(database.permissions(of: name) == 0o600, "\(name)")
            }
            return database
        }

        #expect(database.permissions(of: "authd.db-wal") == nil)
    }

    @Test(
        "every connection is set for durability and integrity",
        arguments: [SQLOperation<SQLResult>.Access.read, .write])
    func settings(_ access: SQLOperation<SQLResult>.Access) async throws {
        try await withDriver { driver, _ in
            let settings: [(SQL, SQLValue)] = [
                (SQL("PRAGMA synchronous"), .int64(2)), (SQL("PRAGMA journal_mode"), .text("wal")),
                (SQL("PRAGMA foreign_keys"), .int64(1)), (SQL("PRAGMA trusted_schema"), .int64(0)),
                (SQL("PRAGMA temp_store"), .int64(2)), (SQL("PRAGMA secure_delete"), .int64(2)),
                (SQL("PRAGMA query_only"), .int64(access == .read ? 1 : 0)),
            ]
            for (sql, wanted) in settings {
                let result = try await driver.run(access, Statement(sql))
                #expect(result.first?.columns == [wanted], "\(sql.text)")
            }
        }
    }

    @Test("a file that is no database is named as corrupt, and left as it was")
    func foreignFile() async throws {
        let database = try TemporaryDatabase()
        let text = String(repeating: "This is a letter and not a database.\n", count: 100)
        try database.write(text, to: "authd.db")

        let error = await #expect(throws: StoreError.self) { try await SQLiteDriver.open(database.configuration) }

        guard case .corrupt(let diagnostic) = error else {
            Issue.record("\(String(describing: error)) is not corrupt")
            return
        }
        #expect(diagnostic.text.contains(database.path))
        #expect(try database.read("authd.db") == text)
    }

    @Test("a file whose text has another encoding is refused, because its names would sort otherwise")
    func encoding() async throws {
        let database = try TemporaryDatabase()
        let driver = try await SQLiteDriver.open(database.configuration)
        await driver.close()
        // The last octet of the encoding in the header: 1 for UTF-8, 2 and 3 for UTF-16.
        let file = open(database.path, O_WRONLY)
        #expect(pwrite(file, [UInt8(2)], 1, 59) == 1)
        close(file)

        let error = await #expect(throws: StoreError.self) { try await SQLiteDriver.open(database.configuration) }

        guard case .corrupt(let diagnostic) = error else {
            Issue.record("\(String(describing: error)) is not corrupt")
            return
        }
        #expect(diagnostic.text.contains("encoding"))
    }

    @Test("a missing directory is unavailable, and named")
    func missingDirectory() async {
        let error = await #expect(throws: StoreError.self) {
            try await SQLiteDriver.open(SQLiteConfiguration(path: "/nonexistent/authd.db"))
        }

        guard case .unavailable(let diagnostic) = error else {
            Issue.record("\(String(describing: error)) is not unavailable")
            return
        }
        #expect(diagnostic.text.contains("/nonexistent"))
    }

    @Test("a link is not followed", arguments: [true, false])
    func link(_ hasTarget: Bool) async throws {
        let database = try TemporaryDatabase()
        if hasTarget { try database.write("", to: "target") }
        try #require(symlink("target", database.path) == 0)

        await #expect(throws: StoreError.self) { try await SQLiteDriver.open(database.configuration) }

        #expect((database.permissions(of: "target") != nil) == hasTarget)
    }

    @Test("committed writes are there when the file is opened again")
    func reopening() async throws {
        try await withDriver { driver, database in
            try await driver.make(Rows.table)
            try await driver.run(.write, Rows.insert(1))
            await driver.close()

            let next = try await SQLiteDriver.open(database.configuration)
            #expect(try await count(next) == 1)
            await next.close()
        }
    }

    @Test("a program that reads sees one state from its first statement to its last")
    func snapshot() async throws {
        try await withDriver { driver, database in
            try await driver.make(Rows.table)
            let counts = SQLProgram<[Int]>.run(Statement(Rows.all)) { before throws(StoreError) in
                do {
                    try Outsider(database).run(Rows.insert(1))
                } catch {
                    throw .corrupt("the outsider cannot write")
                }
                return .run(Statement(Rows.all)) { .commit([], [before.rows.count, $0.rows.count]) }
            }

            #expect(try await driver.perform(SQLOperation(.read, counts)) == [0, 0])
            #expect(try await count(driver) == 1)
        }
    }

    @Test("a reader cannot write")
    func readOnly() async throws {
        try await withDriver { driver, _ in
            try await driver.make(Rows.table)

            await #expect(throws: StoreError.self) { try await driver.run(.read, Rows.insert(1)) }

            #expect(try await count(driver) == 0)
        }
    }

    @Test("a read that runs too long is ended, and the reader goes on")
    func longRead() async throws {
        try await withDriver { configuration in
            configuration.statementTimeout = .milliseconds(20)
            configuration.readerCount = 1
        } _: { driver, _ in
            let endless = Statement(
                SQL(
                    """
                    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)
                    SELECT max(n) FROM numbers
                    """))

            let error = await #expect(throws: StoreError.self) { try await driver.run(.read, endless) }

            guard case .unavailable = error else {
                Issue.record("\(String(describing: error)) is not unavailable")
                return
            }
            let next = try await driver.run(.read, Statement(SQL("SELECT 1")))
            #expect(next.rows == [SQLRow([.int64(1)])])
        }
    }

    @Test("a lock of another process makes writes unavailable, and reads go on")
    func busy() async throws {
        try await withDriver { configuration in
            configuration.busyTimeout = .milliseconds(1)
        } _: { driver, database in
            try await driver.make(Rows.table)
            let outsider = try Outsider(database)
            try outsider.lock()

            await #expect(throws: StoreError.unavailable("another process keeps the database locked")) {
                try await driver.run(.write, Rows.insert(1))
            }
            await #expect(throws: StoreError.unavailable("another process keeps the database locked")) {
                try await driver.requireWriteLock()
            }
            #expect(try await count(driver) == 0)
            try outsider.unlock()

            try await driver.requireWriteLock()
            try await driver.run(.write, Rows.insert(2))
            #expect(try await count(driver) == 1)
        }
    }

    @Test("a caller that is cancelled before its operation begins returns at once, and the operation is not run")
    func cancellation() async throws {
        try await withDriver { driver, database in
            try await driver.make(Rows.table)
            let outsider = try Outsider(database)
            try outsider.lock()
            let waiting = Task.immediate { try await driver.run(.write, Rows.insert(1)) }

            waiting.cancel()
            await #expect(throws: StoreError.cancelled) { try await waiting.value }
            #expect(driver.statistics.waitingWrites == 0)
            try outsider.unlock()

            try await driver.run(.write, Rows.insert(2))
            #expect(try await driver.run(.read, Statement(Rows.all)).rows == [SQLRow([.int64(2)])])
        }
    }

    @Test("a caller that is cancelled already does nothing", arguments: [SQLOperation<SQLResult>.Access.read, .write])
    func cancelledBefore(_ access: SQLOperation<SQLResult>.Access) async throws {
        try await withDriver { driver, database in
            try await driver.make(Rows.table)
            let outsider = try Outsider(database)
            try outsider.lock()
            let task = Task.immediate {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await driver.run(access, access == .read ? Statement(Rows.all) : Rows.insert(1))
            }

            // A reader may have been quicker than the cancellation; a writer waits for the lock.
            let result = await task.result
            try outsider.unlock()

            if access == .write { #expect(throws: StoreError.cancelled) { try result.get() } }
            #expect(try await count(driver) == 0)
        }
    }

    @Test("a thousand operations at once are all done, each once")
    func thousand() async throws {
        try await withDriver { driver, _ in
            try await driver.make(Rows.table)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in Int64(1)...1_000 {
                    group.addTask {
                        switch id % 4 {
                        case 0: try await driver.run(.writeOnce, Rows.insert(id))
                        case 1: try await driver.run(.write, Rows.insert(id))
                        case 2: try await driver.run(.writeFeed, Rows.insert(id))
                        default:
                            let rows = try await driver.run(.read, Statement(Rows.all)).rows
                            #expect(rows.count <= 750)
                        }
                    }
                }
                try await group.waitForAll()
            }

            #expect(try await count(driver) == 750)
            #expect(driver.statistics.commits <= 750)
        }
    }

    @Test("two drivers on one file write in turn")
    func twoWriters() async throws {
        try await withDriver { first, database in
            try await first.make(Rows.table)
            let second = try await SQLiteDriver.open(database.configuration)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in Int64(1)...200 {
                    group.addTask { try await (id.isMultiple(of: 2) ? first : second).run(.write, Rows.insert(id)) }
                }
                try await group.waitForAll()
            }

            #expect(try await count(first) == 200)
            #expect(try await count(second) == 200)
            await second.close()
        }
    }

    @Test("closing finishes waiting operations, and rejects later ones")
    func closing() async throws {
        try await withDriver { driver, database in
            try await driver.make(Rows.table)
            let outsider = try Outsider(database)
            try outsider.lock()
            let waiting = (Int64(1)...50).map { id in
                Task.immediate { try await driver.run(.write, Rows.insert(id)) }
            }
            let firstClose = Task.immediate { await driver.close() }
            let secondClose = Task.immediate { await driver.close() }

            let closed = StoreError.unavailable("the database is closed")
            await #expect(throws: closed) { try await driver.run(.write, Rows.insert(99)) }
            await #expect(throws: closed) { try await count(driver) }
            await #expect(throws: closed) { try await driver.make(Rows.table) }
            try outsider.unlock()
            for task in waiting { _ = try await task.value }
            await firstClose.value
            await secondClose.value

            #expect(try outsider.run(Statement(Rows.all)).rows.count == 50)
        }
    }

    @Test("closing ends at its deadline: every caller returns, and rejected writes are not stored")
    func closingBound() async throws {
        try await withDriver { configuration in
            configuration.drainTimeout = .zero
            configuration.batchLimit = 1
        } _: { driver, database in
            try await driver.make(Rows.table)
            let outsider = try Outsider(database)
            try outsider.lock()
            let waiting = (Int64(1)...50).map { id in
                Task.immediate { try await driver.run(.write, Rows.insert(id)) }
            }
            let closing = Task.immediate { await driver.close() }
            try outsider.unlock()

            var done = 0
            for task in waiting {
                switch await task.result {
                case .success: done += 1
                case .failure(let error): #expect(error as? StoreError == .unavailable("the database is closed"))
                }
            }
            await closing.value

            #expect(done <= 1)
            #expect(try outsider.run(Statement(Rows.all)).rows.count == done)
        }
    }

    @Test("a released driver ends its threads")
    func abandonment() async throws {
        let database = try TemporaryDatabase()
        var driver: SQLiteDriver? = try await SQLiteDriver.open(database.configuration)
        let stream = try #require(driver?.changeSignals())

        driver = nil

        for await _ in stream {}
    }
}
