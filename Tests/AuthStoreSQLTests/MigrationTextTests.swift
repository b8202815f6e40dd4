// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQL
import Glibc
import Testing

@Suite("Migrations as they are written") struct MigrationTextTests {
    @Test("the program carries the files of db, byte for byte", arguments: SQLDialect.allCases)
    func embedding(_ dialect: SQLDialect) throws {
        let folder = try Folder.database(dialect)
        var expected: [String] = []
        for migration in Migration.all(for: dialect) {
            let digits = String(migration.version)
            let stem = String(repeating: "0", count: 4 - digits.count) + digits + "_" + migration.name
            #expect(try folder.text(of: "\(stem).up.sql") == migration.up)
            #expect(try folder.text(of: "\(stem).down.sql") == migration.down)
            expected += ["\(stem).down.sql", "\(stem).up.sql"]
        }

        #expect(try folder.names.filter { $0.hasSuffix(".sql") } == expected.sorted())
    }

    @Test("both dialects have the same numbers and names, without gaps")
    func twins() {
        let postgres = Migration.all(for: .postgres)
        let sqlite = Migration.all(for: .sqlite)

        #expect(postgres.map(\.version) == Array(1...Int64(postgres.count)))
        #expect(postgres.map(\.version) == sqlite.map(\.version))
        #expect(postgres.map(\.name) == sqlite.map(\.name))
    }

    @Test(
        "both dialects have the same tables and columns",
        arguments: zip(Migration.all(for: .postgres), Migration.all(for: .sqlite)))
    func sameColumns(_ postgres: Migration, _ sqlite: Migration) throws {
        let tables = try TableShape.all(in: postgres.up)

        let added = Self.addedColumns(in: postgres.up)
        #expect(!tables.isEmpty || !added.isEmpty)
        #expect(try TableShape.all(in: sqlite.up) == tables)
        #expect(Self.addedColumns(in: sqlite.up) == added)
    }

    /// The names of the columns that a migration adds to tables of before.
    private static func addedColumns(in script: String) -> [Substring] {
        script.matches(of: #/ADD COLUMN (\w+)/#).map(\.output.1)
    }

    @Test("in PostgreSQL every table is qualified, and each migration that makes one protects it")
    func protection() throws {
        for migration in Migration.all(for: .postgres) {
            for table in try TableShape.all(in: migration.up) {
                #expect(migration.up.contains("CREATE TABLE authd.\(table.name) ("))
                #expect(migration.down.contains("DROP TABLE authd.\(table.name);"))
                let last = try #require(Migration.statements(of: migration.up).last)
                #expect(last.text == "DO $$ BEGIN PERFORM authd.protect_tables(); END $$;")
            }
        }
    }

    @Test("columns have only the types that both dialects share")
    func types() throws {
        for migration in Migration.all(for: .postgres) {
            let types = try TableShape.all(in: migration.up).flatMap(\.types)
            #expect(Set(types).isSubset(of: ["bigint", "text", "uuid", "boolean", "bytea"]))
        }
    }

    struct Split: Sendable {
        let script: String
        let statements: [String]
    }

    @Test(
        "a script is split where a semicolon ends a line before a gap",
        arguments: [
            Split(script: "", statements: []),
            Split(script: "\n\n", statements: []),
            Split(script: "A;\n", statements: ["A;"]),
            Split(script: "A;", statements: ["A;"]),
            Split(script: "A\n;\n\nB", statements: ["A\n;", "B"]),
            Split(script: "A;\nB;\n", statements: ["A;\nB;"]),
            Split(script: "-- note\nA;\n\n\nB;\n", statements: ["-- note\nA;", "B;"]),
            Split(script: "$$\nx;\ny;\n$$;\n\nB;\n", statements: ["$$\nx;\ny;\n$$;", "B;"]),
        ])
    func splitting(_ split: Split) {
        #expect(Migration.statements(of: split.script).map(\.text) == split.statements)
    }

    @Test("the checksum is FNV-1a of the way forward")
    func checksum() {
        func checksum(_ up: String, down: String = "") -> String {
            Migration(version: 1, name: "n", up: up, down: down).checksum
        }

        #expect(checksum("") == "cbf29ce484222325")
        #expect(checksum("a") == "af63dc4c8601ec8c")
        #expect(checksum("foobar") == "85944171f73967e8")
        #expect(checksum("a", down: "b") == checksum("a"))
    }
}

/// A table of a migration: its columns in order.
private struct TableShape: Hashable {
    let name: String
    let columns: [String]
    let types: [String]

    static func == (left: TableShape, right: TableShape) -> Bool {
        left.name == right.name && left.columns == right.columns
    }

    static func all(in script: String) throws -> [TableShape] {
        let table = try Regex(
            #"CREATE TABLE (?:authd\.)?(\w+) \(\n((?:    .*\n)+)\)"#, as: (Substring, Substring, Substring).self)
        let column = try Regex(#"^    ([a-z_]+) (\w+)"#, as: (Substring, Substring, Substring).self)
        return script.matches(of: table).map { match in
            let columns = match.output.2.split(separator: "\n").compactMap { $0.prefixMatch(of: column)?.output }
            return TableShape(
                name: String(match.output.1), columns: columns.map { String($0.1) },
                types: columns.map { String($0.2) })
        }
    }
}

/// A folder of the project.
private struct Folder {
    let path: String

    static func database(_ dialect: SQLDialect) throws -> Folder {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        return Folder(path: "\(root)/db/\(dialect.rawValue)")
    }

    var names: [String] {
        get throws {
            let directory = try #require(opendir(path), "\(path) cannot be read")
            defer { closedir(directory) }
            var names: [String] = []
            while let entry = readdir(directory) {
                names.append(
                    withUnsafePointer(to: &entry.pointee.d_name) {
                        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                    })
            }
            return names.sorted()
        }
    }

    func text(of name: String) throws -> String {
        let file = try #require(fopen("\(path)/\(name)", "r"), "\(name) cannot be read")
        defer { fclose(file) }
        var octets: [UInt8] = []
        while case let octet = fgetc(file), octet != EOF { octets.append(UInt8(truncatingIfNeeded: octet)) }
        return try #require(String(validating: octets, as: UTF8.self))
    }
}
