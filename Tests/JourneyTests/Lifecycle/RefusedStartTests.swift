// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// What keeps the daemon from starting, each with a sentence that says why.
@Suite("Refused starts", .oneAtATime, .timeLimit(.minutes(10)))
struct RefusedStartTests {
    /// Settings that are not safe to run with, and the one that the sentence names.
    struct UnsafeCase: Sendable, CustomTestStringConvertible {
        let named: String
        let settings: [String: String]
        /// What must not be shown.
        var secret: String?

        var testDescription: String { "\(named): \(settings.sorted { $0.key < $1.key }.map { "\($0)=\($1)" })" }
    }

    private static let unsafeCases = [
        UnsafeCase(named: "SECRET_KEY", settings: ["ALGORITHM": "HS256", "SECRET_KEY": "kq83mz"], secret: "kq83mz"),
        UnsafeCase(
            named: "SECRET_KEY",
            settings: [
                "ALGORITHM": "HS256",
                "SECRET_KEY": "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
            ], secret: "09d25e094faa6ca2"),
        UnsafeCase(named: "SECRET_KEY", settings: ["ALGORITHM": "HS256"]),
        UnsafeCase(named: "ALLOWED_ORIGINS", settings: ["ALLOWED_ORIGINS": "*"]),
        UnsafeCase(named: "HOST", settings: ["HOST": "0.0.0.0"]),
        UnsafeCase(named: "DEBUG", settings: ["ENVIRONMENT": "production", "DEBUG": "true"]),
        UnsafeCase(named: "TRUSTED_PROXIES", settings: ["TRUSTED_PROXIES": "0.0.0.0/0"]),
        UnsafeCase(
            named: "ROOT_KEY_FILE",
            settings: ["ENVIRONMENT": "production", "DATABASE_URL": "postgresql://authd:kq83mz@127.0.0.1:1/authd"],
            secret: "kq83mz"),
        UnsafeCase(named: "ROOT_KEY", settings: ["ROOT_KEY": String(repeating: "0", count: 64)]),
        UnsafeCase(named: "PORT", settings: ["PORT": "70000"]),
    ]

    @Test("unsafe settings are named and refused before anything is made", arguments: unsafeCases)
    func unsafeSettings(_ unsafe: UnsafeCase) async throws {
        try await Installation.with(.sqlite, unsafe.settings) { installation in
            let outcome = try await installation.authd("serve")

            #expect(outcome.end == .exited(78), "\(outcome)")
            let sentences = outcome.errors.split(separator: "\n").map { $0.drop { $0 == " " } }
            #expect(sentences.contains { $0.hasPrefix("\(unsafe.named) ") }, "\(outcome)")
            if let secret = unsafe.secret { #expect(!outcome.errors.contains(secret), "\(outcome)") }
            #expect(!installation.directory.exists("authd.db"))
        }
    }

    // ASVS 6.2.12
    @Test(
        "a missing or invalid list of breached passwords stops the start before anything is made",
        arguments: ["/nonexistent/list.txt", "/dev/null", "/etc/passwd"])
    func missingList(path: String) async throws {
        try await Installation.with(.sqlite, ["BREACHED_PASSWORDS_FILE": path]) { installation in
            let outcome = try await installation.authd("serve")

            #expect(outcome.end == .exited(78), "\(outcome)")
            #expect(outcome.errors.contains("BREACHED_PASSWORDS_FILE \(path) "), "\(outcome)")
            #expect(!installation.directory.exists("authd.db") && !installation.directory.exists("authd.db.key"))
        }
    }

    @Test("a root key that others may read is refused")
    func exposedRootKey() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { _ in }
            let path = installation.directory.file("authd.db.key")
            try await Command("chmod", "644", path).succeed()
            let outcome = try await installation.authd("serve")
            #expect(outcome.end == .exited(78), "\(outcome)")
            #expect(outcome.errors.contains("ROOT_KEY_FILE") && outcome.errors.contains("chmod 600"), "\(outcome)")
        }
    }

    @Test(
        "another root key than the database was used with is refused, and none is made",
        arguments: DatabaseKind.allCases)
    func wrongRootKey(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { _ in }
            let file = database == .sqlite ? "authd.db.key" : "authd.key"
            try await Command("rm", installation.directory.file(file)).succeed()

            let lost = try await installation.authd("serve")
            #expect(lost.end == .exited(78), "\(lost)")
            #expect(lost.errors.contains("restore it from the backup"), "\(lost)")
            #expect(!installation.directory.exists(file))

            let other = try await Command("openssl", "rand", "-hex", "32").succeed()
            try installation.directory.write(other, to: file)
            let wrong = try await installation.authd("serve")
            #expect(wrong.end == .exited(78), "\(wrong)")
            #expect(wrong.errors.contains("is not the root key"), "\(wrong)")
        }
    }

    @Test("a schema from the future is left alone", arguments: DatabaseKind.allCases)
    func unknownSchema(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { _ in }
            let row = "(version, name, checksum, applied_at_us) VALUES (9999, 'future', 'none', 0)"
            if let url = installation.settings["DATABASE_URL"] {
                try await PostgresCluster.shared.execute("INSERT INTO authd.schema_migrations \(row)", in: url)
            } else {
                try await installation.executeInSQLite("INSERT INTO schema_migrations \(row)")
            }

            let outcome = try await installation.authd("serve")

            #expect(outcome.end == .exited(1), "\(outcome)")
            #expect(outcome.errors.contains("migration 9999"), "\(outcome)")
        }
    }

    @Test("production waits on PostgreSQL for `authd migrate`")
    func migratesWhenTold() async throws {
        let production = ["ENVIRONMENT": "production", "ROOT_KEY_FILE": "root.key"]
        try await Installation.with(.postgres, production) { installation in
            try installation.directory.write(
                try await Command("openssl", "rand", "-hex", "32").succeed(), to: "root.key")

            let early = try await installation.authd("serve")
            #expect(early.end == .exited(1), "\(early)")
            #expect(early.errors.contains("authd migrate"), "\(early)")

            let migrated = try await installation.authd("migrate")
            #expect(migrated.succeeded && migrated.output.contains("up 0001 users"), "\(migrated)")
            let again = try await installation.authd("migrate")
            #expect(again.succeeded && again.output == "nothing to do\n", "\(again)")
            try await installation.serving { daemon in try await daemon.send("GET", "/health/database").expect(200) }
        }
    }

    @Test("of two daemons on one SQLite file the second exits and the first continues")
    func secondServe() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                let second = try await installation.authd("serve")
                #expect(second.end == .exited(1), "\(second)")
                #expect(second.errors.contains("Another authd serves this database"), "\(second)")
                _ = try await daemon.signUp("grace")
            }
        }
    }

    @Test("a port that is taken is named")
    func takenPort() async throws {
        try await Installation.with(.sqlite) { first in
            try await first.serving { daemon in
                try await Installation.with(.sqlite, ["PORT": daemon.port]) { second in
                    let outcome = try await second.authd("serve")
                    #expect(outcome.end == .exited(1), "\(outcome)")
                    #expect(
                        outcome.errors.contains(
                            "PORT \(daemon.port) of HOST 127.0.0.1 is in use: set another PORT, or stop the program that "
                                + "`ss -ltnp` shows there."), "\(outcome)")
                }
            }
        }
    }

    @Test("a .env that names the database nearly, and no database, is refused before anything is made")
    func nearDatabase() async throws {
        try await Installation.with(.sqlite) { installation in
            try installation.directory.write("\u{FEFF}DATABASE_URI=postgresql://a:kq83mz@127.0.0.1:1/x\r\n", to: ".env")
            for command in [["serve"], ["user", "list"], ["migrate"]] {
                let outcome = try await installation.run(command)
                #expect(outcome.end == .exited(78), "\(outcome)")
                #expect(outcome.errors.contains("DATABASE_URI in .env line 1"), "\(outcome)")
                #expect(!outcome.errors.contains("kq83mz") && !installation.directory.exists("authd.db"), "\(outcome)")
            }
        }
    }

    @Test("a misspelt line of .env is reported, and the start goes on")
    func misspelling() async throws {
        try await Installation.with(.sqlite) { installation in
            try installation.directory.write("ACCESS_TOKEN_EXPIRE_MINUTE=5\n", to: ".env")
            try await installation.serving { daemon in
                let log = await daemon.log(with: "ACCESS_TOKEN_EXPIRE_MINUTE in .env")
                #expect(log.contains("ACCESS_TOKEN_EXPIRE_MINUTE in .env line 1 is no setting"), "\(log)")
                #expect(log.contains("ACCESS_TOKEN_EXPIRE_MINUTES may be meant"), "\(log)")
            }
        }
    }
}

extension Installation {
    fileprivate func run(_ arguments: [String]) async throws -> Command.Outcome {
        var command = Command([try AuthdBinary.path] + arguments)
        command.environment = environment
        command.directory = directory.path
        return try await command.run()
    }

    /// Runs SQL in the default database, behind the daemon's back.
    fileprivate func executeInSQLite(_ sql: String) async throws {
        let program = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
        let outcome = try await TestPython.run(with: "sqlite3", "-c", program, directory.file("authd.db"), sql)
        guard outcome.succeeded else { throw Failure("\(outcome)") }
    }
}
