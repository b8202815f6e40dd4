// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres
import AuthTestSupport
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
            throw Failure("This test starts a PgBouncer of its own: install the Debian package pgbouncer.")
        }
        let server = try await TemporaryPostgres.server
        let directory = try TemporaryDirectory(owner: UnprivilegedUser.current.ids)
        let port = try LoopbackSocket.freePort()
        try directory.writeForOwner("\"\(user)\" \"\"\n", to: "users")
        try directory.writeForOwner(
            """
            [databases]
            \(configuration.database) = host=\(server.directory.path) port=\(server.port) user=\(user)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = trust
            auth_file = \(directory.file("users"))
            pool_mode = \(mode.rawValue)
            default_pool_size = \(sessions)
            max_client_conn = 100

            """, to: "pgbouncer.ini")
        let process = try ChildProcess(
            UnprivilegedUser.current.wrapping([program, directory.file("pgbouncer.ini")]),
            environment: Command.environment, directory: directory.path, limit: 1_200)
        let progress = await process.progress { $0.errorText.contains("process up") }
        guard progress.end == nil else { throw Failure("PgBouncer did not start:\n\(progress.errorText)") }
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
