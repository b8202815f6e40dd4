// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Glibc
internal import Synchronization

/// A PostgreSQL server with a data directory of its own, which a test starts and may stop.
package final class PostgresCluster: Sendable {
    /// The server's folder: its socket, its data and what a test puts there.
    package let directory: TemporaryDirectory
    /// The port on the loopback address.
    package let port: UInt16
    private let settings: [String]
    private let process = Mutex<ChildProcess?>(nil)

    private init(directory: TemporaryDirectory, port: UInt16, settings: [String]) {
        self.directory = directory
        self.port = port
        self.settings = settings
    }

    /// Makes a server and waits until it answers.
    ///
    /// - Parameters:
    ///   - password: That of the role `postgres`.
    ///   - asksPasswords: Whether a client that comes over TCP must know the password of its role.
    ///   - preparing: Puts files into the server's folder and gives settings, such as `wal_level=replica`.
    /// - Returns: The server, which accepts connections on a free port of the loopback address.
    /// - Throws: `Failure` with the output of the program that did not succeed; the error of `preparing`.
    package static func started(
        password: String, asksPasswords: Bool,
        preparing: (_ directory: TemporaryDirectory) async throws -> [String] = { _ in [] }
    ) async throws -> PostgresCluster {
        let directory = try TemporaryDirectory(owner: UnprivilegedUser.current.ids, inMemory: true)
        try directory.writeForOwner(password, to: "password")
        try await run(
            "initdb", "-D", directory.file("data"), "-U", "postgres", "-E", "UTF8", "--locale=C", "-N",
            "--auth-local=trust", "--auth-host=\(asksPasswords ? "scram-sha-256" : "trust")",
            "--pwfile=\(directory.file("password"))")
        let settings = try await preparing(directory)
        let cluster = PostgresCluster(directory: directory, port: try LoopbackSocket.freePort(), settings: settings)
        try await cluster.start()
        return cluster
    }

    /// Starts the server, also again after ``stop()``, and waits for the line that says that it answers.
    package func start(expecting line: String = "database system is ready to accept") async throws {
        let options = [
            "unix_socket_directories=\(directory.path)", "listen_addresses=127.0.0.1", "port=\(port)", "fsync=off",
            "max_connections=200", "shared_buffers=64MB", "max_wal_size=128MB", "logging_collector=off",
            "log_destination=stderr",
        ]
        let arguments = [try Self.binary("postgres"), "-D", directory.file("data")]
        let child = try ChildProcess(
            UnprivilegedUser.current.wrapping(arguments + (options + settings).flatMap { ["-c", $0] }),
            environment: Command.environment, directory: directory.path, limit: 1_200, deathSignal: "QUIT")
        process.withLock { $0 = child }
        let progress = await child.progress { $0.errorText.contains(line) }
        guard progress.end == nil else { throw Failure("PostgreSQL did not start:\n\(progress.errorText)") }
    }

    /// Makes a copy of this server that follows it, and waits until it answers.
    package func standby() async throws -> PostgresCluster {
        let directory = try TemporaryDirectory(owner: UnprivilegedUser.current.ids, inMemory: true)
        try await Self.run(
            "pg_basebackup", "-h", self.directory.path, "-p", "\(port)", "-U", "postgres", "-D", directory.file("data"),
            "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        let standby = PostgresCluster(directory: directory, port: try LoopbackSocket.freePort(), settings: settings)
        try await standby.start(expecting: "database system is ready to accept read-only connections")
        return standby
    }

    /// Stops the server and waits for its end; open sessions are cut off.
    package func stop() async {
        let child = process.withLock { $0.take() }
        child?.signal(SIGINT)
        await child?.ended()
    }

    /// Stops the server for good.
    package func remove() async {
        await stop()
        directory.remove()
    }

    /// Runs a program of PostgreSQL and gives what it wrote to standard output.
    @discardableResult
    package static func run(_ program: String, _ arguments: String...) async throws -> String {
        try await Command(UnprivilegedUser.current.wrapping([try binary(program)] + arguments)).succeed()
    }

    /// Where a program of the newest server is that is installed.
    package static func binary(_ name: String) throws(Failure) -> String {
        guard let folder = binaries else {
            throw Failure("These tests start a PostgreSQL server of their own: install the Debian package postgresql.")
        }
        return "\(folder)/\(name)"
    }

    private static let binaries: String? = {
        var found = glob_t()
        defer { globfree(&found) }
        // Debian's, Red Hat's and others'.
        for pattern in ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin"] {
            _ = glob(pattern, found.gl_pathc > 0 ? GLOB_APPEND : 0, nil, &found)
        }
        let paths = (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
        let onPath = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let whole = { (path: String) in
            ["initdb", "postgres"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(path)/\($0)") }
        }
        return paths.filter(whole).max { version($0) < version($1) }
            ?? (onPath + ["/usr/local/bin", "/usr/bin"]).first(where: whole)
    }()

    private static func version(_ path: String) -> Int {
        path.split(separator: "/").compactMap { Int($0.filter(\.isNumber)) }.first ?? 0
    }
}
