// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Storing, finding and redeeming one-time tokens.
enum OneTimeTokenOperations {
    /// T1, T5, T6.
    static func issue(
        _ issued: MailedToken, isLimited: Bool, context: OperationContext
    ) -> SQLOperation<OneTimeTokenIssuance> {
        let token = issued.token
        let others = Statement(selectOthers, [.id(token.userID), .text(token.purpose.rawValue)])
        return SQLOperation(
            .write,
            .run([LockedRows.user(token.userID), others]) { (results) throws(StoreError) in
                guard results.count == 2 else { throw .corrupt("a statement gave no result") }
                var tokens: [OneTimeToken] = []
                for row in results[1].rows { tokens.append(try OneTimeTokenColumns.token(in: row)) }
                let plan = StorePlan.issueToken(
                    issued, for: try LockedRows.user(in: results[0]), beside: isLimited ? tokens : [],
                    context: context)
                return .commit(WriteStatements.write(plan, at: context.now), plan.outcome)
            })
    }

    /// The token with a key.
    static func token(_ key: OneTimeTokenKey) -> SQLOperation<OneTimeToken?> {
        SQLOperation(
            .read,
            .run(Statement(selectByKey, [.id(key.userID), .bytes(key.digest)])) { (result) throws(StoreError) in
                .commit([], try LockedRows.oneTimeToken(in: result))
            })
    }

    /// T2 to T4.
    static func redeem(
        _ key: OneTimeTokenKey, for purpose: OneTimeTokenPurpose, newHash: StoredPasswordHash?,
        context: OperationContext
    ) -> SQLOperation<Committed<RedemptionOutcome>> {
        SQLOperation(
            .writeFeed,
            .run([LockedRows.user(key.userID), LockedRows.oneTimeToken(key)]) { (results) throws(StoreError) in
                guard results.count == 2 else { throw .corrupt("a statement gave no result") }
                let plan = StorePlan.redeem(
                    try LockedRows.oneTimeToken(in: results[1]), for: purpose,
                    user: try LockedRows.user(in: results[0]), newHash: newHash, context: context)
                return .commit(plan, at: context.now)
            })
    }

    // The user's row is locked, so that these are all there are; the budget keeps them few.
    private static let selectOthers = SQL(
        joining: [
            "SELECT", .init(OneTimeTokenColumns.list),
            """
            FROM authd.one_time_tokens WHERE user_id = $1 AND purpose = $2 ORDER BY created_at_us DESC, digest DESC \
            LIMIT 100
            """,
        ], isPermanent: true)

    private static let selectByKey = SQL(
        joining: [
            "SELECT", .init(OneTimeTokenColumns.list),
            "FROM authd.one_time_tokens WHERE user_id = $1 AND digest = $2",
        ], isPermanent: true)

    /// A8.
    static func purge(expiredAt now: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteExpired, [.time(now), limit])]
    }

    private static let deleteExpired = SQL(
        joining: [
            """
            DELETE FROM authd.one_time_tokens WHERE (user_id, digest) IN (SELECT user_id, digest \
            FROM authd.one_time_tokens WHERE expires_at_us <= $1 ORDER BY expires_at_us LIMIT $2)
            """
        ], isPermanent: false)
}
