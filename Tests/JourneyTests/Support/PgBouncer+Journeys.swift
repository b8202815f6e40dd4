// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport

extension PgBouncer {
    /// Starts one in front of the database of a URL that `makeDatabase` gave, as docs/deployment.md says.
    convenience init(_ mode: Mode, to url: String, on cluster: PostgresCluster, sessions: Int) async throws {
        try await self.init(mode, for: PostgresCluster.databaseName(in: url), on: cluster, sessions: sessions)
    }

    /// The way to the database through it.
    var url: String { "postgresql://\(user)@127.0.0.1:\(port)/\(database)" }
}

extension PgBouncer.Mode {
    /// What the daemon must be told.
    var settings: [String: String] {
        switch self {
        case .session: [:]
        case .transaction: ["DB_POOLER": "transaction"]
        }
    }
}
