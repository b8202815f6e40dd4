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

    /// The way to the database through the pooler.
    var configuration: PostgresConfiguration {
        PostgresConfiguration(
            hosts: [.init(name: "127.0.0.1", port: port)], user: user, database: database,
            pooler: mode == .transaction ? .transaction : .none)
    }
}
