// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The documentation page, as a browser shows it that reaches nothing but the daemon.
@Suite("Documentation pages in a browser", .oneAtATime, .timeLimit(.minutes(10)))
struct DocsPageTests {
    @Test("the page lists the operations", arguments: ["/docs", "/docs/", "/redoc", "/api/v1/docs"])
    func listsOperations(path: String) async throws {
        try await Installation.with(.sqlite) { installation in
            try await Self.collectAssets(into: installation.directory)
            try await installation.serving(["DOCS_ASSETS_DIR": installation.directory.path]) { daemon in
                var browser = Command(
                    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--user-data-dir=\(installation.directory.file("profile"))", "--virtual-time-budget=8000",
                    "--dump-dom", daemon.base + path)
                browser.directory = installation.directory.path
                let outcome = try await browser.run()
                guard outcome.end != .exited(127) else {
                    throw Failure(
                        "These tests open the documentation in a browser: install the Debian package chromium.")
                }

                #expect(outcome.succeeded, "\(outcome.errors)")
                for summary in ["Register a new user", "Refresh the tokens", "List users"] {
                    #expect(outcome.output.contains(summary), "\(summary) is not in: \(outcome.output.suffix(4_000))")
                }
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
