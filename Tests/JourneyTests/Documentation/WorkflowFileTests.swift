// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The workflow by which the tests of others meet a daemon in GitHub Actions.
@Suite("Workflow for the tests of others", .oneAtATime, .timeLimit(.minutes(5)))
struct WorkflowFileTests {
    private static let file = "packaging/github/test.yml"

    @Test("the workflow has no fault by GitHub's schema")
    func schema() async throws {
        let outcome = try await TestPython.run(
            with: "check_jsonschema", "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows",
            AuthdBinary.package.appending(path: Self.file).path)
        #expect(outcome.succeeded, "\(outcome)")
    }

    @Test("the daemon serves with the workflow's variables, and the steps run against it one after another")
    func steps() async throws {
        let job = try #require(try await YAMLFile.documents(of: Self.file).first?["jobs"]?["test"])
        let service = try #require(job["services"]?["authd"])
        let image = try ContainerFile()
        let port = try image.last("EXPOSE")
        #expect(service["ports"] == .array([.string("\(port):\(port)")]))
        #expect(job["env"]?["AUTHD_URL"]?.string == "http://localhost:\(port)")
        let variables = try #require(service["env"]?.object?.compactMapValues { $0.string })
        #expect(variables.count == service["env"]?.object?.count)
        let steps = try #require(job["steps"]?.array).compactMap { $0["run"]?.string }
        try #require(steps.count == 2)

        let settings = image.stages[1].environment.merging(variables) { $1 }.merging(["PORT": "0"]) { $1 }
        try await Installation.with(.sqlite, settings) { installation in
            try await installation.serving { daemon in
                let handed = installation.directory.file("handed")
                try installation.directory.write("", to: "handed")
                var environment = Command.environment
                environment["AUTHD_URL"] = "http://localhost:\(daemon.port)"
                environment["GITHUB_ENV"] = handed
                for step in steps {
                    let outcome = try await installation.shell(step, environment: environment)
                    #expect(outcome.succeeded, "\(outcome)")
                    for line in try String(contentsOfFile: handed, encoding: .utf8).split(separator: "\n") {
                        let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
                        if parts.count == 2 { environment[parts[0]] = parts[1] }
                    }
                }
                #expect(environment["AUTHD_TOKEN"]?.split(separator: ".").count == 3)
            }
        }
    }
}
