// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// What `make revision` and `make coverage` run.
@Suite("Scripts for contributors", .timeLimit(.minutes(5)))
struct DevelopmentScriptsTests {
    /// A folder with what a new step of the schema needs of this package.
    private static func withSteps(_ body: (TemporaryDirectory) async throws -> Void) async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let generated = "Sources/AuthStoreSQL/Migrations"
        for path in ["scripts", generated] {
            try FileManager.default.createDirectory(atPath: folder.file(path), withIntermediateDirectories: true)
        }
        let files = [
            "db", "scripts/new-migration", "scripts/embed-migrations.py", "\(generated)/Migrations+Generated.swift",
        ]
        for path in files {
            try await Command("cp", "-R", AuthdBinary.package.appending(path: path).path, folder.file(path)).succeed()
        }
        try await body(folder)
    }

    @Test("a new step has the next number, both ways and for both databases, is embedded, and can be tried as it is")
    func revision() async throws {
        try await Self.withSteps { folder in
            let generated = "Sources/AuthStoreSQL/Migrations/Migrations+Generated.swift"
            let newest = try #require(
                try FileManager.default.contentsOfDirectory(atPath: folder.file("db/sqlite")).compactMap {
                    Int($0.prefix(4))
                }
                .max())
            for (name, number) in [("add_things", newest + 1), ("add_others", newest + 2)] {
                try await Command(folder.file("scripts/new-migration"), name).succeed()
                let step = String(format: "%04d_", number) + name
                for dialect in ["postgres", "sqlite"] {
                    for way in ["up", "down"] { #expect(folder.exists("db/\(dialect)/\(step).\(way).sql")) }
                }
                let embedded = try String(contentsOfFile: folder.file(generated), encoding: .utf8)
                let entries = embedded.matches(of: #/version: (\d+), name: "([a-z_]+)"/#).filter { $0.output.2 == name }
                #expect(entries.count == 2 && entries.allSatisfy { $0.output.1 == String(number) })
            }
            let tried = try await Command(
                "sh", "-euc", "cd \"$1\" && cat *.up.sql $(ls -r *.down.sql) | sqlite3 -bail :memory:", "sh",
                folder.file("db/sqlite")
            ).run()
            #expect(tried.succeeded && tried.errors.isEmpty, "\(tried)")
        }
    }

    @Test(
        "a step without a name, or with one that cannot be a table's or is taken, is refused and leaves nothing",
        arguments: ["", "Add", "add-things", "add things", "../x", "a; rm", "_add", "users"])
    func refusedRevision(name: String) async throws {
        try await Self.withSteps { folder in
            let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
            let outcome = try await Command(folder.file("scripts/new-migration"), name).run()

            #expect(outcome.end == .exited(64) && outcome.errors.hasPrefix("new-migration: "), "\(outcome)")
            #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
        }
    }

    @Test("the table of coverage adds up the lines of each target, and leaves out tests, packages and generated files")
    func coverage() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        func entry(_ path: String, _ covered: Int, _ count: Int) -> String {
            #"{"filename":"\#(path)","summary":{"lines":{"covered":\#(covered),"count":\#(count)}}}"#
        }
        let sources = AuthdBinary.package.appending(path: "Sources").path
        let files = [
            entry("\(sources)/AuthCore/A.swift", 1, 2), entry("\(sources)/AuthCore/B/C.swift", 2, 2),
            entry("\(sources)/authd/D.swift", 0, 4), entry("\(sources)/AuthCore/E+Generated.swift", 0, 9),
            entry("\(AuthdBinary.package.path)/Tests/F.swift", 9, 9), entry("/x/.build/checkouts/G.swift", 9, 9),
        ]
        try folder.write(#"{"data":[{"files":[\#(files.joined(separator: ","))]}]}"#, to: "report.json")
        let table = try await Command(
            AuthdBinary.package.appending(path: "scripts/coverage-table").path, folder.file("report.json")
        ).succeed()
        let rows = table.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }

        #expect(
            rows == [
                "AuthCore 3 of 4 lines 75.0 %", "authd 0 of 4 lines 0.0 %", "all 3 of 8 lines 37.5 %",
            ])
    }
}
