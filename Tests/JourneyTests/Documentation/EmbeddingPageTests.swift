// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// What docs/embedding.md asks of a reader; `scripts/run-examples` makes the package that it shows, builds, runs and tests it.
@Suite("Page on embedding")
struct EmbeddingPageTests {
    private let page: MarkdownPage

    init() throws {
        page = MarkdownPage(try AuthdBinary.text(of: "docs/embedding.md"))
    }

    @Test("mounting, three guarded routes and the test of their policy take at most 25 lines")
    func glue() throws {
        let blocks = try ["Routes and guards #1", "Tests of who may do what #1"].map(page.text)
        let lines = blocks.flatMap { $0.split(separator: "\n") }.map { $0.drop { $0 == " " } }.filter { line in
            !line.isEmpty && !line.hasPrefix("//") && !line.hasPrefix("import ") && !line.hasPrefix("@testable import ")
        }

        #expect(lines.count <= 25, "\(lines.count)")
        #expect(lines.count { $0.contains("Authd.mount(") } == 1)
        for guarded in [".require(.authenticated)", ".require(anyOf: .role(", ".require(.permission(\"notes:write\"))"]
        {
            #expect(lines.count { $0.contains(guarded) } == 1, "\(guarded)")
        }
        #expect(lines.count { $0.contains("#expect(") } >= 3)
    }

    // "docs/embedding.md", "Packages of the system #1"
    @Test("its packages of the system are those for whose libraries the bootstrap looks, and they are here")
    func packages() async throws {
        let words = try page.text("Packages of the system #1").split(separator: " ").map(String.init)
        try #require(words.prefix(3) == ["apt-get", "install", "--yes"])
        let packages = Set(words.dropFirst(3))

        let bootstrap = try AuthdBinary.text(of: "scripts/bootstrap").split(separator: "\n")
        let libraries = bootstrap.filter { $0.hasPrefix("library ") }.compactMap { $0.split(separator: " ").last }
        #expect(packages == Set(libraries.map(String.init) + ["pkg-config"]))
        for package in packages.sorted() {
            let state = try await Command("dpkg-query", "--show", "--showformat", "${db:Status-Status}", package)
                .succeed()
            #expect(state == "installed", "\(package)")
        }
    }

    @Test("the script that makes the package of the page adds a test of ours, and takes the page for nothing else")
    func script() throws {
        let script = try AuthdBinary.text(of: "scripts/run-examples")
        #expect(script.contains("\nscripts/make-page-package docs/embedding.md \"$notes\"\n"))
        #expect(script.contains("\ncp Examples/PageTests/*.swift \"$notes/Tests/NotesTests\"\n"))
        #expect(script.contains("\nbuild_package \"$notes\"\n") && script.contains("\ntry_notes \"on SQLite\"\n"))
        #expect(try page.text("Try it #1").split(separator: "\n").last == "swift test")
    }
}
