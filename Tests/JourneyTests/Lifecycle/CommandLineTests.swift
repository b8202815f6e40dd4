// SPDX-License-Identifier: Apache-2.0

import Testing

/// What an operator does at the machine while the daemon serves.
@Suite("commands beside a daemon that serves", .timeLimit(.minutes(4)))
struct CommandLineTests {
    @Test("an administrator made on standard input signs in at once", arguments: DatabaseKind.allCases)
    func createsUser(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let root = try await installation.administrator(of: daemon)
                try await daemon.send("GET", "/users", token: root.access).expect(200)

                let taken = try await installation.authd(
                    "user", "create", "--username", root.username, input: RunningDaemon.password + "\n")
                #expect(taken.end == .exited(1), "\(taken)")
                #expect(taken.errors.contains("Another user has this username"), "\(taken)")
                let weak = try await installation.authd("user", "create", "--username", "weak", input: "password\n")
                #expect(weak.end == .exited(1), "\(weak)")

                let list = try await installation.authd("user", "list")
                #expect(list.output.split(separator: "\n").count == 1, "\(list)")
                #expect(list.output.contains("\troot-of-all@example.com\tadmin\tactive\t"), "\(list)")
            }
        }
    }

    @Test("a user who is disabled is soon refused, and is back when enabled", arguments: DatabaseKind.allCases)
    func disablesUser(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")

                let disabled = try await installation.authd("user", "disable", "grace")
                #expect(disabled.succeeded, "\(disabled)")
                try await daemon.poll(for: 401, "/auth/me", token: grace.access).expectProblem(401, "invalid_token")
                try await daemon.send("POST", "/auth/refresh", json: #"{"refresh_token":"\#(grace.refresh)"}"#)
                    .expectProblem(401)
                try await daemon.send(
                    "POST", "/auth/login", json: #"{"username":"grace","password":"\#(RunningDaemon.password)"}"#
                ).expectProblem(401, "invalid_credentials")

                let enabled = try await installation.authd("user", "enable", "grace@example.com")
                #expect(enabled.succeeded, "\(enabled)")
                _ = try await daemon.signIn("grace")
            }
        }
    }

    @Test("a promotion takes effect, and the older token ends", arguments: DatabaseKind.allCases)
    func promotesUser(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                let promoted = try await installation.authd("user", "promote", grace.id)
                #expect(promoted.succeeded, "\(promoted)")
                try await daemon.poll(for: 401, "/auth/me", token: grace.access).expectProblem(401, "invalid_token")
                let again = try await daemon.signIn("grace")
                try await daemon.send("GET", "/users", token: again.access).expect(200)
            }
        }
    }

    @Test("a code printed by `user reset-password` sets a new password, once", arguments: DatabaseKind.allCases)
    func resetsPassword(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                _ = try await daemon.signUp("grace")
                let code = try await installation.authd("user", "reset-password", "grace")
                #expect(code.succeeded, "\(code)")
                let token = code.output.split(separator: "\n").joined()
                let body = #"{"token":"\#(token)","new_password":"nanoseconds of wire"}"#
                try await daemon.send("POST", "/auth/password/reset/confirm", json: body).expect(200)
                try await daemon.send("POST", "/auth/password/reset/confirm", json: body).expectProblem(
                    400, "bad_token")
                _ = try await daemon.signIn("grace", password: "nanoseconds of wire")
            }
        }
    }

    @Test("a rotated key is published, and what the one before signed stays good", arguments: DatabaseKind.allCases)
    func rotatesKeys(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                let before = try await Self.keys(of: daemon)

                let rotated = try await installation.authd("key", "rotate")
                #expect(rotated.succeeded, "\(rotated)")
                let list = try await installation.authd("key", "list")
                #expect(list.output.split(separator: "\n").count == 2, "\(list)")

                var after = before
                for _ in 0..<1_000 where after == before { after = try await Self.keys(of: daemon) }
                #expect(after.isStrictSuperset(of: before), "\(list)")
                try await daemon.send("GET", "/auth/me", token: grace.access).expect(200)
                let again = try await daemon.signIn("grace")
                try await daemon.send("GET", "/auth/me", token: again.access).expect(200)
            }
        }
    }

    @Test("after an emergency rotation no earlier token is good", arguments: DatabaseKind.allCases)
    func rotatesAfterCompromise(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                let rotated = try await installation.authd("key", "rotate", "--emergency")
                #expect(rotated.succeeded, "\(rotated)")
                try await daemon.poll(for: 401, "/auth/me", token: grace.access).expectProblem(401, "invalid_token")
                let again = try await daemon.signIn("grace")
                try await daemon.send("GET", "/auth/me", token: again.access).expect(200)
            }
        }
    }

    private static func keys(of daemon: RunningDaemon) async throws -> Set<String> {
        let document = try await daemon.send("GET", "/.well-known/jwks.json").json
        return Set((document["keys"]?.array ?? []).compactMap { $0["kid"]?.string })
    }
}
