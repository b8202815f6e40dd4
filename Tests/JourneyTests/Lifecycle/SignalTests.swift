// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc
import Testing

/// What service managers, balancers and terminals do to a process.
@Suite("Signals", .oneAtATime, .timeLimit(.minutes(10)))
struct SignalTests {
    @Test(
        "after SIGTERM the daemon reports that it is not ready and keeps serving, and a second signal ends it at once")
    func readiness() async throws {
        try await Installation.with(.sqlite, ["SHUTDOWN_DELAY_SECONDS": "600"]) { installation in
            let daemon = try await RunningDaemon(installation)
            try await daemon.send("GET", "/health/database").expect(200)

            daemon.process.signal(SIGTERM)
            try await daemon.poll(for: 503, "/health/database").expectProblem(503, "shutting_down")
            try await daemon.send("GET", "/health").expect(200)
            let grace = try await daemon.signUp("grace")
            try await daemon.send("GET", "/auth/me", token: grace.access).expect(200)

            daemon.process.signal(SIGTERM)
            let end = await daemon.process.ended()
            #expect(end.end == .exited(128 + SIGTERM), "\(end.errorText)")
        }
    }

    @Test("after the delay the daemon drains and exits with 0")
    func delay() async throws {
        try await Installation.with(.sqlite, ["SHUTDOWN_DELAY_SECONDS": "1"]) { installation in
            let daemon = try await RunningDaemon(installation)

            daemon.process.signal(SIGTERM)
            let end = await daemon.process.ended()

            #expect(end.end == .exited(0), "\(end.errorText)")
            let events = end.errorText.split(separator: "\n").filter { $0.contains("signal=SIGTERM") }
            #expect(events.count == 2, "\(end.errorText)")
            #expect(events.first?.contains("shutdown announced, still serving") == true, "\(events)")
            #expect(events.last?.contains("finishing requests in flight") == true, "\(events)")
        }
    }

    @Test("a terminal's signals drain at once", arguments: [SIGINT, SIGQUIT])
    func terminal(number: Int32) async throws {
        try await Installation.with(.sqlite, ["SHUTDOWN_DELAY_SECONDS": "600"]) { installation in
            let daemon = try await RunningDaemon(installation)

            daemon.process.signal(number)
            let end = await daemon.process.ended()

            #expect(end.end == .exited(0), "\(end.errorText)")
        }
    }

    @Test("signals that make other programs reload files are logged and otherwise ignored")
    func notifications() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                for (number, name) in [(SIGHUP, "SIGHUP"), (SIGUSR1, "SIGUSR1"), (SIGUSR2, "SIGUSR2")] {
                    daemon.process.signal(number)
                    let progress = await daemon.process.progress { $0.errorText.contains("signal=\(name)") }
                    #expect(progress.end == nil, "\(progress.errorText)")
                }
                daemon.process.signal(SIGPIPE)
                try await daemon.send("GET", "/health").expect(200)
            }
        }
    }
}
