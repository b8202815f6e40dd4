// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// What a package that depends on authd fetches besides it.
@Suite("Package trait", .timeLimit(.minutes(5)))
struct PackageTraitTests {
    @Test("Hummingbird is fetched by a package that switches on its trait, and by no other")
    func fetched() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try FileManager.default.createDirectory(
            atPath: directory.file("Sources/Notes"), withIntermediateDirectories: true)
        try directory.write("import AuthHTTP\n", to: "Sources/Notes/Notes.swift")
        // In one folder, so that what both of them need is fetched once.
        for (trait, isFetched) in [("", false), (#", traits: ["Hummingbird"]"#, true)] {
            try directory.write(
                """
                // swift-tools-version: 6.2
                import PackageDescription

                let package = Package(
                    name: "notes",
                    dependencies: [.package(name: "authd", path: "\(AuthdBinary.package.path)"\(trait))],
                    targets: [.target(name: "Notes", dependencies: [.product(name: "AuthHTTP", package: "authd")])]
                )
                """, to: "Package.swift")

            let swift = ProcessInfo.processInfo.environment["SWIFT"] ?? "swift"
            let resolved = try await Command(swift, "package", "--package-path", directory.path, "resolve").run()
            try #require(resolved.succeeded, "\(resolved)")

            let fetched = try FileManager.default.contentsOfDirectory(atPath: directory.file(".build/checkouts"))
            #expect(fetched.contains("swift-nio"))
            #expect(fetched.contains("hummingbird") == isFetched, "\(fetched.sorted())")
        }
    }
}
