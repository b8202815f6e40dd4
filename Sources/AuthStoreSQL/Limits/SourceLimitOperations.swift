// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The buckets by which requests of one source are limited.
enum SourceLimitOperations {
    /// B1 to B3.
    ///
    /// As with the budgets for failed sign-ins, making and locking a row is one statement.
    static func settle(_ uses: [SourceUse], at now: Timestamp) -> SQLOperation<[TokenBucket]> {
        // In one order everywhere, so that no two of these wait for each other.
        let keys = Set(uses.map(\.key)).sorted { $0.lexicographicallyPrecedes($1) }
        guard !keys.isEmpty else { return SQLOperation(.read, .commit([], [])) }
        return SQLOperation(
            .write,
            .run(keys.map { Statement(makeAndLock, [.bytes($0)]) }) { (results) throws(StoreError) in
                var buckets: [[UInt8]: TokenBucket] = [:]
                for (key, result) in zip(keys, results) {
                    guard let row = result.first else { throw .corrupt("a statement gave no row") }
                    buckets[key] = TokenBucket(fullAt: try row.time(0))
                }
                for use in uses {
                    buckets[use.key] = use.use.applied(to: buckets[use.key] ?? TokenBucket(), at: now)
                }
                let answers = uses.map { buckets[$0.key] ?? TokenBucket() }
                let writes = keys.map { key in
                    Statement(update, [.bytes(key), .time((buckets[key] ?? TokenBucket()).fullAt)])
                }
                return .commit(writes, answers)
            })
    }

    private static let makeAndLock = SQL(
        """
        INSERT INTO authd.source_limits AS limits (key, full_at_us) VALUES ($1, 0) \
        ON CONFLICT (key) DO UPDATE SET full_at_us = limits.full_at_us RETURNING full_at_us
        """)

    private static let update = SQL("UPDATE authd.source_limits SET full_at_us = $2 WHERE key = $1")

    /// A8; asked twice whether it is whole, as one that was used while its row was waited for is not.
    static func purge(fullAt instant: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteFull, [.time(instant), limit])]
    }

    private static let deleteFull = SQL(
        joining: [
            """
            DELETE FROM authd.source_limits WHERE key IN (SELECT key FROM authd.source_limits \
            WHERE full_at_us <= $1 ORDER BY full_at_us LIMIT $2) AND full_at_us <= $1
            """
        ], isPermanent: false)
}
