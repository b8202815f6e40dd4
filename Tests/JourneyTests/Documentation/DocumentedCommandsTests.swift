// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// The commands in the documentation, run from the first to the last as they stand.
@Suite("Documented commands", .oneAtATime, .timeLimit(.minutes(10)))
struct DocumentedCommandsTests {
    /// What the documentation takes the address of the daemon to be.
    private static let address = "http://localhost:8000"

    @Test("every command of the API guide succeeds, in order and in one shell", arguments: DatabaseKind.allCases)
    func apiGuide(on database: DatabaseKind) async throws {
        let blocks = MarkdownPage(try AuthdBinary.text(of: "docs/api.md")).texts(in: "sh")
        try #require(blocks.count > 5)

        // The reader's shell knows the daemon's secret, and the guide says to list the origin of an application.
        let application = try #require(blocks.joined().firstMatch(of: #/APP=(\S+)\n/#)).output.1
        let settings = ["CHANGE_FEED_SECRETS": RouteStage.serviceSecret, "ALLOWED_ORIGINS": String(application)]
        try await Installation.with(database, settings) { installation in
            try installation.linkBinary(at: "bin/authd")
            try await installation.serving { daemon in
                let text = blocks.joined(separator: "\n").replacing(Self.address, with: daemon.base)
                let outcome = try await installation.shell(text)
                Self.expectSuccess(outcome)
            }
        }
    }

    @Test("following changes is answered as the API guide shows, member by member")
    func changes() async throws {
        let text = try MarkdownPage(try AuthdBinary.text(of: "docs/api.md")).text("Following changes #2")
        let shown = try JSONValue(parsing: text)
        try await Installation.with(.sqlite, ["CHANGE_FEED_SECRETS": RouteStage.serviceSecret]) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                try await daemon.send("POST", "/auth/logout", token: grace.access).expect(200)
                // Raises the epoch.
                let promoted = try await installation.authd("user", "promote", "grace")
                #expect(promoted.succeeded, "\(promoted)")

                let wanted = Set((shown["changes"]?.array ?? []).compactMap { $0["type"]?.string })
                var answer = JSONValue.null
                for _ in 0..<1_000 {
                    answer = try await daemon.send("GET", "/auth/changes", token: RouteStage.serviceSecret).json
                    let seen = Set((answer["changes"]?.array ?? []).compactMap { $0["type"]?.string })
                    if !wanted.isEmpty, seen.isSuperset(of: wanted) { break }
                }

                #expect(Set(try #require(shown.object).keys) == Set(try #require(answer.object).keys))
                let answered = try #require(answer["changes"]?.array)
                for change in try #require(shown["changes"]?.array) {
                    let type = try #require(change["type"])
                    let same = try #require(answered.first { $0["type"] == type }, "\(type) in \(answer)")
                    #expect(change.object?.keys.sorted() == same.object?.keys.sorted(), "\(type)")
                }
            }
        }
    }

    @Test("the README's commands from registration to the administrator's routes succeed")
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
