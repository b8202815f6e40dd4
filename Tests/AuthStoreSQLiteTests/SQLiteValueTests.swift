// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStoreSQL
import AuthStoreSQLite
import Testing

@Suite("SQLite values", .timeLimit(.minutes(10)))
struct SQLiteValueTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let given: SQLValue
        let wanted: SQLValue

        init(_ name: String, _ given: SQLValue, _ wanted: SQLValue? = nil) {
            testDescription = name
            self.given = given
            self.wanted = wanted ?? given
        }
    }

    static let uuid = UUIDv7(high: .max, low: 1)
    static let cases = [
        Case("null", .null),
        Case("true", .bool(true), .int64(1)),
        Case("false", .bool(false), .int64(0)),
        Case("the least number", .int64(.min)),
        Case("the greatest number", .int64(.max)),
        Case("an empty text", .text("")),
        Case("an astral text", .text("\u{1F9D1}\u{200D}\u{1F680} e\u{301} \u{FFFF}")),
        Case("a quoting text", .text("'; DROP TABLE rows; -- $1")),
        Case("a long text", .text(String(repeating: "ä", count: 100_000))),
        Case("no octets", .bytes([])),
        Case("every octet", .bytes(Array(0...255))),
        Case("an identifier", .uuid(uuid), .bytes(uuid.octets)),
    ]

    @Test("a value is stored unchanged", arguments: cases)
    func roundTrip(_ value: Case) async throws {
        try await withDriver { driver, _ in
            try await driver.make(SQL("CREATE TABLE authd.kept (value)"))

            try await driver.run(.write, Statement(SQL("INSERT INTO authd.kept VALUES ($1)"), [value.given]))
            let result = try await driver.run(.read, Statement(SQL("SELECT value, $1 FROM authd.kept"), [value.given]))

            #expect(result.rows == [SQLRow([value.wanted, value.wanted])])
        }
    }

    @Test(
        "a stored value that cannot be read exactly is corrupt",
        arguments: ["SELECT 1.5", "SELECT CAST(x'ff' AS text)", "SELECT CAST(x'610062' AS text)"])
    func unreadableColumn(_ text: String) async throws {
        try await withDriver { driver, _ in
            let error = await #expect(throws: StoreError.self) {
                try await driver.run(.read, Statement(SQL(migration: text)))
            }

            guard case .corrupt = error else {
                Issue.record("\(String(describing: error)) is not corrupt")
                return
            }
        }
    }

    @Test("a text with a NUL is refused before it is stored")
    func textWithNUL() async throws {
        try await withDriver { driver, _ in
            try await driver.make(Rows.table)

            await #expect(throws: StoreError.corrupt("a text has a NUL in it")) {
                try await driver.run(.write, Rows.insert(1, "a\0b"))
            }

            #expect(try await driver.run(.read, Statement(Rows.all)).rows.isEmpty)
        }
    }

    @Test("a wrong number of values is refused", arguments: [0, 1, 3])
    func valueCount(_ count: Int) async throws {
        try await withDriver { driver, _ in
            try await driver.make(Rows.table)
            let values = Array(repeating: SQLValue.int64(1), count: count)

            let error = await #expect(throws: StoreError.self) {
                try await driver.run(.write, Statement(Rows.insertion, values))
            }

            #expect(error?.diagnostic == "a statement was given another number of values than it has parameters")
        }
    }

    @Test(
        "a text that is not one statement with $1, $2 and so on is refused",
        arguments: ["SELECT 1; SELECT 2", "SELECT ?", "SELECT $2", "SELECT :name", "SELEKT 1", "SELECT \"no column\""])
    func unusualText(_ text: String) async throws {
        try await withDriver { driver, _ in
            let error = await #expect(throws: StoreError.self) {
                try await driver.run(.read, Statement(SQL(migration: text)))
            }

            guard case .corrupt = error else {
                Issue.record("\(String(describing: error)) is not corrupt")
                return
            }
        }
    }

    @Test("only the rows of the statement itself count as affected")
    func affectedRows() async throws {
        try await withDriver { driver, _ in
            try await driver.make(
                Rows.table,
                SQL("CREATE TABLE authd.notes (row bigint REFERENCES rows (id) ON DELETE CASCADE)"))
            try await driver.run(.write, Rows.insert(1))
            try await driver.run(.write, Rows.insert(2))
            for _ in 0..<3 { try await driver.run(.write, Statement(SQL("INSERT INTO authd.notes VALUES (1)"))) }

            let nothing = try await driver.run(
                .write, Statement(SQL("INSERT INTO authd.rows VALUES (1, NULL) ON CONFLICT DO NOTHING RETURNING id")))
            let read = try await driver.run(.write, Statement(Rows.locked, [.int64(1)]))
            let updated = try await driver.run(
                .write, Statement(SQL("UPDATE authd.rows SET text = NULL RETURNING id")))
            let deleted = try await driver.run(.write, Statement(SQL("DELETE FROM authd.rows WHERE id = 1")))

            #expect(nothing == SQLResult(rows: [], affectedRows: 0))
            #expect(read == SQLResult(rows: [SQLRow([.null])], affectedRows: 0))
            #expect(updated.affectedRows == 2 && updated.rows.count == 2)
            #expect(deleted.affectedRows == 1)
            #expect(try await driver.run(.read, Statement(SQL("SELECT 1 FROM authd.notes"))).rows.isEmpty)
        }
    }
}
