// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// What an operator does at the machine while the daemon serves.
@Suite("Commands beside a running daemon", .oneAtATime, .timeLimit(.minutes(10)))
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
                #expect(list.output.split(separator: "\n").count == 2, "\(list)")
                #expect(list.output.hasPrefix("id\tusername\temail\trole\tstate\tcreated_at\n"), "\(list)")
                #expect(list.output.contains("\troot-of-all@example.com\tadmin\tactive\t"), "\(list)")
            }
        }
    }

    @Test("a disabled user is soon rejected, and accepted again when re-enabled", arguments: DatabaseKind.allCases)
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

    // ASVS 8.3.2
    @Test("a promotion takes effect, and the older token is revoked", arguments: DatabaseKind.allCases)
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

    // ASVS 6.4.1, 6.5.1
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

    @Test(
        "an administrator who was taken over gets the user back as SECURITY.md says, and the attacker nothing",
        arguments: DatabaseKind.allCases)
    func takenOver(on database: DatabaseKind) async throws {
        let page = try AuthdBinary.text(of: "SECURITY.md")
        let paragraph = try #require(page.split(separator: "**An administrator was taken over**").last)
        let commands = paragraph.matches(of: #/`authd ([^`]+)`/#).map { match in
            match.output.1.replacing("NAME", with: "grace").split(separator: " ").map(String.init)
        }
        #expect(commands.map { $0[1] } == ["disable", "set-role", "enable", "reset-password", "promote"])
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                _ = try await daemon.signUp("grace")
                let promoted = try await installation.authd("user", "promote", "grace")
                #expect(promoted.succeeded, "\(promoted)")
                let last = try await installation.run(commands[0])
                #expect(last.end == .exited(1), "\(last)")
                _ = try await installation.administrator(of: daemon)
                let stolen = try await daemon.signIn("grace")
                try await daemon.send("GET", "/users", token: stolen.access).expect(200)

                var code = ""
                for command in commands.dropLast() {
                    let done = try await installation.run(command)
                    #expect(done.succeeded, "\(done)")
                    code = done.output.split(separator: "\n").joined()
                }
                // With the old password the attacker has no authority any more.
                let attacker = try await daemon.signIn("grace")
                try await daemon.send("GET", "/users", token: attacker.access).expectProblem(403)
                let body = #"{"token":"\#(code)","new_password":"nanoseconds of wire"}"#
                try await daemon.send("POST", "/auth/password/reset/confirm", json: body).expect(200)
                let restored = try await installation.run(try #require(commands.last))
                #expect(restored.succeeded, "\(restored)")

                try await daemon.send(
                    "POST", "/auth/login", json: #"{"username":"grace","password":"\#(RunningDaemon.password)"}"#
                ).expectProblem(401, "invalid_credentials")
                for token in [stolen.access, attacker.access] {
                    try await daemon.send("GET", "/auth/me", token: token).expectProblem(401, "invalid_token")
                }
                let owner = try await daemon.signIn("grace", password: "nanoseconds of wire")
                try await daemon.send("GET", "/users", token: owner.access).expect(200)
            }
        }
    }

    // Behaviour E73
    @Test("a rotated key is published, and tokens of the previous one stay valid", arguments: DatabaseKind.allCases)
    func rotatesKeys(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                let before = try await Self.keys(of: daemon)

                let rotated = try await installation.authd("key", "rotate")
                #expect(rotated.succeeded, "\(rotated)")
                let list = try await installation.authd("key", "list")
                #expect(list.output.split(separator: "\n").count == 3, "\(list)")

                var after = before
                for _ in 0..<1_000 where after == before { after = try await Self.keys(of: daemon) }
                #expect(after.isStrictSuperset(of: before), "\(list)")
                try await daemon.send("GET", "/auth/me", token: grace.access).expect(200)
                let again = try await daemon.signIn("grace")
                try await daemon.send("GET", "/auth/me", token: again.access).expect(200)
            }
        }
    }

    @Test("after an emergency rotation no earlier token is accepted", arguments: DatabaseKind.allCases)
    func rotatesAfterCompromise(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                let unasked = try await installation.authd("key", "rotate", "--emergency")
                #expect(unasked.end == .exited(1) && unasked.errors.contains("--yes"), "\(unasked)")
                #expect(unasked.errors.contains("those of 1 session at most"), "\(unasked)")
                try await daemon.send("GET", "/auth/me", token: grace.access).expect(200)

                let rotated = try await installation.authd("key", "rotate", "--emergency", "--yes")
                #expect(rotated.succeeded && rotated.output.contains("is rejected within a second"), "\(rotated)")
                try await daemon.poll(for: 401, "/auth/me", token: grace.access).expectProblem(401, "invalid_token")
                let again = try await daemon.signIn("grace")
                try await daemon.send("GET", "/auth/me", token: again.access).expect(200)
            }
        }
    }

    @Test(
        "a revoked key verifies nothing and is not published from the next request on", arguments: DatabaseKind.allCases
    )
    func revokesKey(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                let key = try #require(try await Self.keys(of: daemon).first)

                let unasked = try await installation.authd("key", "revoke", key)
                #expect(unasked.end == .exited(1) && unasked.errors.contains("--yes"), "\(unasked)")
                #expect(unasked.output.contains("that may hold one: 1 at most"), "\(unasked)")
                try await daemon.send("GET", "/auth/me", token: grace.access).expect(200)
                let unknown = try await installation.authd("key", "revoke", "nobody", "--yes")
                #expect(unknown.end == .exited(1) && unknown.errors.contains("The key does not exist"), "\(unknown)")

                let revoked = try await installation.authd("key", "revoke", key, "--yes")
                #expect(revoked.succeeded && revoked.output.contains("revoked\t\(key)"), "\(revoked)")

                try await daemon.poll(for: 401, "/auth/me", token: grace.access).expectProblem(401, "invalid_token")
                #expect(!(try await Self.keys(of: daemon)).contains(key))
                let refreshed = try await daemon.send(
                    "POST", "/auth/refresh", json: #"{"refresh_token":"\#(grace.refresh)"}"#)
                let access = try refreshed.text("access_token")
                try await daemon.send("GET", "/auth/me", token: access).expect(200)
                _ = try await daemon.signIn("grace")
                let again = try await installation.authd("key", "revoke", key, "--yes")
                #expect(again.end == .exited(1) && again.errors.contains("retired"), "\(again)")
                let root = try await installation.administrator(of: daemon)
                let audit = try await daemon.send("GET", "/audit?action=key_revoked", token: root.access)
                #expect(try audit.json["items"]?.array?.count == 1, "\(audit)")
            }
        }
    }

    @Test("with a shared secret there is no key to rotate, and the command fails")
    func refusesToRotateSharedKey() async throws {
        let secret = ["ALGORITHM": "HS256", "SECRET_KEY": "f1f07c2a9be84d6ea05133c97d28be64a9d0c1e25b7f4830"]
        try await Installation.with(.sqlite, secret) { installation in
            let rotated = try await installation.authd("key", "rotate")
            #expect(rotated.end == .exited(1), "\(rotated)")
            #expect(rotated.errors.contains("SECRET_KEY_PREVIOUS"), "\(rotated)")
            let revoked = try await installation.authd("key", "revoke", "any", "--yes")
            #expect(revoked.end == .exited(1), "\(revoked)")
            #expect(revoked.errors.contains("SECRET_KEY_PREVIOUS"), "\(revoked)")
        }
    }

    @Test("a schema is not reverted under a running daemon")
    func keepsSchemaOfServedFile() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                let down = try await installation.authd("migrate", "down", "--to", "0")
                #expect(down.end == .exited(1), "\(down)")
                #expect(down.errors.contains("Another authd serves this database"), "\(down)")
                _ = try await daemon.signUp("grace")
            }
        }
    }

    @Test("the schema goes down step by step and up again", arguments: DatabaseKind.allCases)
    func migratesDownAndUp(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            let up = try await installation.authd("migrate", "up")
            #expect(up.succeeded, "\(up)")
            let steps = up.output.split(separator: "\n").count

            let unasked = try await installation.authd("migrate", "down", "--to", "0")
            #expect(unasked.end == .exited(1) && unasked.errors.contains("--yes"), "\(unasked)")
            #expect(unasked.errors.contains("0 users and 0 live sessions; all of it goes"), "\(unasked)")
            #expect(try await installation.authd("migrate", "plan").output == "nothing to do\n")

            let down = try await installation.authd("migrate", "down", "--to", "0", "--yes")
            #expect(down.succeeded, "\(down)")
            #expect(down.output.split(separator: "\n").count == steps, "\(down)")
            let status = try await installation.authd("migrate", "status")
            #expect(status.output.split(separator: "\n").count == steps + 1, "\(status)")
            #expect(!status.output.contains("\tapplied\t"), "\(status)")
            let plan = try await installation.authd("migrate", "plan")
            #expect(plan.output == up.output, "\(plan)")

            let again = try await installation.authd("migrate")
            #expect(again.output == up.output, "\(again)")
            try await installation.serving { daemon in _ = try await daemon.signUp("grace") }
        }
    }

    private static func keys(of daemon: RunningDaemon) async throws -> Set<String> {
        let document = try await daemon.send("GET", "/.well-known/jwks.json").json
        return Set((document["keys"]?.array ?? []).compactMap { $0["kid"]?.string })
    }
}
