// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// A PostgreSQL server with a data directory of its own, which a test starts and may stop.
final class TemporaryPostgresCluster: Sendable {
    private let directory: TemporaryDirectory
    let port: UInt16
    private let user: UnprivilegedUser
    private let process = Mutex<ChildProcess?>(nil)
    private let count = Atomic<Int>(0)

    static let password = "journeys"
    private static let starting = Task { try await TemporaryPostgresCluster.started() }

    /// The one that all tests share which do not stop it; the first to ask starts it.
    static var shared: TemporaryPostgresCluster {
        get async throws { try await starting.value }
    }

    private init(directory: TemporaryDirectory, port: UInt16, user: UnprivilegedUser) {
        self.directory = directory
        self.port = port
        self.user = user
    }

    /// Makes a server and waits until it answers.
    ///
    /// - Parameter asksPasswords: Whether who comes over TCP must know the password of the role.
    static func started(asksPasswords: Bool = false) async throws -> TemporaryPostgresCluster {
        let user = UnprivilegedUser.current
        let directory = try TemporaryDirectory(owner: user.ids)
        let cluster = TemporaryPostgresCluster(directory: directory, port: try LoopbackSocket.freePort(), user: user)
        try directory.write(password, to: "password")
        if let ids = user.ids { chown(directory.file("password"), ids.user, ids.group) }
        try await cluster.run(
            "initdb", "-D", directory.file("data"), "-U", "postgres", "-E", "UTF8", "--locale=C", "-N",
            "--auth-local=trust", "--auth-host=\(asksPasswords ? "scram-sha-256" : "trust")",
            "--pwfile=\(directory.file("password"))")
        try await cluster.start()
        return cluster
    }

    /// Starts the server, also again after `stop`.
    func start() async throws {
        let settings = [
            "unix_socket_directories=\(directory.path)", "listen_addresses=127.0.0.1", "port=\(port)", "fsync=off",
            "max_connections=200", "shared_buffers=64MB", "logging_collector=off", "log_destination=stderr",
        ]
        let arguments = [try await binary("postgres"), "-D", directory.file("data")] + settings.flatMap { ["-c", $0] }
        let child = try ChildProcess(
            user.wrapping(arguments), environment: Command.environment, directory: directory.path, limit: 1_200,
            deathSignal: "QUIT")
        process.withLock { $0 = child }
        let progress = await child.progress { $0.errorText.contains("ready to accept connections") }
        guard progress.end == nil else { throw Failure("PostgreSQL did not start:\n\(progress.errorText)") }
    }

    /// Stops the server and waits for its end; open sessions are cut off.
    func stop() async {
        let child = process.withLock { $0.take() }
        child?.signal(SIGINT)
        await child?.ended()
    }

    /// Stops the server for good.
    func remove() async {
        await stop()
        directory.remove()
    }

    /// Makes an empty database and gives its URL, spelled as for SQLAlchemy.
    func makeDatabase() async throws -> String {
        let name = "journey\(count.add(1, ordering: .relaxed).newValue)"
        try await run("createdb", "-h", directory.path, "-p", "\(port)", "-U", "postgres", "-T", "template0", name)
        return "postgresql+asyncpg://postgres:\(Self.password)@127.0.0.1:\(port)/\(name)"
    }

    /// Runs SQL in the database of a URL that `makeDatabase` gave.
    ///
    /// - Returns: The rows that it gives, one a line, columns separated by `|`.
    @discardableResult
    func execute(_ sql: String, in url: String) async throws -> [String] {
        let arguments = try await psql(url) + ["-c", sql]
        var command = Command(arguments)
        command.directory = directory.path
        return try await command.succeed().split(separator: "\n").map(String.init)
    }

    /// Opens a session in the database of a URL that `makeDatabase` gave.
    func session(in url: String) async throws -> PostgresSession {
        PostgresSession(
            try ChildProcess(try await psql(url), environment: Command.environment, directory: directory.path))
    }

    private func psql(_ url: String) async throws -> [String] {
        let name = url.split(separator: "/").last.map(String.init) ?? ""
        return user.wrapping(
            [
                try await binary("psql"), "-h", directory.path, "-p", "\(port)", "-U", "postgres", "-d", name, "-XqAt",
                "-v", "ON_ERROR_STOP=1",
            ])
    }

    /// Runs shell text whose programs of PostgreSQL find this server by themselves, with no host or user named.
    func shell(_ text: String, in directory: TemporaryDirectory) async throws -> Command.Outcome {
        var command = Command("sh", "-euc", text)
        command.directory = directory.path
        let programs = URL(fileURLWithPath: try await binary("pg_dump")).deletingLastPathComponent().path
        command.environment["PATH"] = programs + ":" + (command.environment["PATH"] ?? "")
        command.environment.merge(
            ["PGHOST": "127.0.0.1", "PGPORT": "\(port)", "PGUSER": "postgres", "PGPASSWORD": Self.password]
        ) { $1 }
        return try await command.run()
    }

    /// Runs SQL as a role, in its own words: how psql ended and what it said.
    func attempt(_ sql: String, as role: String, in database: String) async throws -> Command.Outcome {
        var command = Command(
            user.wrapping([
                try await binary("psql"), "-h", directory.path, "-p", "\(port)", "-U", role, "-d", database, "-XqAt",
                "-v", "ON_ERROR_STOP=1", "-c", sql,
            ]))
        command.directory = directory.path
        return try await command.run()
    }

    /// Runs a script that is made for the first start of the official image of PostgreSQL.
    func initialize(with script: String, _ variables: [String: String]) async throws -> Command.Outcome {
        let folder = try await binary("psql").split(separator: "/", omittingEmptySubsequences: false).dropLast()
        var command = Command("sh", script)
        command.environment = Command.environment.merging(variables) { _, new in new }
        command.environment["PATH"] = folder.joined(separator: "/") + ":" + (command.environment["PATH"] ?? "")
        command.environment["PGHOST"] = directory.path
        command.environment["PGPORT"] = "\(port)"
        return try await command.run()
    }

    /// Everything in the database of a URL that `makeDatabase` gave, as text.
    func dump(_ url: String) async throws -> String {
        let name = url.split(separator: "/").last.map(String.init) ?? ""
        return try await run("pg_dump", "-h", directory.path, "-p", "\(port)", "-U", "postgres", name)
    }

    @discardableResult
    private func run(_ program: String, _ arguments: String...) async throws -> String {
        var command = Command(user.wrapping([try await binary(program)] + arguments))
        command.directory = directory.path
        return try await command.succeed()
    }

    /// Where a program of the newest server is that is installed.
    private func binary(_ name: String) async throws -> String {
        var folders: [String] = []
        if let folder = try? await Command("pg_config", "--bindir").succeed() {
            folders.append(folder.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        folders += versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
        // `pg_config` also comes with libpq-dev alone, and then names a folder without a server.
        let whole = folders.first { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }
        guard let whole else {
            throw Failure("These tests start a PostgreSQL server of their own: install the Debian package postgresql.")
        }
        return "\(whole)/\(name)"
    }
}
