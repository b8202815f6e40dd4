// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQL

/// Settings of a session on which the meaning of the driver's statements depends, whatever the server, the database,
/// the role, the URL or another user of a pooled session has set.
///
/// - A search path that finds nothing but what the server brings: names in our statements are qualified, and an operator of
///   a schema that others may write to must not be able to stand in for one of the server's.
/// - The rules by which transactions see each other, write, commit and end: our locks assume read committed.
/// - `synchronous_commit` is at least `on`, unless the URL itself asks for less.
/// - Warnings arrive, because one may say that a commit is not what it should be.
/// - Row-level security filters, foreign keys hold, text is written in one way, and a plan is not compiled.
///
/// A session that may not set one of them is of no use, and opening it fails. A session that keeps them sets them once, without
/// a statement in each transaction: what was set in a session outweighs the server's file, also when it is read again, and
/// changes of a database or a role hold for later sessions alone, which set them too.
enum SessionSettings {
    /// Applies them: to the rest of the transaction, where they are not as they should be, or to the session.
    ///
    /// In a session they are set also where they are as they should be, because the server's file, read again, would change
    /// what was not. Only a superuser may set `session_replication_role`, so that is set only where it must be. The list is
    /// one for all versions of the server; what one does not know is passed over.
    private static let pin = SQL(
        """
        SELECT pg_catalog.set_config(s.name, s.value, $1) FROM (VALUES \
        ('statement_timeout', $2), \
        ('idle_in_transaction_session_timeout', $2), \
        ('synchronous_commit', CASE WHEN $3 OPERATOR(pg_catalog.=) 'on' \
        AND pg_catalog.current_setting('synchronous_commit') OPERATOR(pg_catalog.=) 'remote_apply' \
        THEN 'remote_apply' ELSE $3 END), \
        ('search_path', 'pg_catalog, pg_temp'), \
        ('lock_timeout', '0'), \
        ('idle_session_timeout', '0'), \
        ('transaction_timeout', '0'), \
        ('default_transaction_isolation', 'read committed'), \
        ('default_transaction_read_only', 'off'), \
        ('default_transaction_deferrable', 'off'), \
        ('session_replication_role', 'origin'), \
        ('client_min_messages', 'warning'), \
        ('row_security', 'on'), \
        ('standard_conforming_strings', 'on'), \
        ('transform_null_equals', 'off'), \
        ('bytea_output', 'hex'), \
        ('extra_float_digits', '1'), \
        ('DateStyle', 'ISO, MDY'), \
        ('IntervalStyle', 'postgres'), \
        ('TimeZone', 'UTC'), \
        ('plan_cache_mode', 'auto'), \
        ('jit', 'off')\
        ) AS s (name, value) \
        WHERE pg_catalog.current_setting(s.name, true) IS NOT NULL AND ( \
        NOT s.value OPERATOR(pg_catalog.=) pg_catalog.current_setting(s.name, true) \
        OR NOT $1 AND NOT s.name OPERATOR(pg_catalog.=) 'session_replication_role')
        """)

    /// Sent first, so that neither a short bound nor a compiler that a role has set gets in the way of the longer statement.
    private static let first = [SQL("SET statement_timeout = 0"), SQL("SET jit = off")]
    private static let firstLocal = [SQL("SET LOCAL statement_timeout = 0"), SQL("SET LOCAL jit = off")]

    /// What a new connection runs before its first operation: nothing behind a pooler that hands sessions on, where
    /// settings would be lost, or stay with a session that others use.
    static func opening(_ configuration: PostgresConfiguration) -> [Statement] {
        switch configuration.pooler {
        case .none: first.map { Statement($0) } + [statement(configuration, isLocal: false)]
        case .transaction: []
        }
    }

    /// What each transaction runs after `BEGIN`: nothing where the session has kept it.
    static func transaction(_ configuration: PostgresConfiguration) -> [Statement] {
        switch configuration.pooler {
        case .none: []
        case .transaction: firstLocal.map { Statement($0) } + [statement(configuration, isLocal: true)]
        }
    }

    private static func statement(_ configuration: PostgresConfiguration, isLocal: Bool) -> Statement {
        let milliseconds = max(1, configuration.statementTimeout / .milliseconds(1))
        let bound = Int64(min(milliseconds, Double(Int32.max)))
        return Statement(
            pin,
            [.bool(isLocal), .text("\(bound)"), .text((configuration.chosenSynchronousCommit ?? .on).rawValue)])
    }
}
