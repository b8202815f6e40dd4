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

    /// Runs a program on a terminal of its own, closes the terminal when the daemon is ready, asks it for its health, and ends it
    /// as a service manager does.
    private static let terminal = """
        import os, pty, re, signal, sys, urllib.request
        child, terminal = pty.fork()
        if child == 0:
            os.execv(sys.argv[1], [sys.argv[1], "serve"])
        log = b""
        while (found := re.search(rb"authd is ready.* address=(http://[^ \\r\\n]+)[^\\n]*\\n", log)) is None:
            log += os.read(terminal, 65536)
        os.close(terminal)
        print(urllib.request.urlopen(found[1].decode() + "/health", timeout=60).read().decode())
        os.kill(child, signal.SIGTERM)
        print("exit", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """

    @Test("a terminal that is closed does not end the daemon, which serves on and drains when it is told to")
    func closedTerminal() async throws {
        try await Installation.with(.sqlite) { installation in
            var command = Command("python3", "-c", Self.terminal, try AuthdBinary.path)
            command.environment = installation.environment
            command.directory = installation.directory.path

            let outcome = try await command.run()

            #expect(outcome.succeeded, "\(outcome)")
            #expect(outcome.output.contains(#""status":"healthy""#), "\(outcome)")
            #expect(outcome.output.hasSuffix("exit 0\n"), "\(outcome)")
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

    @Test("SIGHUP makes the daemon read files of secrets again, and it keeps the old ones where the new cannot be used")
    func secretFiles() async throws {
        let secrets = ["6f1d2b9e4c7a8053e2d1c4b7a6958f30", "03f8596a7b4c1d2e3508a7c4e9b2d1f6"]
        try await Installation.with(.sqlite) { installation in
            func write(_ text: String, to name: String = "feed") throws {
                try installation.directory.write(text, to: name)
            }
            try write(secrets[0] + "\n")
            try write("9c27e1f04b8da35678e4c90b1f62d7a3\n", to: "signing")
            let settings = [
                "CHANGE_FEED_SECRETS_FILE": installation.directory.file("feed"), "ALGORITHM": "HS256",
                "SECRET_KEY_FILE": installation.directory.file("signing"),
            ]
            try await installation.serving(settings) { daemon in
                try await daemon.send("GET", "/auth/changes", token: secrets[0]).expect(200)
                try await daemon.send("GET", "/auth/changes", token: secrets[1]).expect(401)

                try write(secrets[1] + "\n")
                daemon.process.signal(SIGHUP)
                _ = await daemon.log(with: "secret replaced setting=CHANGE_FEED_SECRETS_FILE")
                try await daemon.send("GET", "/auth/changes", token: secrets[1]).expect(200)
                try await daemon.send("GET", "/auth/changes", token: secrets[0]).expect(401)

                try write("short")
                daemon.process.signal(SIGHUP)
                let log = await daemon.log(with: "secrets not replaced")
                #expect(log.contains("CHANGE_FEED_SECRETS is shorter than 32 bytes"), "\(log)")
                try await daemon.send("GET", "/auth/changes", token: secrets[1]).expect(200)

                try write(secrets[1] + "\n")
                try write("d81b6f32e90a47c5586df1b3720ce94a\n", to: "signing")
                daemon.process.signal(SIGHUP)
                let end = await daemon.log(with: "secret changed; restart authd to use it")
                #expect(end.contains("setting=SECRET_KEY_FILE"), "\(end)")
                #expect(!end.contains(secrets[1]) && !end.contains("d81b6f32"), "\(end)")
            }
        }
    }
}
