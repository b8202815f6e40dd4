// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Page on architecture")
struct ArchitectureDocumentTests {
    private let targets: [Row]
    private let subjects: [Row]
    private let others: [Row]

    init() throws {
        let text = try Repository.text("docs/architecture.md")
        targets = try #require(Self.table(in: text, startingWith: "target"))
        subjects = try #require(Self.table(in: text, startingWith: "subject"))
        others = try #require(Self.table(in: text, startingWith: "target", under: "belong to no subject"))
    }

    @Test("its table of targets names every target of the sources")
    func namesTargets() throws {
        let named = targets.dropFirst().flatMap { $0[0] }
        // The others only name a library in C.
        let targets = try Repository.contents(of: "Sources").folders.filter { !$0.hasPrefix("C") }

        #expect(named.sorted() == targets.sorted())
    }

    @Test("its picture shows every target, and each above those that it imports")
    func picture() throws {
        let page = try Repository.text("docs/architecture.md")
        let picture = try #require(page.split(separator: "```").dropFirst().first)
        var heights: [String: Int] = [:]
        for (height, line) in picture.split(separator: "\n").enumerated() {
            for match in line.matches(of: #/\b(?:Auth[A-Z]\w+|HummingbirdAuthd|authd)\b/#) {
                heights[String(match.output)] = height
            }
        }
        let package = try Repository.text("Package.swift")
        let modules = package.matches(of: #/module\(\s*"(\w*Auth\w+)"(?:,\s*\[([^\]]*)\])?/#)
            .map { (name: String($0.output.1), imports: String($0.output.2 ?? "")) }
        let program = try #require(package.firstMatch(of: #/name: "authd",\s*dependencies: \[([^\]]*)\]/#))
        let targets = modules + [(name: "authd", imports: String(program.output.1))]

        // Beside the others, as the text below the picture says.
        let beside = ["AuthTesting", "AuthHTTPTesting"]
        #expect(heights.keys.sorted() == targets.map(\.name).filter { !beside.contains($0) }.sorted())
        for target in targets where !beside.contains(target.name) {
            let own = try #require(heights[target.name], "\(target.name)")
            for match in target.imports.matches(of: #/"(Auth\w+)"/#) {
                let imported = String(match.output.1)
                #expect(try #require(heights[imported], "\(imported)") > own, "\(target.name) imports \(imported)")
            }
        }
    }

    @Test("its tables of subjects and of other folders are those of the source tree")
    func folders() throws {
        let layers = subjects[0].dropFirst().map { $0[0] }
        #expect(layers == others.dropFirst().map { $0[0][0] })

        for (column, layer) in layers.enumerated() {
            let shared = subjects.dropFirst().filter { $0[column + 1] == ["✓"] }.map { $0[0][0] }
            let own = try otherFolders(of: layer)
            let contents = try Repository.contents(of: "Sources/\(layer)")
            // But for the layer's page of documentation.
            let folders = contents.folders.subtracting(["Documentation.docc"])
            #expect(folders == Set(shared + own), "\(layer)")
            #expect(folders.count == shared.count + own.count, "\(layer)")
            #expect(contents.files.subtracting(["AuthAPI.swift"]) == [], "\(layer)")
        }
    }

    @Test("tests of a subject are in a folder of its name")
    func tests() throws {
        for layer in ["AuthCore", "AuthService", "AuthHTTP"] {
            let known = try subjects.dropFirst().map { $0[0][0] } + otherFolders(of: layer) + ["Support", "Vectors"]
            let folders = try Repository.contents(of: "Tests/\(layer)Tests").folders
            #expect(folders.subtracting(known) == [], "\(layer)Tests")
        }
    }

    private func otherFolders(of layer: String) throws -> [String] {
        try #require(others.first { $0[0] == [layer] })[1]
    }

    /// The names in each cell of a row, without their code quotes.
    private typealias Row = [[String]]

    /// The rows of the first table, below some words, whose head begins with a word; without the line of dashes.
    private static func table(in text: String, startingWith word: String, under words: String = "") -> [Row]? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        if !words.isEmpty { lines = lines.drop { !$0.contains(words) } }
        lines = lines.drop { !$0.hasPrefix("| \(word) |") }
        let rows = lines.prefix { $0.hasPrefix("|") }.map { line in
            line.filter { $0 != "`" && $0 != " " }.split(separator: "|").map { cell in
                cell.split(separator: ",").map(String.init)
            }
        }
        guard rows.count > 2 else { return nil }
        return [rows[0]] + rows.dropFirst(2)
    }
}
