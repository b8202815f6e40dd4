// SPDX-License-Identifier: Apache-2.0

import Testing

/// The commands in the documentation, run from the first to the last as they stand.
@Suite("documented commands", .oneAtATime, .timeLimit(.minutes(10)))
struct DocumentedCommandsTests {
    /// What the documentation takes the address of the daemon to be.
    private static let address = "http://127.0.0.1:8000"

    @Test("every command of the API guide succeeds, in order and in one shell", arguments: DatabaseKind.allCases)
    func apiGuide(on database: DatabaseKind) async throws {
        let blocks = MarkdownPage(try AuthdBinary.text(of: "docs/api.md")).texts(in: "sh")
        try #require(blocks.count > 5)

        // The reader's shell knows the daemon's secret.
        let settings = ["CHANGE_FEED_SECRETS": RouteStage.serviceSecret]
        try await Installation.with(database, settings) { installation in
            try installation.linkBinary(at: "bin/authd")
            try await installation.serving { daemon in
                let text = blocks.joined(separator: "\n").replacing(Self.address, with: daemon.base)
                let outcome = try await installation.shell(text)
                Self.expectSuccess(outcome)
            }
        }
    }

    @Test("the README's way from nobody to administrator works")
    func readme() async throws {
        let blocks = MarkdownPage(try AuthdBinary.text(of: "README.md")).texts(in: "sh").filter { $0.contains("curl") }
        try #require(blocks.count == 1)

        try await Installation.with(.sqlite) { installation in
            try installation.linkBinary(at: ".build/release/authd")
            try await installation.serving { daemon in
                let text = blocks.joined(separator: "\n").replacing(Self.address, with: daemon.base)
                // `-s` alone would let an answer of 4xx or 5xx pass. The reader's own shell has no settings of authd.
                let outcome = try await installation.shell(
                    text, before: #"curl() { command curl --fail-with-body -S "$@"; }"#,
                    environment: Command.environment)
                Self.expectSuccess(outcome)
                #expect(outcome.output.contains(#""total_users":1"#), "\(outcome.output)")
            }
        }
    }

    /// Shows the line that failed, which is the last that the shell has read.
    private static func expectSuccess(_ outcome: Command.Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
        guard !outcome.succeeded else { return }
        let lines = outcome.errors.split(separator: "\n").suffix(4).joined(separator: "\n")
        Issue.record("\(outcome.end), the last of these commands failed:\n\(lines)", sourceLocation: sourceLocation)
    }
}
