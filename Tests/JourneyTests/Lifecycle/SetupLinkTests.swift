// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The first administrator by a code from the host.
@Suite("Set-up link", .oneAtATime, .timeLimit(.minutes(10)))
struct SetupLinkTests {
    private static func body(_ name: String, _ code: String) -> String {
        #"{"token":"\#(code)","username":"\#(name)","password":"\#(RunningDaemon.password)"}"#
    }

    @Test("a code from `setup-link` makes the first administrator, and none other", arguments: DatabaseKind.allCases)
    func firstAdministrator(on database: DatabaseKind) async throws {
        try await Installation.with(database, ["PUBLIC_URL": "http://localhost:8000"]) { installation in
            try await installation.serving { daemon in
                _ = try await daemon.signUp("grace")
                let piped = try await installation.authd("setup-link")
                #expect(piped.end == .exited(64) && piped.output.isEmpty, "\(piped)")
                var codes: [String] = []
                for name in ["first", "second"] {
                    let made = try await installation.authd("setup-link", "--output", name)
                    #expect(made.succeeded && !made.output.contains("aot_") && !made.errors.contains("aot_"), "\(made)")
                    #expect(try installation.directory.permissions(of: name) == 0o600)
                    let lines = try String(contentsOfFile: installation.directory.file(name), encoding: .utf8)
                        .split(separator: "\n")
                    try #require(lines.count == 2)
                    #expect(lines[1] == "http://localhost:8000/auth/setup")
                    codes.append(String(lines[0]))
                }
                let again = try await installation.authd("setup-link", "--output", "second")
                #expect(again.end == .exited(1), "\(again)")

                // Both at once: one of them makes the administrator.
                let bodies = [Self.body("ada", codes[0]), Self.body("eve", codes[1])]
                async let first = daemon.send("POST", "/auth/setup", json: bodies[0])
                async let second = daemon.send("POST", "/auth/setup", json: bodies[1])
                let statuses = try await [first, second].map(\.status)
                #expect(statuses.sorted() == [201, 400])
                for (code, name) in zip(codes, ["late", "later"]) {
                    try await daemon.send("POST", "/auth/setup", json: Self.body(name, code))
                        .expectProblem(400, "bad_token")
                }

                let admin = try await daemon.signIn(statuses[0] == 201 ? "ada" : "eve")
                try await daemon.send("GET", "/users", token: admin.access).expect(200)
                let none = try await installation.authd("setup-link", "--output", "third")
                #expect(none.end == .exited(1) && none.errors.contains("There is an administrator already"), "\(none)")
                #expect(!installation.directory.exists("third"))
                #expect(await !daemon.log.contains("aot_"))
            }
        }
    }

    /// Serves on a terminal, makes one more code with a command on another one, and uses the first code.
    private static let terminal = #"""
        import json, os, pty, re, signal, sys, urllib.request
        def start(*arguments):
            child, terminal = pty.fork()
            if child == 0:
                os.execv(sys.argv[1], [sys.argv[1], *arguments])
            return child, terminal
        daemon, terminal = start("serve")
        log = b""
        while (ready := re.search(rb"authd is ready.* address=(http://[^ \r\n]+)[^\n]*\n", log)) is None:
            log += os.read(terminal, 65536)
        code = re.search(rb"\n  (aot_[\w-]+)\r?\n  POST http://localhost/auth/setup\r?\n", log)[1].decode()
        command, output = start("setup-link")
        text = b""
        try:
            while part := os.read(output, 65536):
                text += part
        except OSError:
            pass
        print("another", re.search(rb"aot_[\w-]+\r\nhttp://localhost/auth/setup\r\n", text) is not None)
        body = json.dumps({"token": code, "username": "ada", "password": sys.argv[2]}).encode()
        request = urllib.request.Request(ready[1].decode() + "/auth/setup", body, {"Content-Type": "application/json"})
        print("status", urllib.request.urlopen(request, timeout=60).status)
        os.kill(daemon, signal.SIGTERM)
        for child in (command, daemon):
            print("exit", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """#

    @Test("a daemon without users that serves on a terminal shows a code there, and so does the command")
    func terminals() async throws {
        try await Installation.with(.sqlite) { installation in
            var command = Command("python3", "-c", Self.terminal, try AuthdBinary.path, RunningDaemon.password)
            command.environment = installation.environment
            command.directory = installation.directory.path

            let outcome = try await command.run()

            #expect(outcome.succeeded, "\(outcome)")
            #expect(outcome.output == "another True\nstatus 201\nexit 0\nexit 0\n", "\(outcome)")
        }
    }
}
