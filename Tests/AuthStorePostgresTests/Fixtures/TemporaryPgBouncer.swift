// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres
import Glibc

/// A PgBouncer that gives out sessions of the shared server by transaction.
struct TemporaryPgBouncer {
    private let process: ChildProcess
    private let port: UInt16
    private let database: String

    /// Starts it for one database, with three sessions of the server for however many clients.
    static func started(for configuration: PostgresConfiguration) async throws -> TemporaryPgBouncer {
        let places: [String] = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"]
        guard let program = places.first(where: { access($0, X_OK) == 0 }) else {
            throw ChildProcess.Failure(
                description: "This test starts a PgBouncer of its own: install the Debian package pgbouncer.")
        }
        let server = try await TemporaryPostgres.server
        let directory = try UnprivilegedUser.current.makeDirectory()
        let port = try PostgresServer.freePort()
        try UnprivilegedUser.current.write("\"postgres\" \"\"\n", to: "\(directory)/users")
        try UnprivilegedUser.current.write(
            """
            [databases]
            \(configuration.database) = host=\(server.directory) port=\(server.port) user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = trust
            auth_file = \(directory)/users
            pool_mode = transaction
            default_pool_size = 3
            max_client_conn = 100

            """, to: "\(directory)/pgbouncer.ini")
        let process = try ChildProcess([program, "\(directory)/pgbouncer.ini"])
        try await process.line(containing: "process up")
        return TemporaryPgBouncer(process: process, port: port, database: configuration.database)
    }

    /// The way to the database through the pooler.
    var configuration: PostgresConfiguration {
        PostgresConfiguration(
            hosts: [.init(name: "127.0.0.1", port: port)], user: "postgres", database: database, pooler: .transaction)
    }

    /// Stops it and waits for its end.
    func stop() async {
        process.signal(SIGTERM)
        await process.ended()
    }
}
