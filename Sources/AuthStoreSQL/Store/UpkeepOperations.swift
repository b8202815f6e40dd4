// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Removing what is over, and the clock that this may be checked by.
enum UpkeepOperations {
    /// A8.
    ///
    /// None of the statements is kept prepared: PostgreSQL must see the limit when it plans, or it expects a tenth of the table.
    static func purge(
        expiredAt now: Timestamp, endedBefore horizon: Timestamp, limit: Int
    ) -> SQLOperation<Int> {
        // A session is over before its end as little as it is kept beyond the horizon.
        let end = min(horizon, now)
        let limit = SQLValue.int64(Int64(max(0, limit)))
        return SQLOperation(
            .write,
            .run(
                SessionOperations.purge(endedBefore: end, limit)
                    + OneTimeTokenOperations.purge(expiredAt: now, limit)
                    + SignInLimitOperations.purge(wholeAt: now, limit)
                    + SourceLimitOperations.purge(fullAt: now - BucketUse.longestDelay, limit)
                    + ChangeFeedOperations.purge(writtenBefore: horizon, limit)
            ) { results in
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
}
