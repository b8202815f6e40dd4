// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import AuthStoreSQLite
import Testing

@Suite("SQLite migration", .timeLimit(.minutes(10)))
struct SQLiteMigrationTests {
    /// Holds while there is no table `rows`.
    private static let isEmpty = SQLProgram<Bool>.run(
        Statement(SQL("SELECT 1 FROM sqlite_schema WHERE name = 'rows'"))
    ) { .commit([], $0.rows.isEmpty) }

    @Test("runs where the condition holds, once among all migrators")
    func once() async throws {
        try await withDriver { first, database in
            let second = try await SQLiteDriver.open(database.configuration)
            let runs = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<6 {
                    group.addTask {
                        try await (index.isMultiple(of: 2) ? first : second)
                            .migrate(guarding: Self.isEmpty, [Statement(Rows.table)])
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            await second.close()

            #expect(runs == 1)
        }
    }

    @Test("a step that fails leaves nothing")
    func failure() async throws {
        try await withDriver { driver, _ in
            let broken = [Statement(Rows.table), Rows.insert(1), Statement(SQL("BROKEN"))]

            await #expect(throws: StoreError.self) { try await driver.migrate(guarding: Self.isEmpty, broken) }

            let isRun = try await driver.migrate(guarding: Self.isEmpty, [Statement(Rows.table)])
            #expect(isRun)
            #expect(try await driver.run(.read, Statement(Rows.all)).rows.isEmpty)
        }
    }

    private static let notes = SQL("CREATE TABLE authd.notes (row bigint REFERENCES rows (id) ON DELETE CASCADE)")
    private static let note = SQL("INSERT INTO authd.notes VALUES (1)")
    private static let noteRows = SQL("SELECT row FROM authd.notes")

    @Test("a table can be rebuilt without losing what refers to it, which is enforced afterwards")
    func rebuild() async throws {
        try await withDriver { driver, _ in
            try await driver.make(Rows.table, Self.notes)
            try await driver.run(.write, Rows.insert(1))
            try await driver.run(.write, Statement(Self.note))

            try await driver.make(
                SQL("CREATE TABLE authd.rebuilt (id bigint PRIMARY KEY, text text, more text)"),
                SQL("INSERT INTO authd.rebuilt (id, text) SELECT id, text FROM authd.rows"),
                SQL("DROP TABLE authd.rows"),
                SQL("ALTER TABLE authd.rebuilt RENAME TO rows"))

            #expect(try await driver.run(.read, Statement(Self.noteRows)).rows == [SQLRow([.int64(1)])])
            try await driver.run(.write, Statement(SQL("DELETE FROM authd.rows")))
            #expect(try await driver.run(.read, Statement(Self.noteRows)).rows.isEmpty)
            await #expect(throws: StoreError.conflict) { try await driver.run(.write, Statement(Self.note)) }
        }
    }

    @Test("a step that leaves a reference to nothing is undone")
    func brokenReference() async throws {
        try await withDriver { driver, _ in
            try await driver.make(Rows.table, Self.notes)
            try await driver.run(.write, Rows.insert(1))
            try await driver.run(.write, Statement(Self.note))

            let error = await #expect(throws: StoreError.self) {
                try await driver.make(SQL("DELETE FROM authd.rows"))
            }

            #expect(error?.diagnostic?.contains("refers") == true)
            #expect(try await driver.run(.read, Statement(Rows.all)).rows == [SQLRow([.int64(1)])])
        }
    }
}
