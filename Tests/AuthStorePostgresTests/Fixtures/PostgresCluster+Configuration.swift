// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres
import AuthTestSupport

extension PostgresCluster {
    static let password = "p@ss/word #1"

    /// Makes a server that asks for passwords, and waits until it answers.
    ///
    /// `preparing` puts files into the server's folder and gives settings.
    static func started(
        preparing: (_ directory: TemporaryDirectory) async throws -> [String] = { _ in [] }
    ) async throws -> PostgresCluster {
        try await started(password: password, asksPasswords: true) { directory in
            // A session that is cut off should not hold its locks until the end of a long statement.
            try await preparing(directory) + ["max_connections=400", "client_connection_check_interval=100"]
        }
    }

    /// The way to a database of this server, through its socket.
    func configuration(_ database: String = "postgres") -> PostgresConfiguration {
        PostgresConfiguration(
            hosts: [.init(name: directory.path, port: port)], user: "postgres", database: database)
    }
}
