// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Glibc
internal import Synchronization

/// A PgBouncer that gives out a few sessions of a server to however many clients.
package final class PgBouncer: Sendable {
    /// How it gives out the server's sessions.
    package enum Mode: String, CaseIterable, CustomStringConvertible, Sendable {
        case session
        case transaction

        package var description: String { rawValue }
    }

    package let mode: Mode
    package let database: String
    package let user: String
    /// The port on the loopback address.
    package let port: UInt16
    private let directory: TemporaryDirectory
    private let process = Mutex<ChildProcess?>(nil)

    /// Starts it for one database of a server, or for `*` each that a client names, and one role, which needs no password.
    package init(
        _ mode: Mode, for database: String, user: String = "postgres", on server: PostgresCluster, sessions: Int
    ) async throws {
        self.mode = mode
        self.database = database
        self.user = user
        directory = try TemporaryDirectory(owner: UnprivilegedUser.current.ids)
        port = try LoopbackSocket.freePort()
        try directory.writeForOwner("\"\(user)\" \"\"\n", to: "users")
        try directory.writeForOwner(
            """
            [databases]
            \(database) = host=\(server.directory.path) port=\(server.port) user=\(user)
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
        try await start()
    }

    /// Starts it, also again after ``stop()``, and waits until it answers.
    package func start() async throws {
        let places = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"]
        guard let program = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw Failure("This test starts a PgBouncer of its own: install the Debian package pgbouncer.")
        }
        let child = try ChildProcess(
            UnprivilegedUser.current.wrapping([program, directory.file("pgbouncer.ini")]),
            environment: Command.environment, directory: directory.path, limit: 1_200)
        process.withLock { $0 = child }
        let progress = await child.progress { $0.errorText.contains("process up") }
        guard progress.end == nil else { throw Failure("PgBouncer did not start:\n\(progress.errorText)") }
    }

    /// Stops it at once and waits for its end; every connection is cut off.
    package func stop() async {
        let child = process.withLock { $0.take() }
        child?.signal(SIGTERM)
        await child?.ended()
    }

    /// Stops it for good.
    package func remove() async {
        await stop()
        directory.remove()
    }
}
