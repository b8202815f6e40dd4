// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Starting for the first time, ending, and starting again.
@Suite("Starting and ending", .oneAtATime, .timeLimit(.minutes(10)))
struct RestartTests {
    // ASVS 6.3.2
    @Test("the first run creates its files for their owner alone, and logs the next step")
    func firstRun() async throws {
        // Nothing is set, as for a user who types `authd` in an empty folder.
        try await Installation.with(.sqlite, ["ENVIRONMENT": ""]) { installation in
            try await installation.serving { daemon in
                for file in ["authd.db", "authd.db.key"] {
                    #expect(try installation.directory.permissions(of: file) == 0o600, "\(file)")
                }
                let key = try String(contentsOfFile: installation.directory.file("authd.db.key"), encoding: .utf8)
                #expect(key.wholeMatch(of: /[0-9a-f]{64}\n/) != nil)
                let log = await daemon.log(with: "authd user create")
                #expect(log.contains("authd user create --username NAME --email ADDRESS --role admin"), "\(log)")
                #expect(!log.contains(key.prefix(64)))
                // What only a developer may see is not there.
                try await daemon.send("GET", "/public").expectProblem(404, "not_found")
            }
        }
    }

    @Test("a second start keeps users, sessions and tokens", arguments: DatabaseKind.allCases)
    func secondRun(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            let grace = try await installation.serving { daemon in try await daemon.signUp("grace") }
            try await installation.serving { daemon in
                let me = try await daemon.send("GET", "/auth/me", token: grace.access)
                me.expect(200)
                #expect(try me.text("id") == grace.id)
                let refreshed = try await daemon.send(
                    "POST", "/auth/refresh", json: #"{"refresh_token":"\#(grace.refresh)"}"#)
                refreshed.expect(200)
                _ = try await daemon.signIn("grace")
                #expect(!(await daemon.log).contains("there are no users yet"))
            }
        }
    }

    @Test("revoked sessions stay revoked after a restart", arguments: DatabaseKind.allCases)
    func revocationSurvives(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            let grace = try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                try await daemon.send("POST", "/auth/logout", token: grace.access).expect(200)
                return grace
            }
            try await installation.serving { daemon in
                try await daemon.send("GET", "/auth/me", token: grace.access).expectProblem(401, "invalid_token")
            }
        }
    }

    @Test(
        "a request in flight at SIGTERM is answered, and no new connection is accepted",
        arguments: DatabaseKind.allCases)
    func drains(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            let daemon = try await RunningDaemon(installation)
            // The server asks for the body once it has read the head: from then on the request is under way.
            let client = try ChildProcess(
                [
                    "curl", "-sSvi", "--max-time", "60", "-X", "POST", "-T", "-", "-H",
                    "Content-Type: application/json",
                    "-H", "Expect: 100-continue", daemon.base + "/auth/register",
                ],
                environment: Command.environment, directory: installation.directory.path)
            client.write(#"{"username":"grace","#)
            let asked = await client.progress { $0.errorText.contains("100 Continue") }
            try #require(asked.end == nil, "\(asked.errorText)")

            daemon.process.signal(SIGTERM)
            let draining = await daemon.process.progress { $0.errorText.contains("finishing requests in flight") }
            #expect(draining.end == nil)
            let refused = try await pollUntilRefused(daemon)
            client.write(#""password":"\#(RunningDaemon.password)"}"#)
            client.closeInput()

            let answer = await client.ended()
            #expect(answer.end == .exited(0), "\(answer.errorText)")
            try Response(String(decoding: answer.output, as: UTF8.self)).expect(201)
            // 7 is curl's "failed to connect".
            #expect(refused.end == .exited(7), "\(refused)")
            let end = await daemon.process.ended()
            #expect(end.end == .exited(0), "\(end.errorText)")
        }
    }

    /// The listening socket is closed a moment after the log tells of it.
    private func pollUntilRefused(_ daemon: RunningDaemon) async throws -> Command.Outcome {
        var outcome = try await daemon.curl([daemon.base + "/health"])
        for _ in 0..<200 where outcome.succeeded { outcome = try await daemon.curl([daemon.base + "/health"]) }
        return outcome
    }
}
