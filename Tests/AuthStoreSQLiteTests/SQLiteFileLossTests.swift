// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import Glibc
import Synchronization
import Testing

@testable import AuthStoreSQLite

/// Files that are removed, replaced or damaged under a driver.
@Suite("SQLite files under an open driver", .timeLimit(.minutes(10)))
struct SQLiteFileLossTests {
    /// What the operator was told.
    private final class Events: Sendable {
        private let events = Mutex<[SQLiteEvent]>([])

        var all: [SQLiteEvent] { events.withLock { $0 } }

        func add(_ event: SQLiteEvent) {
            events.withLock { $0.append(event) }
        }
    }

    /// Opens a driver with a table of one row, and lends it.
    private func withRows(
        _ body: (SQLiteDriver, TemporaryDatabase, Events) async throws -> Void
    ) async throws {
        let database = try TemporaryDatabase()
        let events = Events()
        let driver = try await SQLiteDriver.open(database.configuration) { events.add($0) }
        do {
            try await driver.make(Rows.table)
            try await driver.run(.write, Rows.insert(1))
            try await body(driver, database, events)
        } catch {
            await driver.close()
            throw error
        }
        await driver.close()
    }

    private func isUnavailable(_ error: StoreError?) -> Bool {
        if case .unavailable = error { true } else { false }
    }

    /// The rows that the file at the path holds.
    private func rows(in database: TemporaryDatabase) async throws -> Int {
        let driver = try await SQLiteDriver.open(database.configuration)
        let count = try await driver.run(.read, Statement(Rows.all)).rows.count
        await driver.close()
        return count
    }

    @Test("nothing is written to a database that was moved away, until it is back", arguments: ["", "-wal", "-shm"])
    func moved(_ suffix: String) async throws {
        try await withRows { driver, database, events in
            let path = driver.path + suffix
            try #require(rename(path, path + ".away") == 0)

            for id in Int64(2)...4 {
                let error = await #expect(throws: StoreError.self) { try await driver.run(.write, Rows.insert(id)) }
                #expect(isUnavailable(error))
                #expect(error?.diagnostic?.contains(path) == true, "\(String(describing: error))")
            }
            #expect(isUnavailable(driver.trouble))
            #expect(events.all == [.fileLost(SQLiteFileLoss(path: path, isReplaced: false))])

            try #require(rename(path + ".away", path) == 0)
            try await driver.run(.write, Rows.insert(5))

            #expect(driver.trouble == nil)
            #expect(events.all.last == .filesReturned(path: driver.path))
            let ids = try await driver.run(.read, Statement(Rows.all)).rows.map(\.columns)
            #expect(ids == [[.int64(1)], [.int64(5)]])
        }
    }

    @Test("nothing is written beside a file that was put in the database's place")
    func replaced() async throws {
        try await withRows { driver, database, events in
            try database.write("", to: "other")
            try #require(rename(database.directory + "/other", database.path) == 0)

            let error = await #expect(throws: StoreError.self) { try await driver.run(.write, Rows.insert(2)) }

            #expect(isUnavailable(error))
            #expect(events.all == [.fileLost(SQLiteFileLoss(path: driver.path, isReplaced: true))])
            #expect(try database.read("authd.db").isEmpty)
        }
    }

    @Test("a write whose file goes while it is committed is not acknowledged")
    func movedWhileCommitting() async throws {
        let database = try TemporaryDatabase()
        let isMoving = Flag(false)
        let driver = try await SQLiteDriver.open(
            database.configuration,
            filteringCommits: {
                if isMoving.value { rename(database.path, database.path + ".away") }
                return true
            })
        try await driver.make(Rows.table)
        isMoving.value = true

        let error = await #expect(throws: StoreError.self) { try await driver.run(.write, Rows.insert(1)) }

        #expect(isUnavailable(error))
        await driver.close()
    }

    @Test("writes acknowledged before the log file was deleted are in the database", arguments: [true, false])
    func removedLog(isWatched: Bool) async throws {
        let database = try TemporaryDatabase()
        let events = Events()
        let driver = try await SQLiteDriver.open(database.configuration) { events.add($0) }
        try await driver.make(Rows.table)
        for id in Int64(1)...50 { try await driver.run(.write, Rows.insert(id)) }
        let listening = isWatched ? driver.changeSignals() : nil

        try #require(unlink(database.path + "-wal") == 0)
        await #expect(throws: StoreError.self) { try await driver.run(.write, Rows.insert(51)) }
        await driver.close()
        _ = listening

        #expect(try await rows(in: database) == 50)
    }

    @Test("damage is reported once, and the store is unhealthy from then on")
    func damage() async throws {
        let database = try TemporaryDatabase()
        let first = try await SQLiteDriver.open(database.configuration)
        try await first.make(Rows.table)
        let filling = String(repeating: "x", count: 200)
        for id in Int64(1)...500 { try await first.run(.write, Rows.insert(id, "\(id) \(filling)")) }
        await first.close()
        try overwritePages(of: database.path)
        let events = Events()
        let driver = try await SQLiteDriver.open(database.configuration) { events.add($0) }

        for _ in 0..<3 {
            let error = await #expect(throws: StoreError.self) { try await driver.run(.read, Statement(Rows.all)) }
            guard case .corrupt = error else {
                Issue.record("\(String(describing: error)) is not corrupt")
                continue
            }
        }

        #expect(events.all.count == 1)
        guard case .damaged(let path, _) = events.all.first else {
            Issue.record("\(events.all)")
            return
        }
        #expect(path == driver.path)
        let health = await #expect(throws: StoreError.self) { try await SQLAuthStore(driver).checkHealth() }
        #expect(isUnavailable(health))
        await driver.close()
    }

    /// Overwrites every page but the schema's.
    private func overwritePages(of path: String) throws {
        let file = open(path, O_RDWR)
        try #require(file >= 0)
        defer { close(file) }
        let page = [UInt8](repeating: 0xA5, count: 4_096)
        var status = stat()
        try #require(fstat(file, &status) == 0)
        for offset in stride(from: 4_096, to: Int(status.st_size), by: 4_096) {
            try #require(pwrite(file, page, page.count, off_t(offset)) == page.count)
        }
    }

    /// A flag that the writer's thread reads.
    private final class Flag: Sendable {
        private let state: Mutex<Bool>

        init(_ value: Bool) { state = Mutex(value) }

        var value: Bool {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }
}
