// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres
import Glibc

/// A PgBouncer that gives out sessions of the shared server.
struct TemporaryPgBouncer {
    /// How it gives out the server's sessions.
    enum Mode: String {
        case session
        case transaction
    }

    private let process: ChildProcess
    private let port: UInt16
    private let database: String
    private let user: String
    private let mode: Mode

    /// Starts it for one database and role, with so many sessions of the server for however many clients.
    static func started(
        for configuration: PostgresConfiguration, mode: Mode = .transaction, sessions: Int = 3
    ) async throws -> TemporaryPgBouncer {
        let user = configuration.user ?? "postgres"
        let places: [String] = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"]
        guard let program = places.first(where: { access($0, X_OK) == 0 }) else {
            throw ChildProcess.Failure(
                description: "This test starts a PgBouncer of its own: install the Debian package pgbouncer.")
        }
        let server = try await TemporaryPostgres.server
        let directory = try UnprivilegedUser.current.makeDirectory()
        let port = try PostgresServer.freePort()
        try UnprivilegedUser.current.write("\"\(user)\" \"\"\n", to: "\(directory)/users")
        try UnprivilegedUser.current.write(
            """
            [databases]
            \(configuration.database) = host=\(server.directory) port=\(server.port) user=\(user)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = trust
            auth_file = \(directory)/users
            pool_mode = \(mode.rawValue)
            default_pool_size = \(sessions)
            max_client_conn = 100

            """, to: "\(directory)/pgbouncer.ini")
        let process = try ChildProcess([program, "\(directory)/pgbouncer.ini"])
        try await process.line(containing: "process up")
        return TemporaryPgBouncer(
            process: process, port: port, database: configuration.database, user: user, mode: mode)
    }

    /// The way to the database through the pooler.
    var configuration: PostgresConfiguration {
        PostgresConfiguration(
            hosts: [.init(name: "127.0.0.1", port: port)], user: user, database: database,
            pooler: mode == .transaction ? .transaction : .none)
    }

    /// Stops it and waits for its end.
    func stop() async {
        process.signal(SIGTERM)
        await process.ended()
    }
}
