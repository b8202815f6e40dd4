// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Removing what is over, and the clock that this may be checked by.
enum UpkeepOperations {
    /// A8.
    static func purge(
        expiredAt now: Timestamp, endedBefore horizon: Timestamp, limit: Int
    ) -> SQLOperation<Int> {
        let limit = SQLValue.int64(Int64(max(0, limit)))
        // A session is over before its end as little as it is kept beyond the horizon.
        let end = min(horizon, now)
        return SQLOperation(
            .write,
            .run([
                Statement(
                    deleteSessions, [.time(end), .int64(SessionColumns.day(of: end)), limit]),
                Statement(deleteTokens, [.time(now), limit]),
                Statement(deleteBudgets, [.time(now), limit]),
                Statement(deleteBuckets, [.time(now - BucketUse.longestDelay), limit]),
                Statement(deleteChanges, [.time(horizon), limit]),
            ]) { results in
                .commit([], results.reduce(0) { $0 + $1.affectedRows })
            })
    }

    /// The time on PostgreSQL's machine.
    static let serverTime = SQLOperation<Timestamp?>(
        .read,
        .run(Statement(selectServerTime)) { (result) throws(StoreError) in
            .commit([], try result.first?.time(0))
        })

    private static let selectServerTime = SQL(
        "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint)")

    // None is kept prepared: PostgreSQL must see the limit when it plans, or it expects a tenth of the table.
    // Budgets and buckets are asked twice whether they are whole: one that was used while its row was waited for is not.

    private static let deleteSessions = SQL(
        joining: [
            """
            DELETE FROM authd.sessions WHERE id IN (SELECT id FROM authd.sessions WHERE over_on_day <= $2 \
            AND COALESCE(ended_at_us, CASE WHEN idle_until_us < not_after_us THEN idle_until_us ELSE not_after_us END) \
            < $1 ORDER BY over_on_day LIMIT $3)
            """
        ], isPermanent: false)

    private static let deleteTokens = SQL(
        joining: [
            """
            DELETE FROM authd.one_time_tokens WHERE digest IN (SELECT digest FROM authd.one_time_tokens \
            WHERE expires_at_us <= $1 ORDER BY expires_at_us LIMIT $2)
            """
        ], isPermanent: false)

    private static let deleteBudgets = SQL(
        joining: [
            """
            DELETE FROM authd.sign_in_budgets WHERE key IN (SELECT key FROM authd.sign_in_budgets \
            WHERE full_at_us <= $1 ORDER BY full_at_us LIMIT $2) AND full_at_us <= $1
            """
        ], isPermanent: false)

    private static let deleteBuckets = SQL(
        joining: [
            """
            DELETE FROM authd.source_limits WHERE key IN (SELECT key FROM authd.source_limits \
            WHERE full_at_us <= $1 ORDER BY full_at_us LIMIT $2) AND full_at_us <= $1
            """
        ], isPermanent: false)

    private static let deleteChanges = SQL(
        joining: [
            """
            DELETE FROM authd.changes WHERE cursor IN (SELECT cursor FROM authd.changes WHERE at_us < $1 \
            ORDER BY at_us LIMIT $2)
            """
        ], isPermanent: false)
}
