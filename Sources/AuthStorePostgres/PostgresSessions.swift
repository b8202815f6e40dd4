// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthStore
import AuthStoreSQL

/// A transaction of another session on the database, as the server shows it.
package struct PostgresTransaction: Hashable, Sendable {
    /// The server's process; 0 for a prepared transaction.
    package var process: Int64
    /// What the client calls itself, or the name of the prepared transaction: text of strangers.
    package var name: String
    /// `active`, `idle in transaction` and so on, or `prepared`; empty where the role may not see it.
    package var state: String
    /// `nil` where the role may not see it.
    package var began: Timestamp?
    /// By the server's clock; zero where ``began`` is not known.
    package var age: Duration
    package var waitsForLock: Bool
    /// The first of the processes that hold what it waits for; 0 for a prepared transaction.
    package var blocker: Int64?

    package init(
        process: Int64, name: String, state: String, began: Timestamp?, age: Duration, waitsForLock: Bool = false,
        blocker: Int64? = nil
    ) {
        self.process = process
        self.name = name
        self.state = state
        self.began = began
        self.age = age
        self.waitsForLock = waitsForLock
        self.blocker = blocker
    }
}

/// Sessions of daemons on the database that have a name and an address in common.
package struct PostgresDaemonSessions: Hashable, Sendable {
    /// As ``PostgresConfiguration/programName(issuer:)`` makes it: text of strangers.
    package var name: String
    /// Empty for a socket of the server's host.
    package var address: String

    package init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}

extension PostgresDriver {
    private static let transactions = SQL(
        """
        SELECT a.pid::bigint, COALESCE(a.application_name, ''), COALESCE(a.state, ''), \
        (EXTRACT(EPOCH FROM a.xact_start) * 1000000)::bigint, \
        COALESCE(EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - a.xact_start), 0)::bigint, w.waits, \
        CASE WHEN w.waits THEN (pg_catalog.pg_blocking_pids(a.pid))[1]::bigint END \
        FROM pg_catalog.pg_stat_activity a CROSS JOIN LATERAL \
        (SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid = a.pid AND NOT l.granted) AS waits) w \
        WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() \
        AND (a.xact_start IS NOT NULL OR w.waits) \
        UNION ALL \
        SELECT 0::bigint, p.gid, 'prepared', (EXTRACT(EPOCH FROM p.prepared) * 1000000)::bigint, \
        EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - p.prepared)::bigint, false, NULL::bigint \
        FROM pg_catalog.pg_prepared_xacts p WHERE p.database = pg_catalog.current_database() \
        LIMIT 500
        """)

    private static let daemons = SQL(
        """
        SELECT DISTINCT a.application_name, COALESCE(pg_catalog.host(a.client_addr), '') \
        FROM pg_catalog.pg_stat_activity a WHERE a.datname = pg_catalog.current_database() \
        AND a.application_name LIKE $1 LIMIT 100
        """)

    private static let encryption = SQL(
        """
        SELECT COALESCE((SELECT s.ssl FROM pg_catalog.pg_stat_ssl s WHERE s.pid = pg_catalog.pg_backend_pid()), false)
        """)

    /// The transactions of other sessions on the database, 500 at most; one statement.
    ///
    /// Of sessions of roles that this one is no member of, the server shows only whether they wait.
    ///
    /// - Throws: `.unavailable`, `.denied`.
    package func transactions() async throws(StoreError) -> [PostgresTransaction] {
        try await perform(
            SQLOperation(
                .read,
                .run(Statement(Self.transactions)) { (result) throws(StoreError) in
                    var transactions: [PostgresTransaction] = []
                    for row in result.rows {
                        transactions.append(
                            PostgresTransaction(
                                process: try row.int64(0), name: try row.text(1), state: try row.text(2),
                                began: try row.optionalTime(3), age: .seconds(try row.int64(4)),
                                waitsForLock: try row.bool(5), blocker: try row.optionalInt64(6)))
                    }
                    return .commit([], transactions)
                }))
    }

    /// The sessions of daemons that name their issuer, of this role; one statement.
    ///
    /// - Throws: `.unavailable`, `.denied`.
    package func daemonSessions() async throws(StoreError) -> [PostgresDaemonSessions] {
        let daemons = Statement(Self.daemons, [.text(PostgresConfiguration.programPrefix + "%")])
        return try await perform(
            SQLOperation(
                .read,
                .run(daemons) { (result) throws(StoreError) in
                    var sessions: [PostgresDaemonSessions] = []
                    for row in result.rows {
                        sessions.append(PostgresDaemonSessions(name: try row.text(0), address: try row.text(1)))
                    }
                    return .commit([], sessions)
                }))
    }

    /// Whether the server, or the pooler in front of it, speaks TLS with its client; one statement.
    ///
    /// - Throws: `.unavailable`, `.denied`.
    package func isEncrypted() async throws(StoreError) -> Bool {
        try await perform(
            SQLOperation(
                .read,
                .run(Statement(Self.encryption)) { (result) throws(StoreError) in
                    guard let row = result.first else { throw .corrupt("the session has no state") }
                    return .commit([], try row.bool(0))
                }))
    }
}

extension PostgresConfiguration {
    /// What the names of daemons begin with at the server, before their issuer.
    package static let programPrefix = "authd serve "

    /// What the sessions of a daemon are called at the server, unless the URL or `PGAPPNAME` says otherwise.
    ///
    /// The server keeps 63 octets.
    package static func programName(issuer: String) -> String {
        String(decoding: (programPrefix + issuer).utf8.prefix(63), as: UTF8.self)
    }
}
