// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// What commands say: where they take settings and data from, what they did and when it takes effect.
@Suite("Answers of commands", .oneAtATime, .timeLimit(.minutes(10)))
struct CommandAnswersTests {
    @Test("in a folder without a database a command says so, and leaves the folder as it was")
    func missingDatabase() async throws {
        try await Installation.with(.sqlite) { installation in
            for words in [
                ["user", "list"], ["user", "create", "--username", "ada"], ["user", "show", "ada"], ["key", "list"],
                ["key", "rotate"], ["audit", "verify"], ["audit", "list"], ["session", "list", "ada"],
                ["token", "inspect", "a.b.c"], ["migrate", "status"], ["migrate", "plan"],
                ["migrate", "down", "--to", "0", "--yes"],
            ] {
                let outcome = try await installation.run(words, input: RunningDaemon.password + "\n")
                #expect(outcome.end == .exited(78) && outcome.output.isEmpty, "\(outcome)")
                let path = installation.directory.file("authd.db")
                #expect(
                    outcome.errors.contains("There is no database at \(path); name the daemon's settings"), "\(outcome)"
                )
                for file in ["", ".key", "-wal", "-shm", ".lock"] {
                    #expect(!installation.directory.exists("authd.db\(file)"), "\(outcome)")
                }
            }
            let migrated = try await installation.authd("migrate")
            #expect(migrated.succeeded && installation.directory.exists("authd.db"), "\(migrated)")
            let key = installation.directory.file("authd.db.key")
            let keyless = try await installation.authd("user", "list")
            #expect(keyless.end == .exited(78) && keyless.errors.contains("authd.db.key does not exist"))
            #expect(!installation.directory.exists("authd.db.key"), "\(keyless)")
            #expect(try await installation.authd("key", "make-root", "--output", key).succeeded)
            #expect(try await installation.authd("user", "list").succeeded)
        }
    }

    @Test("in a database without a schema a command makes none, not even in development")
    func missingSchema() async throws {
        try await Installation.with(.postgres) { installation in
            let list = try await installation.authd("user", "list")
            #expect(list.end == .exited(1) && list.errors.contains("run `authd migrate`"), "\(list)")
            let plan = try await installation.authd("migrate", "plan")
            #expect(plan.succeeded && plan.output.hasPrefix("up 0001 "), "\(plan)")
            #expect(!installation.directory.exists("authd.db.key") && !installation.directory.exists("authd.key"))
        }
    }

    @Test("the file of settings and the database are named on standard error, and results alone on standard output")
    func namesSources() async throws {
        try await Installation.with(.sqlite) { installation in
            _ = try await installation.authd("migrate")
            _ = try await installation.authd("key", "make-root", "--output", "authd.db.key")
            let path = installation.directory.file("authd.db")
            try installation.directory.write("APP_NAME=Notes\n", to: ".env")
            let local = try await installation.authd("user", "list", "--json")
            #expect(local.succeeded && local.output == "[]\n", "\(local)")
            #expect(
                local.errors
                    == "authd: settings from \(installation.directory.file(".env"))\ndatabase: sqlite:///\(path)\n")

            try installation.directory.write("APP_NAME=Other\n", to: "other.env")
            let other = installation.directory.file("other.env")
            let named = try await installation.with(["AUTHD_ENV_FILE": other]).authd("config", "check")
            #expect(named.succeeded && named.output.contains("Other") && !named.output.contains("Notes"), "\(named)")
            #expect(named.errors.contains("authd: settings from \(other)\n"), "\(named)")
            let flag = try await installation.authd("--env-file", "other.env", "user", "list")
            #expect(flag.errors.hasPrefix("authd: settings from \(other)\n"), "\(flag)")
            for words in [["serve", "--env-file", "absent.env"], ["user", "list", "--env-file", "absent.env"]] {
                let absent = try await installation.run(words)
                #expect(absent.end == .exited(78) && absent.errors.contains("No such file or directory"), "\(absent)")
            }
            // What needs no settings reads none.
            let version = try await installation.with(["AUTHD_ENV_FILE": "/absent"]).authd("version")
            #expect(version.succeeded && version.errors.isEmpty, "\(version)")

            try await installation.serving { daemon in
                let log = await daemon.log(with: "settings read")
                #expect(log.contains(installation.directory.file(".env")), "\(log)")
            }
            try installation.directory.write("APP_NAME=Notes\n", to: ".env", permissions: 0o666)
            let exposed = try await installation.authd("serve")
            #expect(exposed.end == .exited(78) && exposed.errors.contains("can be changed by others"), "\(exposed)")
        }
    }

    @Test("a command on a user says what it did and when it takes effect", arguments: DatabaseKind.allCases)
    func users(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let made = try await installation.authd(
                    "user", "create", "--username", "ada", "--email", "ada@example.com",
                    input: RunningDaemon.password + "\n")
                #expect(made.succeeded && made.output.split(separator: "\n").count == 1, "\(made)")
                #expect(made.errors.contains("ada is created with the role user and can sign in now."), "\(made)")
                let ada = try await daemon.signIn("ada")
                #expect(made.output == "\(ada.id)\n", "\(made)")

                func expect(_ words: String..., says sentence: String) async throws {
                    let outcome = try await installation.run(words)
                    #expect(outcome.succeeded && outcome.output == sentence + "\n", "\(outcome)")
                }
                try await expect(
                    "user", "verify", "ada",
                    says: "ada has the verified address ada@example.com; takes effect within a second.")
                try await expect(
                    "user", "verify", "ada",
                    says: "ada has verified the address ada@example.com already; nothing was changed.")
                try await daemon.send("GET", "/auth/me", token: ada.access).expect(200)
                try await expect(
                    "user", "set-role", "ada", "admin",
                    says:
                        "ada is now admin; takes effect at the next sign-in or refresh, and older access tokens are rejected "
                        + "within a second.")
                try await expect("user", "promote", "ada", says: "ada is admin already; nothing was changed.")
                let last = try await installation.authd("user", "delete", "ada", "--yes")
                #expect(last.end == .exited(1) && last.errors.contains("last active administrator"), "\(last)")
                _ = try await installation.administrator(of: daemon)

                let shown = try JSONValue(parsing: try await installation.authd("user", "show", "ada", "--json").output)
                #expect(shown["id"]?.string == ada.id && shown["role"]?.string == "admin", "\(shown)")
                #expect(shown["email_verified_at"]?.string != nil && shown["sessions"] == .number(1), "\(shown)")
                let lines = try await installation.authd("user", "show", ada.id)
                #expect(
                    lines.output.contains("\nusername\tada\n") && lines.output.contains("\nbanned_until\t-\n"),
                    "\(lines)")

                let disabled = try await installation.authd("user", "disable", "ada")
                #expect(disabled.output.contains("all sessions are ended"), "\(disabled)")
                let verify = try await installation.authd("user", "reset-password", "ada")
                #expect(verify.end == .exited(1) && verify.errors.contains("authd user enable ada"), "\(verify)")
                try await expect(
                    "user", "enable", "ada",
                    says: "ada is enabled and can sign in now; the sessions of before stay ended.")
                try await expect("user", "enable", "ada", says: "ada is enabled already; nothing was changed.")

                let again = try await daemon.signIn("ada")
                let unasked = try await installation.authd("user", "delete", "ada", input: "yes\n")
                #expect(unasked.end == .exited(1) && unasked.errors.contains("goes with 1 session."), "\(unasked)")
                try await daemon.send("GET", "/auth/me", token: again.access).expect(200)
                try await expect(
                    "user", "delete", "ada", "--yes",
                    says: "ada is deleted with 1 session, whose tokens are rejected within a second.")
                try await daemon.poll(for: 401, "/auth/me", token: again.access).expect(401)
                let gone = try await installation.authd("user", "show", "ada")
                #expect(gone.end == .exited(1) && gone.errors.contains("The user does not exist."), "\(gone)")
            }
        }
    }

    @Test("a reset of a password is printed as a code and a link, with its end and where it is used")
    func resetLink() async throws {
        let settings = ["PASSWORD_RESET_URL": "https://app.example.com/reset"]
        try await Installation.with(.sqlite, settings) { installation in
            try await installation.serving { daemon in
                _ = try await daemon.signUp("grace")
                let reset = try await installation.authd("user", "reset-password", "grace")
                let lines = reset.output.split(separator: "\n").map(String.init)
                try #require(reset.succeeded && lines.count == 2, "\(reset)")
                #expect(lines[1] == "https://app.example.com/reset#token=\(lines[0])")
                #expect(reset.errors.contains("grace can set a new password, once and until 20"), "\(reset)")
                #expect(
                    reset.errors.contains("/auth/password/reset/confirm") && !reset.errors.contains(lines[0]),
                    "\(reset)")
                let body = #"{"token":"\#(lines[0])","new_password":"nanoseconds of wire"}"#
                try await daemon.send("POST", "/auth/password/reset/confirm", json: body).expect(200)
            }
        }
    }

    @Test("sessions are listed and ended, one or all", arguments: DatabaseKind.allCases)
    func sessions(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let first = try await daemon.signUp("grace")
                let second = try await daemon.signIn("grace")
                let table = try await installation.authd("session", "list", "grace")
                #expect(table.output.hasPrefix("id\tcreated_at\trefreshed_at\t"), "\(table)")
                let list = try JSONValue(
                    parsing: try await installation.authd("session", "list", "grace", "--json").output)
                let ids = (list.array ?? []).compactMap { $0["id"]?.string }
                try #require(ids.count == 2, "\(list)")

                for words in [["session", "end", "grace"], ["session", "end", "grace", ids[0], "--all"]] {
                    #expect(try await installation.run(words).end == .exited(64))
                }
                let ended = try await installation.authd("session", "end", "grace", ids[0])
                #expect(ended.succeeded && ended.output.contains("rejected within a second"), "\(ended)")
                let again = try await installation.authd("session", "end", "grace", ids[0])
                #expect(again.end == .exited(1) && again.errors.contains("no live session \(ids[0])"), "\(again)")
                // The newer one was refreshed last and comes first.
                try await daemon.poll(for: 401, "/auth/me", token: second.access).expect(401)
                try await daemon.send("GET", "/auth/me", token: first.access).expect(200)

                let all = try await installation.authd("session", "end", "grace", "--all")
                #expect(all.output == "1 session of grace ended; the tokens are rejected within a second.\n", "\(all)")
                try await daemon.poll(for: 401, "/auth/me", token: first.access).expect(401)
            }
        }
    }

    @Test("a token is inspected, why it is rejected is said, and it is shown nowhere", arguments: DatabaseKind.allCases)
    func tokens(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                let valid = try await installation.authd(
                    "token", "inspect", "--json", input: "Bearer \(grace.access)\n")
                try #require(valid.succeeded, "\(valid)")
                let fields = try JSONValue(parsing: valid.output)
                #expect(fields["accepted"] == .bool(true) && fields["key"]?.string == "active", "\(valid)")
                #expect(fields["subject"]?.string == grace.id && fields["role"]?.string == "user", "\(valid)")
                #expect(valid.errors.hasSuffix("The daemon accepts the token.\n"), "\(valid)")

                let parts = grace.access.split(separator: ".").map(String.init)
                let forged = "\(parts[0]).\(parts[1]).\(parts[2].hasPrefix("A") ? "B" : "A")\(parts[2].dropFirst())"
                let refused = try await installation.authd("token", "inspect", forged)
                #expect(refused.end == .exited(1) && refused.output.contains("subject\t\(grace.id)\n"), "\(refused)")
                #expect(refused.errors.contains("The token is rejected: "), "\(refused)")
                let other = try await installation.with(["TOKEN_ISSUER": "https://id.example"])
                    .authd("token", "inspect", input: grace.access)
                #expect(
                    other.end == .exited(1) && other.errors.contains("its issuer is not https://id.example"), "\(other)"
                )
                let refresh = try await installation.authd("token", "inspect", input: grace.refresh)
                #expect(refresh.end == .exited(1) && refresh.errors.contains("a refresh token cannot"), "\(refresh)")

                _ = try await installation.authd("session", "end", "grace", "--all")
                let revoked = try await installation.authd("token", "inspect", input: grace.access)
                #expect(revoked.end == .exited(1) && revoked.errors.contains("its session has ended"), "\(revoked)")
                for outcome in [valid, refused, other, refresh, revoked] {
                    for secret in [parts[1], parts[2], grace.refresh] {
                        #expect(!outcome.output.contains(secret) && !outcome.errors.contains(secret))
                    }
                }
            }
        }
    }

    @Test("events of the audit log are listed with the filters of the API", arguments: DatabaseKind.allCases)
    func audit(on database: DatabaseKind) async throws {
        try await Installation.with(database, Installation.quiet) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                _ = try await daemon.signUp("ada")
                _ = try await installation.authd("user", "set-role", "grace", "guest")
                func list(_ filters: String...) async throws -> [JSONValue] {
                    let outcome = try await installation.run(["audit", "list", "--json"] + filters)
                    try #require(outcome.succeeded, "\(outcome)")
                    return try #require(JSONValue(parsing: outcome.output).array)
                }
                let roles = try await list("--action", "role_changed")
                #expect(roles.count == 1 && roles.first?["target"]?.string == grace.id, "\(roles)")
                let about = try await list("--target", "grace", "--outcome", "done")
                #expect(!about.isEmpty && about.allSatisfy { $0["target"]?.string == grace.id }, "\(about)")
                #expect(try await list("--to", "2020-01-01T00:00:00Z").isEmpty)
                let newest = try await list("--limit", "2")
                #expect(newest.count == 2 && newest.first?["action"]?.string == "role_changed", "\(newest)")
                let table = try await installation.authd("audit", "list", "--actor", grace.id)
                #expect(
                    table.output.hasPrefix("id\tat\taction\toutcome\treason\tactor\ttarget\tsource\tcount\n"),
                    "\(table)")
                for filter in [["--action", "tea"], ["--outcome", "maybe"], ["--from", "noon"], ["--limit", "0"]] {
                    let refused = try await installation.run(["audit", "list"] + filter)
                    #expect(refused.end == .exited(64) && refused.errors.contains(filter[0]), "\(refused)")
                }
            }
        }
    }

    @Test("a test mail is sent with the daemon's settings, and the mail server's refusal is shown")
    func mail() async throws {
        try await Installation.with(.sqlite) { installation in
            let filed = try await installation.authd("mail", "test", "ada@example.com")
            #expect(filed.succeeded && filed.output.contains("nothing was sent"), "\(filed)")
            #expect(!installation.directory.exists("authd.db"))
            let port = try LoopbackSocket.freePort()
            let unreachable = try await installation.with([
                "SMTP_HOST": "127.0.0.1", "SMTP_PORT": "\(port)", "SMTP_SECURITY": "none",
                "EMAILS_FROM_EMAIL": "authd@example.com",
            ]).authd("mail", "test", "ada@example.com")
            #expect(unreachable.end == .exited(1), "\(unreachable)")
            #expect(
                unreachable.errors.contains("The mail server 127.0.0.1:\(port) did not take the mail: "),
                "\(unreachable)")
            let malformed = try await installation.authd("mail", "test", "ada")
            #expect(malformed.end == .exited(64), "\(malformed)")
        }
    }

    @Test("a root key is made for its owner alone, and a daemon starts with it")
    func rootKey() async throws {
        try await Installation.with(.sqlite) { installation in
            let printed = try await installation.authd("key", "make-root")
            #expect(printed.output.wholeMatch(of: /[0-9a-f]{64}\n/) != nil && printed.errors.isEmpty)
            let written = try await installation.authd("key", "make-root", "--output", "root.key")
            #expect(written.succeeded, "\(written)")
            #expect(written.output.contains("ROOT_KEY_FILE=\(installation.directory.file("root.key"))"), "\(written)")
            #expect(try installation.directory.permissions(of: "root.key") == 0o600)
            let again = try await installation.authd("key", "make-root", "--output", "root.key")
            #expect(again.end == .exited(1) && again.errors.contains("exists and was not changed"), "\(again)")
            try await installation.serving(["ROOT_KEY_FILE": "root.key"]) { daemon in
                try await daemon.send("GET", "/health").expect(200)
            }
        }
    }

    @Test("a misspelt command is answered with the one that may be meant, and completions are a script of the shell")
    func commandLine() async throws {
        try await Installation.with(.sqlite) { installation in
            let misspelt = try await installation.authd("serv")
            #expect(misspelt.end == .exited(64), "\(misspelt)")
            #expect(misspelt.errors.contains("there is no command serv; `authd serve` may be meant."), "\(misspelt)")
            let script = try await installation.authd("--generate-completion-script", "bash")
            try #require(script.succeeded && script.output.contains("set-role"), "\(script.end)")
            var check = Command("bash", "-n")
            check.input = script.output
            #expect(try await check.run().succeeded)
        }
    }

    @Test("what `authd init` writes is enough to start, is for its owner alone, and replaces nothing")
    func initialization() async throws {
        try await Installation.with(.sqlite, ["ENVIRONMENT": "", "PORT": ""]) { installation in
            let flags = ["--public-url", "https://id.example.com", "--port", "0", "--shutdown-delay-seconds", "0"]
            let made = try await installation.run(["init", "single"] + flags)
            #expect(made.succeeded, "\(made)")
            #expect(made.output.contains("authd serve --env-file \(installation.directory.file(".env"))"), "\(made)")
            for file in [".env", "root.key"] {
                #expect(try installation.directory.permissions(of: file) == 0o600, "\(file)")
            }
            let again = try await installation.run(["init", "development"])
            #expect(again.end == .exited(1) && again.errors.contains(".env exists; nothing was changed."), "\(again)")

            let checked = try await installation.authd("config", "check")
            #expect(
                checked.succeeded && checked.output.contains("PUBLIC_URL=https://id.example.com (file)"), "\(checked)")
            try await installation.serving { daemon in
                try await daemon.send("GET", "/health").expect(200)
                #expect(!installation.directory.exists("authd.db.key"))
            }
            let refused = try await installation.run(["init", "single", "--output", "other.env"])
            #expect(refused.end == .exited(64) && refused.errors.contains("--public-url"), "\(refused)")
            #expect(!installation.directory.exists("other.env"))

            let lost = ["init", "single", "--output", "none/other.env", "--root-key-file", "other.key"] + flags
            let unwritten = try await installation.run(lost)
            #expect(unwritten.end == .exited(1) && unwritten.errors.contains("none/other.env cannot be made"))
            #expect(unwritten.output.isEmpty && !installation.directory.exists("other.key"), "\(unwritten)")
        }
    }

    @Test("`authd doctor` finds no fault in a running installation, and says what is wrong with a broken one")
    func doctor() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                let settings = installation.with(["PORT": daemon.port, "PUBLIC_URL": daemon.base])
                let healthy = try await settings.authd("doctor", "--json")
                #expect(healthy.succeeded, "\(healthy)")
                let findings = try #require(JSONValue(parsing: healthy.output).array)
                let verdicts = findings.reduce(into: [:]) { $0[$1["subject"]?.string ?? ""] = $1["verdict"]?.string }
                for subject in ["database", "signing key", "clock", "daemon", "public address"] {
                    #expect(verdicts[subject] == "ok", "\(subject): \(healthy)")
                }
            }
            let port = try LoopbackSocket.freePort()
            let stopped = try await installation.with(["PORT": "\(port)"]).authd("doctor")
            #expect(stopped.end == .exited(1), "\(stopped)")
            #expect(
                stopped.output.contains("fault\tdaemon\thttp://127.0.0.1:\(port)/health does not answer"), "\(stopped)")
            #expect(stopped.errors.contains("1 fault was found."), "\(stopped)")
            try await Command("rm", installation.directory.file("authd.db.key")).succeed()
            let keyless = try await installation.with(["PORT": "\(port)"]).authd("doctor")
            #expect(keyless.end == .exited(1) && keyless.output.contains("fault\tdatabase\t"), "\(keyless)")
            #expect(keyless.output.contains("restore it from the backup"), "\(keyless)")
            #expect(!installation.directory.exists("authd.db.key"), "\(keyless)")
        }
    }
}
