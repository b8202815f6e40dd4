// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// A copy of a database full of mails that were not sent yet, in the hands of one who has no root key.
@Suite("Copies of a database with undelivered mails", .oneAtATime, .timeLimit(.minutes(10)))
struct DatabaseCopyTests {
    /// The mails that wait in the copy; `AUTHD_COPY_MAILS=1000` makes so many.
    private static let mails = ProcessInfo.processInfo.environment["AUTHD_COPY_MAILS"].flatMap { Int($0) } ?? 160
    /// What is asked for, one after the other.
    private static let actions: [MailAction] = [.reset, .signIn, .unlock, .verify]
    /// Mails that an administrator sends to addresses of their own, and that have no handle and no code: a request for each.
    private static let administrative:
        [@Sendable (RunningDaemon, _ token: String, _ email: String) -> Clients.Request] =
            Array(repeating: { $0.inviting($2, token: $1) }, count: mails / 4)
    private static let otherRootKey = "93b5e7c04a1df268501c7d9e46af82b3d03e6f15c98a274b7c60d12f5e94a8b6"

    @Test("a copy with undelivered mails has nothing that redeems one", arguments: DatabaseKind.allCases)
    func structure(of database: DatabaseKind) async throws {
        let port = try LoopbackSocket.freePort()
        let settings = Installation.mailing.merging([
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": "\(port)", "SMTP_SECURITY": "none",
            "EMAILS_FROM_EMAIL": "accounts@example.com", "TRUSTED_PROXIES": "127.0.0.1",
        ]) { $1 }
        try await Installation.with(database, settings) { installation in
            if database == .postgres {
                let migrated = try await installation.authd("migrate")
                try #require(migrated.succeeded, "\(migrated)")
            }
            let pending = try await installation.serving { daemon in
                try await Self.fill(installation, at: daemon)
            }
            let sent = Self.mails
            try await installation.copy(to: "late")
            try await Self.expectNothing(of: installation, pending, port)

            // What was and will be valid: the texts of the mails, which the owner of the root key makes from the same rows.
            let server = try await MailServer(port: port, in: installation.directory)
            let letters = try await installation.serving { _ in try await server.letters(atLeast: sent) }
            await server.stop()
            let tokens = letters.compactMap(\.token)
            let codes = letters.compactMap(\.code)
            #expect(Set(tokens).count == sent && codes.count >= pending.count)
            let secrets = tokens + codes + pending.map(\.handle)
            #expect(try await installation.secrets(secrets, in: ["early", "late"]) == [])

            // The same search finds what does stand there, and what would.
            let recipients = Set(pending.map(\.email))
            let late = try Data(contentsOf: URL(fileURLWithPath: installation.directory.file("late")))
            #expect(recipients.allSatisfy { late.firstRange(of: Data($0.utf8)) != nil })
            try installation.directory.write("… \(codes[0].replacing("-", with: "").lowercased()) …", to: "planted")
            #expect(try await installation.secrets(secrets, in: ["planted"]).count == 1)
        }
    }

    /// Has mails wait, and copies the database twice: with the requests that wait, and with the mails.
    private static func fill(_ installation: Installation, at daemon: RunningDaemon) async throws -> [PendingAction] {
        let users = (0..<6).map { "ada-\($0)" }
        let registered = try await Clients.send(
            users.map { daemon.registeringAddress(of: $0) }, clients: 4, in: installation.directory)
        try #require(registered.allSatisfy { $0.status == 201 }, "\(registered)")
        let wanted = (0..<mails - administrative.count).map {
            (actions[$0 % actions.count], users[$0 / actions.count % users.count])
        }
        let answers = try await Clients.send(
            wanted.enumerated().map { number, one in
                // A source may have twenty requests wait, so each comes from another.
                daemon.asking(for: one.0, of: one.1, from: "10.0.\(number / 250).\(number % 250)")
            }, clients: 12, in: installation.directory)
        if !administrative.isEmpty {
            let root = try await installation.administrator(of: daemon)
            let made = administrative.enumerated().map { $1(daemon, root.access, "carl-\($0)@example.com") }
            let answers = try await Clients.send(made, clients: 1, in: installation.directory)
            try #require(answers.allSatisfy { $0.status == 201 }, "\(answers)")
        }
        try await installation.copy(to: "early")
        let pending = try zip(wanted, answers).map { try PendingAction($0.0, of: $0.1, $1) }
        while try await installation.outbox("--state", "due").count < mails {}
        return pending
    }

    /// Has another daemon serve the copy with a root key of its own.
    private static func expectNothing(
        of original: Installation, _ pending: [PendingAction], _ port: UInt16
    ) async throws {
        let kind: DatabaseKind = original.settings["DATABASE_URL"] == nil ? .sqlite : .postgres
        try await Installation.with(kind) { copy in
            let stolen = try await original.restore("late", into: copy).with(["ROOT_KEY": otherRootKey])
            let refused = try await stolen.authd("serve")
            #expect(refused.end == .exited(78), "\(refused)")
            #expect(refused.errors.contains("ROOT_KEY is not the root key"), "\(refused)")

            // It is an attacker's to remove what the start is refused for; the texts of the mails it cannot make.
            guard kind == .sqlite else { return }
            try await Command(
                "sqlite3", stolen.directory.file("authd.db"), "DELETE FROM settings; DELETE FROM signing_keys"
            ).succeed()
            let server = try await MailServer(port: port, in: copy.directory)
            try await stolen.serving { daemon in
                while try await !stolen.outbox("--state", "due").isEmpty {}
                #expect(try server.lettersSoFar().isEmpty)
                for one in pending.suffix(actions.count) {
                    let tried = try await daemon.complete(one.action, handle: one.handle, code: "2222-2222")
                    #expect(tried.status == 400, "\(tried)")
                }
            }
            await server.stop()
        }
    }
}

extension RunningDaemon {
    /// Invites an address.
    fileprivate func inviting(_ email: String, token: String) -> Clients.Request {
        .init(
            base: base, method: "POST", path: "/auth/invitations", token: token, json: #"{"email":"\#(email)"}"#,
            keepsBody: true)
    }
}

extension Installation {
    /// Writes all of the database into a file, as its own tool does.
    fileprivate func copy(to name: String) async throws {
        if let url = settings["DATABASE_URL"] {
            try directory.write(try await PostgresCluster.shared.dump(url), to: name)
        } else {
            let path = directory.file(name)
            try await Command("sqlite3", directory.file("authd.db"), ".backup '\(path)'").succeed()
        }
    }

    /// Brings such a file into the empty database of another installation.
    ///
    /// - Returns: The other one, with the settings of this one.
    fileprivate func restore(_ name: String, into copy: Installation) async throws -> Installation {
        var settings = settings
        settings["PORT"] = "0"
        if let url = copy.settings["DATABASE_URL"] {
            settings["DATABASE_URL"] = url
            let database = try PostgresCluster.databaseName(in: url)
            let restored = try await PostgresCluster.shared.shell(
                "psql -X -q -v ON_ERROR_STOP=1 -d \(database) -f \(directory.file(name))", in: directory)
            guard restored.succeeded else { throw Failure("\(restored)") }
        } else {
            try FileManager.default.copyItem(atPath: directory.file(name), toPath: copy.directory.file("authd.db"))
        }
        return Installation(directory: copy.directory, settings: settings)
    }

    /// What of secrets is found in files of this folder, in any spelling.
    fileprivate func secrets(_ secrets: [String], in names: [String]) async throws -> [String] {
        let list = String(decoding: try JSONEncoder().encode(secrets), as: UTF8.self)
        try directory.write(list, to: "secrets.json")
        let program = AuthdBinary.package.appending(path: "Tests/JourneyTests/Clients/find_secrets.py").path
        let found = try await Command(
            ["python3", program, directory.file("secrets.json")] + names.map { directory.file($0) }
        ).succeed().split(separator: "\n").map(String.init)
        guard let spellings = found.first.flatMap({ Int($0) }), spellings > secrets.count else {
            throw Failure("no spellings: \(found)")
        }
        return Array(found.dropFirst())
    }
}
