// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// What becomes of the files under a daemon: the SQLite database, its key, and the memory to hash with.
@Suite("Lost files and memory", .oneAtATime, .timeLimit(.minutes(10)))
struct DatabaseFileTests {
    private func register(_ username: String, at daemon: RunningDaemon) async throws -> Response {
        let password = RunningDaemon.password
        return try await daemon.send(
            "POST", "/auth/register",
            json: #"{"username":"\#(username)","email":"\#(username)@example.com","password":"\#(password)"}"#)
    }

    @Test("a database that is moved away takes no writes, is reported once, and serves again when it is back")
    func movedAway() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                _ = try await daemon.signUp("grace")
                let files = ["authd.db", "authd.db-wal", "authd.db-shm"].map(installation.directory.file)
                for file in files { try await Command("mv", file, file + ".away").succeed() }

                for name in ["ada", "alan"] {
                    try await register(name, at: daemon).expectProblem(503, "unavailable")
                }
                _ = try await daemon.poll(for: 503, "/health/database")
                try await daemon.send("GET", "/health").expect(200)
                let log = await daemon.log(with: "database file missing or replaced")
                #expect(log.components(separatedBy: "database file missing or replaced").count == 2, "\(log)")
                #expect(log.contains("critical") && log.contains(files[0]), "\(log)")

                for file in files { try await Command("mv", file + ".away", file).succeed() }
                _ = try await daemon.poll(for: 200, "/health/database")
                _ = try await daemon.signUp("ada")
            }
            try await installation.serving { daemon in
                _ = try await daemon.signIn("grace")
                _ = try await daemon.signIn("ada")
            }
        }
    }

    @Test("a backup that is moved over the open database is not written to until the next start")
    func movedOver() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                _ = try await daemon.signUp("grace")
                let program =
                    "import sqlite3, sys; a = sqlite3.connect(sys.argv[1]); b = sqlite3.connect(sys.argv[2]); a.backup(b)"
                let backup = try await TestPython.run(
                    with: "sqlite3", "-c", program, installation.directory.file("authd.db"),
                    installation.directory.file("backup"))
                try #require(backup.succeeded, "\(backup)")
                try await Command(
                    "mv", installation.directory.file("backup"), installation.directory.file("authd.db")
                ).succeed()

                try await register("ada", at: daemon).expectProblem(503, "unavailable")
                _ = try await daemon.poll(for: 503, "/health/database")
            }
        }
    }

    @Test("an empty database beside the key of an earlier run is refused, and a key alone as well")
    func emptied() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in _ = try await daemon.signUp("grace") }
            let database = installation.directory.file("authd.db")
            let key = installation.directory.file("authd.db.key")
            for damage in [["truncate", "-s", "0", database], ["rm", database]] {
                try await Command(damage).succeed()
                let refused = try await installation.authd("serve")
                #expect(refused.end == .exited(78), "\(refused)")
                #expect(refused.errors.contains("authd.db.key is from an earlier run"), "\(refused)")
            }
            #expect(!installation.directory.exists("authd.db"))

            try await Command("mv", key, key + ".old").succeed()
            try await installation.serving { daemon in _ = try await daemon.signUp("grace") }
        }
    }

    @Test("a configured key that is older than its database is used")
    func ownKey() async throws {
        try await Installation.with(.sqlite, ["ROOT_KEY_FILE": "root.key"]) { installation in
            try installation.directory.write(
                try await Command("openssl", "rand", "-hex", "32").succeed(), to: "root.key")
            try await installation.serving { daemon in _ = try await daemon.signUp("grace") }
        }
    }

    @Test("a database and a file of settings that others may read are named, with the command that closes them")
    func exposed() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { _ in }
            try installation.directory.write("APP_NAME=Exposed\n", to: ".env", permissions: 0o644)
            try await Command("chmod", "640", installation.directory.file("authd.db")).succeed()
            try await installation.serving { daemon in
                let log = await daemon.log(with: "chmod 600 .env", "authd.db can be read")
                #expect(log.contains("chmod 600 .env"), "\(log)")
                #expect(log.contains("authd.db can be read or changed by others: run `chmod 600 "), "\(log)")
            }
            try await Command("chmod", "600", installation.directory.file("authd.db")).succeed()
            try await Command("chmod", "600", installation.directory.file(".env")).succeed()
            try await installation.serving { daemon in
                let log = await daemon.log
                #expect(!log.contains("chmod"), "\(log)")
            }
        }
    }

    @Test("out of memory, the right password is not called wrong, and no failure is counted")
    func memory() async throws {
        try await Installation.with(.sqlite, ["RATE_LIMIT_ENABLED": "true"]) { installation in
            try await installation.serving { daemon in
                _ = try await daemon.signUp("grace")
                let pid = try #require(daemon.process.pid)
                let statm = try String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)
                let pages = try #require(statm.split(separator: " ").first.flatMap { Int($0) })
                // Argon2 needs 19 MiB; what else the daemon needs is less than this.
                try await Command("prlimit", "--pid", "\(pid)", "--as=\(pages * 4_096 + 15_000_000):").succeed()
                for _ in 0..<6 {
                    let answer = try await daemon.send(
                        "POST", "/auth/login", json: #"{"username":"grace","password":"\#(RunningDaemon.password)"}"#)
                    answer.expectProblem(503, "overloaded")
                }
                try await Command("prlimit", "--pid", "\(pid)", "--as=unlimited:").succeed()

                // Six that were counted would have throttled this one.
                _ = try await daemon.signIn("grace")
            }
        }
    }
}
