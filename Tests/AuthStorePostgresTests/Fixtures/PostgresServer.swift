// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres
import Glibc
import Synchronization

/// A PostgreSQL server with a data directory of its own, which a test starts and may stop.
final class PostgresServer: Sendable {
    static let password = "p@ss/word #1"

    let directory: String
    let port: UInt16
    private let settings: [String]
    private let process = Mutex<ChildProcess?>(nil)

    private init(directory: String, port: UInt16, settings: [String]) {
        self.directory = directory
        self.port = port
        self.settings = settings
    }

    /// Makes a server and waits until it answers.
    ///
    /// `preparing` puts files into the server's directory and gives settings.
    static func started(
        preparing: (_ directory: String) async throws -> [String] = { _ in [] }
    ) async throws -> PostgresServer {
        let directory = try UnprivilegedUser.current.makeDirectory()
        try UnprivilegedUser.current.write(password, to: "\(directory)/password")
        try await ChildProcess.run([
            try binary("initdb"), "-D", "\(directory)/data", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N",
            "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile=\(directory)/password",
        ])
        let settings = try await preparing(directory)
        let server = PostgresServer(directory: directory, port: try freePort(), settings: settings)
        try await server.start()
        return server
    }

    /// Starts the server again after `stop`, and waits for the line that says that it answers.
    func start(expecting line: String = "database system is ready to accept") async throws {
        let options = [
            "unix_socket_directories=\(directory)", "listen_addresses=127.0.0.1", "port=\(port)", "fsync=off",
            "max_connections=400", "shared_buffers=64MB", "logging_collector=off", "log_destination=stderr",
            // A session that is cut off should not hold its locks until the end of a long statement.
            "client_connection_check_interval=100",
        ]
        let arguments = (options + settings).flatMap { ["-c", $0] }
        let child = try ChildProcess([try Self.binary("postgres"), "-D", "\(directory)/data"] + arguments)
        try await child.line(containing: line)
        process.withLock { $0 = child }
    }

    /// Makes a copy of this server that follows it, and waits until it answers.
    func standby() async throws -> PostgresServer {
        let directory = try UnprivilegedUser.current.makeDirectory()
        try await ChildProcess.run([
            try Self.binary("pg_basebackup"), "-h", self.directory, "-p", "\(port)", "-U", "postgres", "-D",
            "\(directory)/data", "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
        ])
        let standby = PostgresServer(directory: directory, port: try Self.freePort(), settings: settings)
        try await standby.start(expecting: "database system is ready to accept read-only connections")
        return standby
    }

    /// Stops the server and waits for its end; open sessions are cut off.
    func stop() async {
        let child = process.withLock { $0.take() }
        child?.signal(SIGINT)
        await child?.ended()
    }

    /// The way to a database of this server, through its socket.
    func configuration(_ database: String = "postgres") -> PostgresConfiguration {
        PostgresConfiguration(
            hosts: [.init(name: directory, port: port)], user: "postgres", database: database)
    }

    /// A port that was free a moment ago.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard status else { throw ChildProcess.Failure(description: "no free port") }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func binary(_ name: String) throws -> String {
        guard let directory = binaries else {
            throw ChildProcess.Failure(
                description: "These tests start a PostgreSQL of their own: install the Debian package postgresql.")
        }
        return "\(directory)/\(name)"
    }

    /// Where the newest server's programs are.
    private static let binaries: String? = {
        var found = glob_t()
        defer { globfree(&found) }
        let patterns = ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/bin", "/usr/bin"]
        for pattern in patterns {
            guard glob(pattern, 0, nil, &found) == 0 else { continue }
            let paths = (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
            let complete = paths.filter { access("\($0)/initdb", X_OK) == 0 && access("\($0)/postgres", X_OK) == 0 }
            if let newest = complete.max(by: { version($0) < version($1) }) { return newest }
        }
        return nil
    }()

    private static func version(_ path: String) -> Int {
        Int(path.split(separator: "/").compactMap { Int($0.filter(\.isNumber)) }.first ?? 0)
    }
}
