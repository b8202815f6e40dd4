// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// A client that a program makes from the OpenAPI document.
@Suite("Client generated from the OpenAPI document", .oneAtATime, .timeLimit(.minutes(10)))
struct GeneratedClientTests {
    private static let steps = [
        "register", "wrong password", "missing fields", "login", "me", "refresh", "refresh without a body",
        "list sessions", "change the profile", "list users", "logout", "me after logout",
    ]

    @Test("openapi-python-client makes one without a warning, whose every module is imported and which works")
    func python() async throws {
        try await Installation.with(.sqlite) { installation in
            let directory = installation.directory
            let printed = try await installation.authd("openapi")
            try #require(printed.succeeded, "\(printed)")
            try directory.write(printed.output, to: "openapi.json")
            // Without formatting, which would take another program.
            try directory.write("post_hooks: []\npackage_name_override: authd_client\n", to: "generator.yml")
            let made = try await TestPython.run(
                with: "openapi_python_client", "-m", "openapi_python_client", "generate", "--meta", "none",
                "--path", directory.file("openapi.json"), "--config", directory.file("generator.yml"),
                "--output-path", directory.file("authd_client"), "--fail-on-warning")
            try #require(made.succeeded, "\(made)")
            #expect(!made.output.contains("WARNING") && !made.errors.contains("WARNING"), "\(made)")

            try await installation.serving { daemon in
                let program = AuthdBinary.package.appending(path: "Tests/JourneyTests/Clients/generated_journey.py")
                    .path
                let journey = try await TestPython.run(
                    with: "openapi_python_client", program, directory.path, "authd_client", daemon.base)

                #expect(journey.succeeded, "\(journey)")
                let lines = journey.output.split(separator: "\n").map(String.init)
                let modules = lines.first.flatMap { Int($0.dropFirst("modules ".count)) } ?? 0
                #expect(modules > 80, "\(journey)")
                #expect(Array(lines.dropFirst()) == Self.steps)
            }
        }
    }
}
