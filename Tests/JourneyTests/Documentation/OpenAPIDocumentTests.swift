// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// The OpenAPI document, judged by the specification's own validator.
@Suite("OpenAPI document of the daemon", .oneAtATime, .timeLimit(.minutes(10)))
struct OpenAPIDocumentTests {
    @Test("`authd openapi` prints a valid document", arguments: ["development", "production"])
    func isValid(environment: String) async throws {
        try await Installation.with(.sqlite, ["ENVIRONMENT": environment]) { installation in
            let printed = try await installation.authd("openapi")
            try #require(printed.succeeded, "\(printed)")
            try installation.directory.write(printed.output, to: "openapi.json")

            let outcome = try await TestPython.run(
                with: "openapi_spec_validator", "-m", "openapi_spec_validator",
                installation.directory.file("openapi.json"))

            #expect(outcome.succeeded, "\(outcome)")
            #expect(!installation.directory.exists("authd.db"))
        }
    }

    @Test("the daemon serves the routes that `authd openapi` prints")
    func isServed() async throws {
        try await Installation.with(.sqlite) { installation in
            let printed = try JSONValue(parsing: try await installation.authd("openapi").output)
            try await installation.serving { daemon in
                let served = try await daemon.send("GET", "/openapi.json").json
                #expect(served["paths"] == printed["paths"])
                #expect(served["components"] == printed["components"])
            }
        }
    }
}
