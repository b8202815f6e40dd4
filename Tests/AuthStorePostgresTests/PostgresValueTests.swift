// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStoreSQL
import Testing

@testable import AuthStorePostgres

@Suite("PostgreSQL values", .timeLimit(.minutes(10)))
struct PostgresValueTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var type: String
        var value: SQLValue

        init(_ description: String, _ type: String, _ value: SQLValue) {
            testDescription = description
            self.type = type
            self.value = value
        }
    }

    static let cases: [Case] = [
        Case("true", "boolean", .bool(true)),
        Case("false", "boolean", .bool(false)),
        Case("the least bigint", "bigint", .int64(.min)),
        Case("the greatest bigint", "bigint", .int64(.max)),
        Case("minus one", "bigint", .int64(-1)),
        Case("no text", "text", .text("")),
        Case("text beyond the first plane", "text", .text("a\u{1F9D1}\u{200D}\u{1F680}e\u{301}\u{10FFFF}\u{7F}\n'\\")),
        Case("long text", "text", .text(String(repeating: "ä", count: 100_000))),
        Case("no octets", "bytea", .bytes([])),
        Case("every octet", "bytea", .bytes(Array(0...255))),
        Case("a million octets", "bytea", .bytes([UInt8](repeating: 0x5C, count: 1_000_000))),
        Case("the least uuid", "uuid", .uuid(UUIDv7(high: 0, low: 0))),
        Case("the greatest uuid", "uuid", .uuid(UUIDv7(high: .max, low: .max))),
        Case("a uuid", "uuid", .uuid(UUIDv7(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210))),
        Case("no boolean", "boolean", .null),
        Case("no text at all", "text", .null),
        Case("no uuid", "uuid", .null),
    ]

    @Test("are stored unchanged", arguments: cases)
    func roundTrip(_ test: Case) async throws {
        try await TemporaryPostgres.withDriver { driver in
            let rows = try await driver.run("SELECT $1::\(test.type), $1::\(test.type) IS NULL", [test.value], .read)

            #expect(rows == [SQLRow([test.value, .bool(test.value == .null)])])
        }
    }

    @Test(
        "of another type are refused, and the connection lives on",
        arguments: ["int4", "numeric", "timestamptz", "varchar"])
    func unknownType(_ type: String) async throws {
        try await TemporaryPostgres.withDriver { driver in
            let error = await #expect(throws: StoreError.self) { try await driver.run("SELECT NULL::\(type)") }

            #expect(error == .corrupt("column 0 has a type or a value that is not known here"))
            let rows = try await driver.run("SELECT 1::bigint")
            #expect(rows == [SQLRow([.int64(1)])])
        }
    }

    @Test("with a NUL in text are refused before anything is sent")
    func nul() async throws {
        try await TemporaryPostgres.withDriver { driver in
            try await driver.run("CREATE TABLE public.t (x text)")

            await #expect(throws: StoreError.corrupt("text with NUL")) {
                try await driver.run("INSERT INTO public.t VALUES ($1)", [.text("a\0b")])
            }

            #expect(try await driver.run("SELECT count(*) FROM public.t") == [SQLRow([.int64(0)])])
        }
    }

    @Test("are counted where they are written, and not where they are read")
    func affectedRows() async throws {
        try await TemporaryPostgres.withDriver { driver in
            try await driver.run("CREATE TABLE public.t (x bigint)")
            let insert = SQL(migration: "INSERT INTO public.t VALUES (1), (2), (3)")
            let update = SQL(migration: "UPDATE public.t SET x = x + 1 WHERE x > 1 RETURNING x")

            #expect(try await driver.once(insert).affectedRows == 3)
            #expect(try await driver.once(update).affectedRows == 2)
            #expect(try await driver.once(SQL(migration: "SELECT x FROM public.t")).affectedRows == 0)
        }
    }
}
