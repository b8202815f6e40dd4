// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Glibc
import Testing

/// A new installation, and who finds its settings.
@Suite("The settings of a new installation", .oneAtATime, .timeLimit(.minutes(10)))
struct InitTests {
    private static let bare = ["ENVIRONMENT": "", "PORT": "", "SHUTDOWN_DELAY_SECONDS": "", "DATABASE_URL": ""]
    private static let address = ["--public-url", "https://id.example.com"]

    @Test(
        "that `authd init` writes pass `authd config check`, and differ from the defaults by what the shape means",
        arguments: [
            ("development", ["DATABASE_URL=sqlite:///authd.db", "ENVIRONMENT=development"]),
            (
                "single",
                [
                    "DATABASE_URL=sqlite:///authd.db", "PUBLIC_URL=https://id.example.com", "ROOT_KEY_FILE=",
                    "TRUSTED_PROXIES=127.0.0.1",
                ]
            ),
            (
                "postgres",
                [
                    "DATABASE_URL=postgresql://authd@localhost/authd", "PUBLIC_URL=https://id.example.com",
                    "ROOT_KEY_FILE=", "TRUSTED_PROXIES=127.0.0.1",
                ]
            ),
        ])
    func shapes(_ shape: String, _ lines: [String]) async throws {
        try await Installation.with(.sqlite, Self.bare) { installation in
            let made = try await installation.run(["init", shape] + (shape == "development" ? [] : Self.address))
            #expect(made.succeeded, "\(made)")
            let checked = try await installation.authd("config", "check")
            #expect(checked.succeeded && checked.output.hasSuffix("\nusable: yes\n"), "\(checked)")
            #expect(
                checked.errors.contains("authd: settings from \(installation.directory.file(".env"))\n"), "\(checked)")
            let values = checked.output.split(separator: "\n").filter { $0.hasSuffix(" (file)") }
            #expect(values.count == lines.count, "\(checked)")
            for line in lines { #expect(values.contains { $0.hasPrefix(line) }, "\(line): \(checked)") }
        }
    }

    @Test("that `authd init postgres` writes are enough for a daemon, once the database is migrated")
    func postgres() async throws {
        try await Installation.with(.postgres, ["ENVIRONMENT": "", "PORT": ""]) { installation in
            let made = try await installation.run(["init", "postgres", "--port", "0"] + Self.address)
            #expect(made.succeeded, "\(made)")
            let early = try await installation.authd("serve")
            #expect(early.end == .exited(1) && early.errors.contains("authd migrate"), "\(early)")
            let migrated = try await installation.authd("migrate")
            #expect(migrated.succeeded, "\(migrated)")
            try await installation.serving { daemon in
                try await daemon.send("GET", "/health/database").expect(200)
                _ = try await daemon.signUp("grace")
            }
        }
    }

    @Test("are found by an ordinary user who may read them, and never pass for absent where the user may not")
    func ordinaryUser() async throws {
        let user = UnprivilegedUser.nobody
        try await Installation.with(.sqlite) { installation in
            func own(_ name: String, by ids: (user: uid_t, group: gid_t)?) throws {
                guard let ids else { return }
                try FileManager.default.setAttributes(
                    [.ownerAccountID: Int(ids.user), .groupOwnerAccountID: Int(ids.group)],
                    ofItemAtPath: installation.directory.file(name))
            }
            func check() async throws -> Command.Outcome {
                var command = Command(user.wrapping([try AuthdBinary.path, "config", "check"], deathSignal: "KILL"))
                command.environment = installation.environment
                command.directory = installation.directory.path
                return try await command.run()
            }
            try own("", by: user.ids)
            let path = installation.directory.file(".env")

            try installation.directory.write("APP_NAME=Notes\n", to: ".env", permissions: 0o000)
            let unreadable = try await check()
            #expect(unreadable.end == .exited(78), "\(unreadable)")
            #expect(
                unreadable.errors.contains("The settings file \(path) cannot be read: Permission denied. "),
                "\(unreadable)")

            try await Command("chmod", "600", path).succeed()
            try own(".env", by: user.ids)
            let readable = try await check()
            #expect(readable.succeeded && readable.output.contains("APP_NAME=Notes (file)"), "\(readable)")

            // Where the tests run as root, the file can be another user's.
            guard user.ids != nil else { return }
            try await Command("chmod", "644", path).succeed()
            try own(".env", by: (user: 1, group: 1))
            let foreign = try await check()
            #expect(foreign.end == .exited(78), "\(foreign)")
            #expect(
                foreign.errors.contains("The settings file \(path) belongs to another user and is not used"),
                "\(foreign)")
        }
    }
}
