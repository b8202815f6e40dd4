// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// `packaging/authd-backup`: what its timer runs, what is restored from it, and what it does when something is wrong.
@Suite("Backup script", .oneAtATime, .timeLimit(.minutes(5)))
struct BackupScriptTests {
    private static let script = AuthdBinary.package.appending(path: "packaging/authd-backup").path

    /// Names that the script may have given months ago, the oldest first.
    private static let older = [
        "authd-20250101T000000Z.db", "authd-20250102T000000Z.dump", "authd-20250103T000000Z.db",
    ]

    /// Makes a folder for backups, as the page says.
    private static func makeFolder(in installation: Installation) async throws -> String {
        let folder = installation.directory.file("backups")
        try await Command("install", "-d", "-m", "700", folder).succeed()
        return folder
    }

    private static func files(in folder: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder)).subtracting([".lock"])
    }

    /// The command of the unit with the script and the paths of this test.
    private static func unitCommand(_ replacements: [(String, String)]) throws -> String {
        let unit = try AuthdBinary.text(of: "packaging/authd-backup.service")
        return try command(in: unit, replacements)
    }

    private static func command(in unit: String, _ replacements: [(String, String)]) throws -> String {
        let line = try #require(unit.split(separator: "\n").last { $0.hasPrefix("ExecStart=") })
        return try String(line.dropFirst("ExecStart=".count)).adapted(
            [("/usr/local/bin/authd-backup", script)] + replacements)
    }

    @Test(
        "a SQLite database is copied while the daemon serves, and restored elsewhere users sign in and the audit log verifies"
    )
    func sqlite() async throws {
        try await Installation.with(.sqlite) { original in
            let directory = original.directory
            let folder = try await Self.makeFolder(in: original)
            try await original.serving { daemon in
                let grace = try await daemon.signUp("grace")
                let command = try Self.unitCommand([
                    ("/var/backups/authd", folder), ("/var/lib/authd/authd.db", directory.file("authd.db")),
                ])
                let made = try await original.shell(command)
                #expect(made.succeeded, "\(made)")
                #expect(made.output.hasSuffix(" bytes); 1 kept, 0 removed\n"), "\(made)")
                // The daemon goes on with its files.
                try await daemon.send("POST", "/auth/logout", token: grace.access).expect(200)
                _ = try await daemon.signIn("grace")
            }
            let names = try Self.files(in: folder)
            let copy = try #require(names.first { $0.hasSuffix(".db") })
            #expect(names == [copy, copy + ".key-sha256"])
            for name in names { #expect(try directory.permissions(of: "backups/\(name)") == 0o600, "\(name)") }
            let key = try String(contentsOfFile: directory.file("authd.db.key"), encoding: .utf8)
            for name in names {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
                #expect(bytes.range(of: Data(key.utf8)) == nil, "\(name) has the root key")
            }
            let digest = try await Command("sha256sum", directory.file("authd.db.key")).succeed().prefix(64)
            #expect(try String(contentsOfFile: "\(folder)/\(copy).key-sha256", encoding: .utf8) == "\(digest)\n")

            try await Installation.with(.sqlite) { restored in
                let target = restored.directory
                try await Command("install", "-m", "600", "\(folder)/\(copy)", target.file("authd.db")).succeed()
                try await Command(
                    "install", "-m", "600", directory.file("authd.db.key"), target.file("authd.db.key")
                ).succeed()
                try await Self.expectWhole(restored)
            }
        }
    }

    @Test(
        "a PostgreSQL database is dumped by the page's command without a password in it, and restored into another one")
    func postgres() async throws {
        let page = MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md"))
        let drop = try page.text("Backups every night #2")
        let cluster = try await PostgresCluster.shared
        try await Installation.with(.postgres) { original in
            let directory = original.directory
            let folder = try await Self.makeFolder(in: original)
            try await original.serving { daemon in _ = try await daemon.signUp("grace") }
            let name = try PostgresCluster.databaseName(in: try #require(original.settings["DATABASE_URL"]))
            let passwords = try #require(
                drop.firstMatch(of: #/\nEnvironment=PGPASSFILE=(\S+)\n/#).map { String($0.output.1) })
            #expect(passwords.hasPrefix("/etc/authd/"))
            try directory.write(
                "127.0.0.1:\(cluster.port):\(name):postgres:\(PostgresCluster.password)\n", to: "passwords")
            let key = try #require(
                try FileManager.default.contentsOfDirectory(atPath: directory.path).first { $0.hasSuffix(".key") })
            let command = try Self.command(
                in: drop,
                [
                    ("/var/backups/authd", folder), ("/etc/authd/root.key", directory.file(key)),
                    (
                        "host=db.example.com dbname=authd user=authd_owner sslmode=verify-full "
                            + "sslrootcert=/etc/authd/db-ca.pem",
                        "host=127.0.0.1 port=\(cluster.port) dbname=\(name) user=postgres"
                    ),
                ])

            let made = try await cluster.shell(
                "unset PGPASSWORD; export PGPASSFILE=\(directory.file("passwords")); \(command)", in: directory)

            #expect(made.succeeded, "\(made)")
            let dump = try #require(try Self.files(in: folder).first { $0.hasSuffix(".dump") })
            #expect(try directory.permissions(of: "backups/\(dump)") == 0o600)
            let other = try await cluster.makeDatabase()
            let target = try PostgresCluster.databaseName(in: other)
            let restoring = try #require(
                try page.text("Backup and restore #2").split(separator: "\n").last.map(String.init)
            )
            .adapted([("--dbname=authd authd.dump", "--dbname=\(target) backups/\(dump)")])
            let restoration = try await cluster.shell(restoring, in: directory)
            #expect(restoration.succeeded, "\(restoration)")
            try await Self.expectWhole(original.with(["DATABASE_URL": other]))
        }
    }

    /// Expects that the user of the backup signs in, and that the audit log verifies while the daemon runs and afterwards.
    private static func expectWhole(_ restored: Installation) async throws {
        try await restored.serving { daemon in
            _ = try await daemon.signIn("grace")
            let log = await daemon.log(with: "audit checkpoint")
            #expect(!log.contains("audit log not sealed"), "\(log)")
        }
        let verified = try await restored.authd("audit", "verify")
        #expect(verified.succeeded, "\(verified)")
    }

    @Test("the newest backups stay, as many as asked for, and nothing that has another name is removed")
    func rotation() async throws {
        try await Installation.with(.sqlite) { installation in
            let folder = try await Self.makeFolder(in: installation)
            try await installation.serving { daemon in _ = try await daemon.signUp("grace") }
            let foreign = ["authd-notes.db", "authd-20240101T000000Z.db.gpg", "authd-2024.dump"]
            for name in Self.older + foreign { try installation.directory.write("x", to: "backups/\(name)") }
            try installation.directory.write("x", to: "backups/\(Self.older[0]).key-sha256")

            let made = try await Self.back(up: installation, ["--keep", "2"])

            #expect(made.succeeded && made.output.hasSuffix("; 2 kept, 2 removed\n"), "\(made)")
            let left = try Self.files(in: folder)
            let new = left.subtracting(foreign + [Self.older[2]])
            #expect(left.isSuperset(of: foreign + [Self.older[2]]) && new.count == 1, "\(left)")
        }
    }

    private static func back(
        up installation: Installation, _ arguments: [String] = []
    ) async throws -> Command.Outcome {
        let directory = installation.directory
        return try await Command(
            [script, "--to", directory.file("backups"), "--sqlite", directory.file("authd.db")] + arguments
        ).run()
    }

    @Test("what the user of the script has set for sqlite3 does not matter to it")
    func ownSettings() async throws {
        try await Installation.with(.sqlite) { installation in
            let directory = installation.directory
            let folder = try await Self.makeFolder(in: installation)
            try await installation.serving { daemon in _ = try await daemon.signUp("grace") }
            // As sqlite3 reads .sqliterc in the folder of its user, which no variable moves.
            try directory.write(".headers on\n", to: "sqliterc")
            try await Command("mkdir", "-p", directory.file("bin")).succeed()
            try directory.write(
                """
                #!/bin/sh
                case " $* " in
                *" -init "*) exec /usr/bin/sqlite3 "$@" ;;
                *) exec /usr/bin/sqlite3 -init \(directory.file("sqliterc")) "$@" ;;
                esac

                """, to: "bin/sqlite3", permissions: 0o755)

            let made = try await installation.shell(
                "\(Self.script) --to \(folder) --sqlite \(directory.file("authd.db"))")

            #expect(made.succeeded && made.output.hasSuffix("; 1 kept, 0 removed\n"), "\(made)")
        }
    }

    @Test("where a backup cannot be made, the script says why in one line, and the earlier ones stay")
    func failures() async throws {
        try await Installation.with(.sqlite) { installation in
            let directory = installation.directory
            let folder = try await Self.makeFolder(in: installation)
            for name in Self.older { try directory.write("x", to: "backups/\(name)") }
            func expect(_ made: Command.Outcome, _ status: Int32, _ words: String) throws {
                #expect(made.end == .exited(status) && made.errors.contains(words), "\(made)")
                #expect(made.errors.hasSuffix("\n") && made.output.isEmpty, "\(made)")
                #expect(try Self.files(in: folder) == Set(Self.older), "\(made)")
            }
            try expect(try await Self.back(up: installation, ["--keep", "1"]), 1, "there is no database at ")
            #expect(!directory.exists("authd.db"))

            try await Command("sqlite3", directory.file("authd.db"), "CREATE TABLE notes (x)").succeed()
            try expect(try await Self.back(up: installation, ["--keep", "1"]), 1, "is no database of authd")
            try await Command("rm", directory.file("authd.db")).succeed()

            try await installation.serving { daemon in _ = try await daemon.signUp("grace") }
            try await Command("chmod", "750", folder).succeed()
            try expect(try await Self.back(up: installation), 1, "closed to others: `chown ")
            try await Command("chmod", "700", folder).succeed()
            var locked = Command(
                "flock", folder + "/.lock", Self.script, "--to", folder, "--sqlite", directory.file("authd.db"))
            locked.directory = folder
            try expect(try await locked.run(), 1, "another backup into ")
            try expect(
                try await Self.back(up: installation, ["--root-key", directory.file("none")]), 1,
                "none cannot be read")

            for (arguments, words) in [
                (["--keep", "0"], "is no number"), (["--keep"], "needs a value"),
                (["--verbose", "1"], "there is no option"),
                (["--postgres", "dbname=authd"], "give one of "), (["--root-key", "authd.db.key"], "begins with /"),
                (["--sqlite", "", "--postgres", "dbname=authd password=x"], "every user can read arguments"),
                (["--sqlite", "", "--postgres", "postgresql://authd:x@db.example.com/authd"], "PGPASSFILE"),
            ] { try expect(try await Self.back(up: installation, arguments), 64, words) }

            try await Command(
                "dd", "if=/dev/zero", "of=\(directory.file("authd.db"))", "bs=4096", "seek=1", "count=6",
                "conv=notrunc",
                "status=none"
            ).succeed()
            let damaged = try await Self.back(up: installation, ["--keep", "1"])
            #expect(damaged.end == .exited(1), "\(damaged)")
            #expect(try Self.files(in: folder) == Set(Self.older), "\(damaged)")
        }
    }
}
