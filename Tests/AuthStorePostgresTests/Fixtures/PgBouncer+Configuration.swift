// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres
import AuthTestSupport

extension PgBouncer {
    /// Starts one in front of a database of the shared server.
    static func started(
        for configuration: PostgresConfiguration, mode: Mode = .transaction, sessions: Int = 3
    ) async throws -> PgBouncer {
        try await PgBouncer(
            mode, for: configuration.database, user: configuration.user ?? "postgres",
            on: try await TemporaryPostgres.server, sessions: sessions)
    }

    /// Starts one that has a pool for each database of the shared server that a client names.
    static func started(forEveryDatabaseAs user: String) async throws -> PgBouncer {
        try await PgBouncer(.transaction, for: "*", user: user, on: try await TemporaryPostgres.server, sessions: 3)
    }

    /// The way to the database through the pooler.
    var configuration: PostgresConfiguration { configuration(database) }

    /// The way to one of the databases of a pooler for all of them.
    func configuration(_ database: String) -> PostgresConfiguration {
        PostgresConfiguration(
            hosts: [.init(name: "127.0.0.1", port: port)], user: user, database: database,
            pooler: mode == .transaction ? .transaction : .none)
    }
}
