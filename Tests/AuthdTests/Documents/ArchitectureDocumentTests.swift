// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("the page on architecture")
struct ArchitectureDocumentTests {
    @Test("its table of targets names every target of the sources")
    func targets() throws {
        let text = try Repository.text("docs/architecture.md")
        let table = try #require(Self.table(in: text, startingWith: "target"))
        let named = table.dropFirst().flatMap { $0[0].split(separator: ",").map { Self.name(String($0)) } }
        // The others only name a library in C.
        let targets = try Repository.contents(of: "Sources").folders.filter { !$0.hasPrefix("C") }

        #expect(named.sorted() == targets.sorted())
    }

    @Test("its tables of subjects and of other folders are those of the source tree")
    func folders() throws {
        let text = try Repository.text("docs/architecture.md")
        let subjects = try #require(Self.table(in: text, startingWith: "subject"))
        let others = try #require(Self.table(in: text, startingWith: "target", under: "belong to no subject"))
        let layers = subjects[0].dropFirst().map(Self.name)
        #expect(layers == others.dropFirst().map { Self.name($0[0]) })

        for (column, layer) in layers.enumerated() {
            let shared = subjects.dropFirst().filter { $0[column + 1] == "✓" }.map { Self.name($0[0]) }
            let own = try #require(others.first { Self.name($0[0]) == layer })[1].split(separator: ",").map {
                Self.name(String($0))
            }
            let contents = try Repository.contents(of: "Sources/\(layer)")
            #expect(contents.folders == Set(shared + own), "\(layer)")
            #expect(contents.folders.count == shared.count + own.count, "\(layer)")
            #expect(contents.files.subtracting(["AuthAPI.swift"]) == [], "\(layer)")
        }
    }

    @Test("tests of a subject are in a folder of its name")
    func tests() throws {
        let text = try Repository.text("docs/architecture.md")
        let subjects = try #require(Self.table(in: text, startingWith: "subject"))
        let others = try #require(Self.table(in: text, startingWith: "target", under: "belong to no subject"))
        for layer in ["AuthCore", "AuthService", "AuthHTTP"] {
            let own = try #require(others.first { Self.name($0[0]) == layer })[1].split(separator: ",").map {
                Self.name(String($0))
            }
            let known = Set(subjects.dropFirst().map { Self.name($0[0]) } + own + ["Support", "Vectors"])
            let folders = try Repository.contents(of: "Tests/\(layer)Tests").folders
            #expect(folders.subtracting(known) == [], "\(layer)Tests")
        }
    }

    /// The rows of the first table, below some words, whose head begins with a word; without the line of dashes.
    private static func table(in text: String, startingWith word: String, under words: String = "") -> [[String]]? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        if !words.isEmpty { lines = lines.drop { !$0.contains(words) } }
        lines = lines.drop { !$0.hasPrefix("| \(word) |") }
        let rows = lines.prefix { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|").map { $0.drop { $0 == " " } }.map { cell in
                String(cell.reversed().drop { $0 == " " }.reversed())
            }
        }
        guard rows.count > 2 else { return nil }
        return [rows[0]] + rows.dropFirst(2)
    }

    /// A name in code quotes.
    private static func name(_ cell: String) -> String {
        String(cell.filter { $0 != "`" && $0 != " " })
    }
}
