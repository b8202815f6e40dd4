// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// A daemon that serves Supabase's API, with its keys and a mail server behind it.
struct SupabaseStage: Sendable {
    /// Where the application of the tests is; nothing opens it.
    static let site = "http://localhost:3000"

    let installation: Installation
    let daemon: RunningDaemon
    let mail: MailServer
    /// The address under which its users know the daemon.
    let publicURL: String
    let keys: SupabaseKeys

    /// Runs one of the programs in `Clients` that use Supabase's own clients: with what it is to do, the daemon's address and
    /// its keys.
    func client(_ program: String, _ kind: String, _ arguments: String...) async throws -> Command.Outcome {
        let path = AuthdBinary.package.appending(path: "Tests/JourneyTests/Clients/\(program).py").path
        var command = Command(
            [try await TestPython.interpreter(with: "supabase"), "-B", path, kind, publicURL, keys.anon, keys.service]
                + arguments)
        command.limit = 540
        command.directory = installation.directory.path
        return try await command.run()
    }

    /// The events of the audit log with an action, the newest first.
    func audit(_ action: String, outcome: String? = nil) async throws -> [JSONValue] {
        var arguments = ["audit", "list", "--json", "--limit", "500", "--action", action]
        if let outcome { arguments += ["--outcome", outcome] }
        let listed = try await installation.run(arguments)
        try #require(listed.succeeded, "\(listed)")
        return try #require(try JSONValue(parsing: listed.output).array)
    }

    /// Lends one, with changes of its settings.
    static func with(
        _ database: DatabaseKind, _ changes: [String: String] = [:], _ body: (SupabaseStage) async throws -> Void
    ) async throws {
        let (port, mailPort) = (try LoopbackSocket.freePort(), try LoopbackSocket.freePort())
        let settings = Installation.offeringSupabase(port, mailPort: mailPort).merging(changes) { $1 }
        try await Installation.with(database, settings) { installation in
            if database == .postgres, settings["ENVIRONMENT"] == "production" {
                // A start does it in development alone.
                let migrated = try await installation.authd("migrate")
                try #require(migrated.succeeded, "\(migrated)")
            }
            let mail = try await MailServer(port: mailPort, in: installation.directory)
            try await installation.serving { daemon in
                try await body(
                    SupabaseStage(
                        installation: installation, daemon: daemon, mail: mail,
                        publicURL: ProviderStage.localURL(port), keys: try await installation.supabaseKeys()))
            }
            await mail.stop()
        }
    }
}

/// What `authd supabase keys` prints.
struct SupabaseKeys: Sendable {
    let anon: String
    let service: String

    /// Reads `anon TEXT` and `service_role TEXT`, a line each.
    init(_ output: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let words = output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        try #require(
            words.map(\.first) == ["anon", "service_role"] && words.allSatisfy { $0.count == 2 },
            "\(output.utf8.count) bytes", sourceLocation: sourceLocation)
        anon = words[0][1]
        service = words[1][1]
    }
}

extension Installation {
    /// Settings of a daemon for Supabase's clients: no limits, and quick password hashes.
    static func offeringSupabase(_ port: UInt16, mailPort: UInt16) -> [String: String] {
        offeringProviders(port, ProviderStage.localURL(port)).merging([
            "SUPABASE_API": "true", "SUPABASE_SITE_URL": SupabaseStage.site, "SUPABASE_ANONYMOUS": "true",
            "SUPABASE_MANUAL_LINKING": "true", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": "\(mailPort)",
            "SMTP_SECURITY": "none", "EMAILS_FROM_EMAIL": "accounts@example.com",
        ]) { $1 }
    }

    /// Makes the keys of the installation, or gives those that are there.
    func supabaseKeys(
        _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> SupabaseKeys {
        let made = try await run(["supabase", "keys"] + arguments)
        try #require(made.succeeded, "\(made.errors)", sourceLocation: sourceLocation)
        return try SupabaseKeys(made.output, sourceLocation: sourceLocation)
    }

    /// The file of the letters that the mail server of a stage has taken.
    var letters: String { directory.file("letters") }
}
