// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Glibc
import Synchronization
import Testing

/// A PgBouncer in front of the shared server, set up as docs/deployment.md says.
final class TemporaryPooler: Sendable {
    /// How it gives out the server's sessions.
    enum Mode: String, CaseIterable, CustomTestStringConvertible {
        case session
        case transaction

        var testDescription: String { rawValue }

        /// What the daemon must be told.
        var settings: [String: String] {
            switch self {
            case .session: [:]
            case .transaction: ["DB_POOLER": "transaction"]
            }
        }
    }

    private let directory: TemporaryDirectory
    private let port: UInt16
    private let process = Mutex<ChildProcess?>(nil)

    /// Starts it in front of the database of a URL that `makeDatabase` gave.
    init(_ mode: Mode, to url: String, on cluster: PostgresCluster, sessions: Int) async throws {
        directory = try TemporaryDirectory(owner: UnprivilegedUser.current.ids)
        port = try LoopbackSocket.freePort()
        let name = url.split(separator: "/").last.map(String.init) ?? ""
        try directory.writeForOwner("\"postgres\" \"\"\n", to: "users")
        try directory.writeForOwner(
            """
            [databases]
            \(name) = host=127.0.0.1 port=\(cluster.port) user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = trust
            auth_file = \(directory.file("users"))
            pool_mode = \(mode.rawValue)
            default_pool_size = \(sessions)

            """, to: "pgbouncer.ini")
        self.url = "postgresql://postgres@127.0.0.1:\(port)/\(name)"
        try await start()
    }

    /// The way to the database through it.
    let url: String

    /// Starts it, also again after `stop`.
    func start() async throws {
        let places = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"]
        guard let program = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw Failure("This test starts a PgBouncer of its own: install the Debian package pgbouncer.")
        }
        let child = try ChildProcess(
            UnprivilegedUser.current.wrapping([program, directory.file("pgbouncer.ini")]),
            environment: Command.environment, directory: directory.path, limit: 600)
        process.withLock { $0 = child }
        let progress = await child.progress { $0.errorText.contains("process up") }
        guard progress.end == nil else { throw Failure("PgBouncer did not start:\n\(progress.errorText)") }
    }

    /// Stops it at once and waits for its end; every connection is cut off.
    func stop() async {
        let child = process.withLock { $0.take() }
        child?.signal(SIGTERM)
        await child?.ended()
    }

    /// Stops it for good.
    func remove() async {
        await stop()
        directory.remove()
    }
}
