// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Synchronization

extension PostgresCluster {
    static let password = "journeys"
    private static let starting = Task { try await PostgresCluster.started() }
    private static let count = Atomic<Int>(0)

    /// The one that all tests share which do not stop it; the first to ask starts it.
    static var shared: PostgresCluster {
        get async throws { try await starting.value }
    }

    /// Makes a server and waits until it answers.
    ///
    /// With `asksPasswords`, a client that comes over TCP must know the password of the role.
    static func started(asksPasswords: Bool = false) async throws -> PostgresCluster {
        try await started(password: password, asksPasswords: asksPasswords)
    }

    /// Makes an empty database and gives its URL, spelled as for SQLAlchemy.
    func makeDatabase() async throws -> String {
        let name = "journey\(Self.count.add(1, ordering: .relaxed).newValue)"
        try await Self.run("createdb", "-h", directory.path, "-p", "\(port)", "-U", "postgres", "-T", "template0", name)
        return "postgresql+asyncpg://postgres:\(Self.password)@127.0.0.1:\(port)/\(name)"
    }

    /// The name of the database of a URL that `makeDatabase` gave.
    static func databaseName(in url: String) throws(Failure) -> String {
        guard let name = url.split(separator: "/").last else { throw Failure("no database in \(url)") }
        return String(name)
    }

    /// Runs SQL in the database of a URL that `makeDatabase` gave.
    ///
    /// - Returns: The rows that it gives, one a line, columns separated by `|`.
    @discardableResult
    func execute(_ sql: String, in url: String) async throws -> [String] {
        let arguments = try psql(url) + ["-c", sql]
        var command = Command(arguments)
        command.directory = directory.path
        return try await command.succeed().split(separator: "\n").map(String.init)
    }

    /// Opens a session in the database of a URL that `makeDatabase` gave.
    func session(in url: String) async throws -> PostgresSession {
        PostgresSession(
            try ChildProcess(try psql(url), environment: Command.environment, directory: directory.path))
    }

    private func psql(_ url: String) throws -> [String] {
        let name = try Self.databaseName(in: url)
        return UnprivilegedUser.current.wrapping(
            [
                try Self.binary("psql"), "-h", directory.path, "-p", "\(port)", "-U", "postgres", "-d", name, "-XqAt",
                "-v", "ON_ERROR_STOP=1",
            ])
    }

    /// Runs shell text whose programs of PostgreSQL find this server by themselves, with no host or user named.
    func shell(_ text: String, in directory: TemporaryDirectory) async throws -> Command.Outcome {
        var command = Command("sh", "-euc", text)
        command.directory = directory.path
        let programs = URL(fileURLWithPath: try Self.binary("pg_dump")).deletingLastPathComponent().path
        command.environment["PATH"] = programs + ":" + (command.environment["PATH"] ?? "")
        command.environment.merge(
            ["PGHOST": "127.0.0.1", "PGPORT": "\(port)", "PGUSER": "postgres", "PGPASSWORD": Self.password]
        ) { $1 }
        return try await command.run()
    }

    /// Runs SQL as a role, in its own words: how psql ended and what it said.
    func attempt(_ sql: String, as role: String, in database: String) async throws -> Command.Outcome {
        var command = Command(
            UnprivilegedUser.current.wrapping([
                try Self.binary("psql"), "-h", directory.path, "-p", "\(port)", "-U", role, "-d", database, "-XqAt",
                "-v", "ON_ERROR_STOP=1", "-c", sql,
            ]))
        command.directory = directory.path
        return try await command.run()
    }

    /// Runs a script that is made for the first start of the official image of PostgreSQL.
    func initialize(with script: String, _ variables: [String: String]) async throws -> Command.Outcome {
        let folder = try Self.binary("psql").split(separator: "/", omittingEmptySubsequences: false).dropLast()
        var command = Command("sh", script)
        command.environment = Command.environment.merging(variables) { _, new in new }
        command.environment["PATH"] = folder.joined(separator: "/") + ":" + (command.environment["PATH"] ?? "")
        command.environment["PGHOST"] = directory.path
        command.environment["PGPORT"] = "\(port)"
        return try await command.run()
    }

    /// Everything in the database of a URL that `makeDatabase` gave, as text.
    func dump(_ url: String) async throws -> String {
        let name = try Self.databaseName(in: url)
        return try await Self.run("pg_dump", "-h", directory.path, "-p", "\(port)", "-U", "postgres", name)
    }
}
