// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Backups, restores and the change of a root key, as `docs/deployment.md` tells operators to make them.
@Suite("Documented backups and keys", .oneAtATime, .timeLimit(.minutes(10)))
struct BackupsTests {
    private static var page: MarkdownPage {
        get throws { MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md")) }
    }

    @Test("a copy of SQLite made while the daemon runs is restored beside its root key")
    func sqlite() async throws {
        let copying = try Self.page.text("Backup and restore #1")
        try await Installation.with(.sqlite) { original in
            let directory = original.directory
            let (grace, judy) = try await original.serving { daemon in
                let grace = try await daemon.signUp("grace")
                let judy = try await daemon.signUp("judy")
                let outcome = try await original.shell(
                    try copying.adapted([
                        ("/var/lib/authd/authd.db", directory.file("authd.db")),
                        ("/backup/authd.db", directory.file("backup.db")),
                    ]))
                #expect(outcome.succeeded, "\(outcome)")
                // What comes after the copy is not in it, but a refresh token from then is good.
                _ = try await daemon.signUp("heidi")
                return (try await Self.refreshed(grace, at: daemon), judy)
            }

            try await Installation.with(.sqlite) { restored in
                let target = restored.directory
                // The database that it takes the place of was in use, and has a log of its own.
                try await restored.serving { daemon in _ = try await daemon.signUp("ivan") }
                let restoring = """
                    cp \(directory.file("backup.db")) \(target.file("authd.db"))
                    rm -f \(target.file("authd.db-wal")) \(target.file("authd.db-shm"))
                    install -m 600 \(directory.file("authd.db.key")) \(target.file("authd.db.key"))
                    """
                let restoration = try await restored.shell(restoring)
                #expect(restoration.succeeded, "\(restoration)")

                try await restored.serving { daemon in
                    try await Self.expectCopy(daemon, of: grace, without: ["heidi", "ivan"])
                }
                // Deleting the sessions signs everybody out.
                try await Command("sqlite3", target.file("authd.db"), "DELETE FROM sessions").succeed()
                try await restored.serving { daemon in
                    try await daemon.send(
                        "POST", "/auth/refresh", json: #"{"refresh_token":"\#(judy.refresh)"}"#
                    ).expectProblem(401)
                    _ = try await daemon.signIn("judy")
                }
            }
        }
    }

    @Test("the check of a SQLite file prints `ok` or the damage")
    func quickCheck() async throws {
        let page = MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md"))
        let checking = try page.text("Damaged database file #1")
        try await Installation.with(.sqlite) { installation in
            let path = installation.directory.file("authd.db")
            let text = try checking.adapted([("/var/lib/authd/authd.db", path)])
            try await installation.serving { daemon in _ = try await daemon.signUp("grace") }
            let whole = try await installation.shell(text)
            #expect(whole.output == "ok\n", "\(whole)")

            try await Command(
                "dd", "if=/dev/zero", "of=\(path)", "bs=4096", "seek=1", "count=6", "conv=notrunc", "status=none"
            ).succeed()
            let damaged = try await installation.shell(text)
            #expect(damaged.output != "ok\n" && !(damaged.output + damaged.errors).isEmpty, "\(damaged)")
        }
    }

    @Test("a dump of PostgreSQL is restored over the live schema and into a new database")
    func postgres() async throws {
        let commands = try Self.page.text("Backup and restore #2").split(separator: "\n").map(String.init)
        try #require(commands.count == 2)
        let cluster = try await PostgresCluster.shared
        try await Installation.with(.postgres) { installation in
            let url = try #require(installation.settings["DATABASE_URL"])
            let name = try PostgresCluster.databaseName(in: url)
            /// Runs a command of the page, which calls the database `authd`, on another one.
            func run(_ command: String, on database: String) async throws {
                let named = command.hasSuffix(" authd") ? " authd" : "--dbname=authd"
                let text = try command.adapted([(named, named.replacing("authd", with: database))])
                let outcome = try await cluster.shell(text, in: installation.directory)
                #expect(outcome.succeeded, "\(outcome)")
            }
            let grace = try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                try await run(commands[0], on: name)
                _ = try await daemon.signUp("heidi")
                return grace
            }
            try await run(commands[1], on: name)
            try await installation.serving { daemon in
                try await Self.expectCopy(daemon, of: grace, without: ["heidi"])
            }
            let other = try await cluster.makeDatabase()
            try await run(commands[1], on: PostgresCluster.databaseName(in: other))
            try await installation.with(["DATABASE_URL": other]).serving { daemon in
                try await Self.expectCopy(daemon, of: grace, without: ["heidi"])
            }
        }
    }

    /// Expects that a user of the copy can sign in and refresh a session from before, and that others are unknown.
    private static func expectCopy(
        _ daemon: RunningDaemon, of user: SignedIn, without others: [String]
    ) async throws {
        let refreshed = try await daemon.send("POST", "/auth/refresh", json: #"{"refresh_token":"\#(user.refresh)"}"#)
        refreshed.expect(200)
        _ = try await daemon.signIn(user.username)
        for other in others {
            try await daemon.send(
                "POST", "/auth/login", json: #"{"username":"\#(other)","password":"\#(RunningDaemon.password)"}"#
            ).expectProblem(401, "invalid_credentials", other)
        }
    }

    @Test("a root key is replaced in three steps, and users stay signed in", arguments: DatabaseKind.allCases)
    func rootKey(on database: DatabaseKind) async throws {
        let old = "7b1f0c93d2e84a56bf07a9c41d6e3520984f7ac1e05b6d38f2c917a4603bde85"
        let new = "c4e2917fa80b5d36e1f94c7a02d8b65391ea70cf46b8d25307fc1e9a8b643d02"
        try await Installation.with(database, ["ROOT_KEY": old]) { installation in
            var grace = try await installation.serving { daemon in try await daemon.signUp("grace") }

            // The new one is known everywhere before anything is made with it.
            grace = try await installation.with(["ROOT_KEY_PREVIOUS": new]).serving { daemon in
                try await Self.refreshed(grace, at: daemon)
            }
            grace = try await installation.with(["ROOT_KEY": new, "ROOT_KEY_PREVIOUS": old]).serving { daemon in
                let rotated = try await installation.with(["ROOT_KEY": new, "ROOT_KEY_PREVIOUS": old])
                    .authd("key", "rotate")
                #expect(rotated.succeeded, "\(rotated)")
                return try await Self.refreshed(grace, at: daemon)
            }
            // Too early the third step is refused, and changes nothing.
            let early = try await installation.with(["ROOT_KEY": new]).authd("serve")
            #expect(early.end == .exited(1), "\(early)")
            let wrong = try await installation.authd("serve")
            #expect(wrong.end == .exited(78), "\(wrong)")
            _ = try await installation.with(["ROOT_KEY": new, "ROOT_KEY_PREVIOUS": old]).serving { daemon in
                try await Self.refreshed(grace, at: daemon)
            }
        }
    }

    @Test(
        "a shared secret is replaced with the previous one as SECRET_KEY_PREVIOUS; without it, older tokens are rejected"
    )
    func sharedSecret() async throws {
        let old = "9e41b7d02c6f583a1be8d7046fa2935cc1d8e07b4a6f2953"
        let new = "2f85c3a90d1be6748a5f13dc72b90e648bd5a1f7c03e9642"
        try await Installation.with(.sqlite, ["ALGORITHM": "HS256", "SECRET_KEY": old]) { installation in
            let grace = try await installation.serving { daemon in try await daemon.signUp("grace") }
            let changing = ["SECRET_KEY": new, "SECRET_KEY_PREVIOUS": old]
            let later = try await installation.with(changing).serving { daemon in
                try await daemon.send("GET", "/auth/me", token: grace.access).expect(200)
                return try await Self.refreshed(grace, at: daemon)
            }
            try await installation.with(["SECRET_KEY": new]).serving { daemon in
                try await daemon.send("GET", "/auth/me", token: grace.access).expectProblem(401, "invalid_token")
                try await daemon.send("GET", "/auth/me", token: later.access).expect(200)
                _ = try await Self.refreshed(later, at: daemon)
            }
        }
    }

    private static func refreshed(_ user: SignedIn, at daemon: RunningDaemon) async throws -> SignedIn {
        let answer = try await daemon.send("POST", "/auth/refresh", json: #"{"refresh_token":"\#(user.refresh)"}"#)
        answer.expect(200)
        let access = try answer.text("access_token")
        try await daemon.send("GET", "/auth/me", token: access).expect(200)
        return SignedIn(
            id: user.id, username: user.username, access: access, refresh: try answer.text("refresh_token"))
    }

    @Test("the container's health check says whether the process answers")
    func healthCheck() async throws {
        let dockerfile = try AuthdBinary.text(of: "Dockerfile")
        let line = try #require(dockerfile.split(separator: "\n").first { $0.hasPrefix("HEALTHCHECK") })
        let array = try #require(line.split(separator: " CMD ", maxSplits: 1).last)
        let words = try JSONDecoder().decode([String].self, from: Data(array.utf8))

        try await Installation.with(.sqlite) { installation in
            let port = try await installation.serving { daemon in
                let healthy = try await Self.run(words, port: daemon.port)
                #expect(healthy.succeeded, "\(healthy)")
                return daemon.port
            }
            let gone = try await Self.run(words, port: port)
            #expect(!gone.succeeded, "\(gone)")
        }
    }

    private static func run(_ words: [String], port: String) async throws -> Command.Outcome {
        var command = Command(words)
        command.environment["PORT"] = port
        return try await command.run()
    }
}
