// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The documentation page, as a browser shows it that reaches nothing but the daemon.
@Suite("Documentation pages in a browser", .oneAtATime, .timeLimit(.minutes(10)))
struct DocsPageTests {
    @Test(
        "a program that the daemon has stands in place of the list",
        arguments: [
            ("/docs", "opblock-summary"), ("/docs/", "opblock-summary"), ("/redoc", "redoc-wrap"),
            ("/api/v1/docs", "opblock-summary"), ("/api/v1/redoc/", "redoc-wrap"),
        ])
    func showsProgram(path: String, mark: String) async throws {
        try await Installation.with(.sqlite) { installation in
            try await Self.collectAssets(into: installation.directory)
            try await installation.serving(["DOCS_ASSETS_DIR": installation.directory.path]) { daemon in
                let page = try await Browser.open(daemon.base + path, in: installation.directory)

                #expect(page.contains(#"<html lang="en" class="ui">"#), "\(page.prefix(200))")
                // What the program has made of the document, in front of the list.
                let parts = page.split(separator: #"<div id="list">"#, maxSplits: 1)
                try #require(parts.count == 2)
                #expect(parts[0].contains(mark))
                for summary in ["Register a new user", "Refresh the tokens", "List users"] {
                    #expect(parts[0].contains(summary), "\(summary) is not in: \(parts[0].suffix(4_000))")
                }
            }
        }
    }

    @Test("the list stays where no program can be loaded, and where a link leads into it", arguments: [true, false])
    func keepsList(isOffline: Bool) async throws {
        try await Installation.with(.sqlite) { installation in
            try await Self.collectAssets(into: installation.directory)
            let assets = isOffline ? "" : installation.directory.path
            try await installation.serving(["DOCS_ASSETS_DIR": assets]) { daemon in
                for path in ["/docs", "/redoc"] {
                    let place = isOffline ? path : path + "#problem-not-found"
                    let page = try await Browser.open(daemon.base + place, in: installation.directory)

                    #expect(page.contains(#"<html lang="en""#) && !page.contains(#"class="ui""#), "\(page.prefix(200))")
                    for summary in [
                        "Register a new user", "Refresh the tokens", "List users", "rate_limited", "$BASE/",
                    ] {
                        #expect(page.contains(summary), "\(summary) is not in: \(page.suffix(4_000))")
                    }
                }
            }
        }
    }

    @Test("the root and a problem are pages in a browser")
    func pages() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                let root = try await Browser.open(daemon.base + "/", in: installation.directory)
                #expect(root.contains(#"<a href="docs">All routes</a>"#), "\(root)")
                let problem = try await Browser.open(daemon.base + "/problems/csrf-refused", in: installation.directory)
                #expect(problem.contains("<h1>Cross-site request blocked</h1>"), "\(problem)")
            }
        }
    }

    /// Puts the scripts of the pages into a folder, from the Python package that brings them.
    private static func collectAssets(into directory: TemporaryDirectory) async throws {
        let finding = """
            import importlib.util
            print(*importlib.util.find_spec("drf_spectacular_sidecar").submodule_search_locations)
            """
        let outcome = try await TestPython.run(with: "drf_spectacular_sidecar", "-c", finding)
        guard outcome.succeeded else { throw Failure("\(outcome)") }
        let package = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let files = [
            "swagger-ui-dist/swagger-ui-bundle.js", "swagger-ui-dist/swagger-ui.css",
            "redoc/bundles/redoc.standalone.js",
        ]
        for file in files {
            let source = URL(fileURLWithPath: "\(package)/static/drf_spectacular_sidecar/\(file)")
            let target = URL(fileURLWithPath: directory.file(source.lastPathComponent))
            try FileManager.default.copyItem(at: source, to: target)
        }
    }
}
