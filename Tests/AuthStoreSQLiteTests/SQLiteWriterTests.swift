// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import Synchronization
import Testing

@testable import AuthStoreSQLite

@Suite("SQLite writer", .timeLimit(.minutes(10)))
struct SQLiteWriterTests {
    /// Runs operations so that all of them wait before the first begins, and gives their results in order.
    private func together(
        _ operations: [SQLOperation<Int64>], on driver: SQLiteDriver, _ database: TemporaryDatabase
    ) async throws -> [Result<Int64, StoreError>] {
        let outsider = try Outsider(database)
        try outsider.lock()
        return try await withThrowingTaskGroup(of: (Int, Result<Int64, StoreError>).self) { group in
            for (index, operation) in operations.enumerated() {
                group.addImmediateTask {
                    do throws(StoreError) {
                        return (index, .success(try await driver.perform(operation)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            #expect(driver.statistics.waitingWrites == operations.count)
            try outsider.unlock()
            var results: [(Int, Result<Int64, StoreError>)] = []
            for try await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func insertion(_ id: Int64, _ text: String? = nil) -> SQLOperation<Int64> {
        SQLOperation(.write, .run(Rows.insert(id, text)) { _ in .commit([], id) })
    }

    private func stored(_ driver: SQLiteDriver) async throws -> [Int64] {
        var ids: [Int64] = []
        for row in try await driver.run(.read, Statement(Rows.all)).rows { ids.append(try row.int64(0)) }
        return ids
    }

    @Test("operations that wait together share one commit")
    func groupCommit() async throws {
        try await withDriver { driver, database in
            try await driver.make(Rows.table)

            let results = try await together((1...200).map { insertion($0) }, on: driver, database)

            #expect(results == (1...200).map { .success($0) })
            #expect(driver.statistics == SQLiteStatistics(waitingReads: 0, waitingWrites: 0, commits: 1))
            #expect(try await stored(driver) == Array(1...200))
        }
    }

    @Test("a batch is bounded")
    func boundedBatch() async throws {
        try await withDriver { configuration in
            configuration.batchLimit = 10
        } _: { driver, database in
            try await driver.make(Rows.table)

            _ = try await together((1...25).map { insertion($0) }, on: driver, database)

            #expect(driver.statistics.commits == 3)
        }
    }

    @Test("the queue is bounded")
    func boundedQueue() async throws {
        try await withDriver { configuration in
            configuration.queueLimit = 1
        } _: { driver, database in
            try await driver.make(Rows.table)
            let outsider = try Outsider(database)
            try outsider.lock()
            let first = Task.immediate { try await driver.perform(insertion(1)) }

            await #expect(throws: StoreError.unavailable("too many operations wait for the database")) {
                try await driver.perform(insertion(2))
            }
            try outsider.unlock()

            #expect(try await first.value == 1)
            #expect(try await stored(driver) == [1])
        }
    }

    @Test("an operation that fails or rolls back writes nothing, and does not affect the others of its batch")
    func savepoints() async throws {
        try await withDriver { driver, database in
            try await driver.make(Rows.table)
            let thrown = StoreError.corrupt("on purpose")

            let results = try await together(
                [
                    insertion(1, "same"),
                    SQLOperation(.write, .run(Rows.insert(2)) { _ in .rollback(-2) }),
                    SQLOperation(.write, .run(Rows.insert(3)) { _ throws(StoreError) in throw thrown }),
                    SQLOperation(.write, .run([Rows.insert(4), Rows.insert(5, "same")]) { _ in .commit([], 4) }),
                    SQLOperation(.writeFeed, .run(Rows.insert(6)) { _ in .commit([Rows.insert(1)], 6) }),
                    insertion(7),
                ], on: driver, database)

            #expect(
                results == [
                    .success(1), .success(-2), .failure(thrown), .failure(.conflict), .failure(.conflict), .success(7),
                ])
            #expect(try await stored(driver) == [1, 7])
            #expect(driver.statistics.commits == 1)
        }
    }

    @Test("a single statement's write stays, whatever the program returns afterwards")
    func writeOnce() async throws {
        try await withDriver { driver, _ in
            try await driver.make(Rows.table)

            let output = try await driver.perform(
                SQLOperation(.writeOnce, .run(Rows.insert(1)) { _ in .rollback(-1) }))
            await #expect(throws: StoreError.conflict) {
                try await driver.perform(SQLOperation(.writeOnce, .run(Rows.insert(1)) { _ in .commit([], 1) }))
            }

            #expect(output == -1)
            #expect(try await stored(driver) == [1])
        }
    }

    @Test("an operation returns after its commit, and its write can be read")
    func order() async throws {
        let database = try TemporaryDatabase()
        let commits = Atomic<Int>(0)
        try await withFilteredDriver(database, { commits.add(1, ordering: .relaxed).newValue > 0 }) { driver in
            try await driver.make(Rows.table)
            for id in Int64(1)...20 {
                let before = commits.load(ordering: .relaxed)
                _ = try await driver.perform(insertion(id))
                #expect(commits.load(ordering: .relaxed) == before + 1)
                #expect(try await stored(driver) == Array(1...id))
            }
        }
    }

    @Test("if the commit fails, all of its operations fail and write nothing")
    func failedCommit() async throws {
        let database = try TemporaryDatabase()
        let mayCommit = Atomic<Bool>(false)
        try await withFilteredDriver(database, { mayCommit.load(ordering: .relaxed) }) { driver in
            try await driver.make(Rows.table)

            let results = try await together((1...10).map { insertion($0) }, on: driver, database)
            mayCommit.store(true, ordering: .relaxed)

            for result in results { #expect(throws: StoreError.self) { try result.get() } }
            #expect(try await stored(driver).isEmpty)
            #expect(try await driver.perform(insertion(11)) == 11)
            #expect(try await stored(driver) == [11])
        }
    }

    @Test("a reference that is checked at the commit fails the operation that broke it, alone")
    func deferredReference() async throws {
        try await withDriver { driver, database in
            try await driver.make(
                Rows.table,
                SQL("CREATE TABLE authd.notes (row bigint REFERENCES rows (id) DEFERRABLE INITIALLY DEFERRED)"))
            let dangling = Statement(SQL("INSERT INTO authd.notes VALUES (99)"))

            let results = try await together(
                [insertion(1), SQLOperation(.write, .run(dangling) { _ in .commit([], 2) }), insertion(3)],
                on: driver, database)

            #expect(results == [.success(1), .failure(.conflict), .success(3)])
            #expect(try await stored(driver) == [1, 3])
        }
    }

    @Test("if one operation fills the disk, the others are still done")
    func fullDisk() async throws {
        try await withDriver { driver, database in
            try await driver.make(Rows.table)
            try await driver.run(.write, Statement(SQL("PRAGMA max_page_count = 64")))

            let results = try await together(
                [insertion(1), insertion(2, String(repeating: "x", count: 1 << 20)), insertion(3)],
                on: driver, database)

            #expect(results[0] == .success(1) && results[2] == .success(3))
            guard case .failure(.unavailable) = results[1] else {
                Issue.record("\(results[1]) is not unavailable")
                return
            }
            #expect(try await stored(driver) == [1, 3])
        }
    }

    @Test("a statement that runs too long is ended, and the others are still done")
    func statementTimeout() async throws {
        try await withDriver { configuration in
            configuration.statementTimeout = .milliseconds(20)
        } _: { driver, database in
            try await driver.make(Rows.table)
            let endless = Statement(
                SQL(
                    """
                    INSERT INTO authd.rows (id) WITH RECURSIVE numbers (n) AS
                    (SELECT 100 UNION ALL SELECT n + 1 FROM numbers) SELECT max(n) FROM numbers
                    """))

            let results = try await together(
                [insertion(1), SQLOperation(.write, .run(endless) { _ in .commit([], 2) }), insertion(3)],
                on: driver, database)

            #expect(results[0] == .success(1) && results[2] == .success(3))
            guard case .failure(.unavailable) = results[1] else {
                Issue.record("\(results[1]) is not unavailable")
                return
            }
            #expect(try await stored(driver) == [1, 3])
        }
    }

    private func withFilteredDriver(
        _ database: TemporaryDatabase, _ filter: @escaping @Sendable () -> Bool,
        _ body: (SQLiteDriver) async throws -> Void
    ) async throws {
        let driver = try await SQLiteDriver.open(database.configuration, filteringCommits: filter)
        do { try await body(driver) } catch {
            await driver.close()
            throw error
        }
        await driver.close()
    }
}
