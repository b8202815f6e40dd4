// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Storing, finding and redeeming one-time tokens.
enum OneTimeTokenOperations {
    /// T1, T5.
    static func issue(
        _ token: OneTimeToken, isLimited: Bool, context: OperationContext
    ) -> SQLOperation<OneTimeTokenIssuance> {
        let others = Statement(selectOthers, [.id(token.userID), .text(token.purpose.rawValue)])
        return SQLOperation(
            .write,
            .run([LockedRows.user(token.userID), others]) { (results) throws(StoreError) in
                guard results.count == 2 else { throw .corrupt("a statement gave no result") }
                var tokens: [OneTimeToken] = []
                for row in results[1].rows { tokens.append(try OneTimeTokenColumns.token(in: row)) }
                let plan = StorePlan.issueToken(
                    token, for: try LockedRows.user(in: results[0]), beside: isLimited ? tokens : [],
                    context: context)
                return .commit(WriteStatements.write(plan, at: context.now), plan.outcome)
            })
    }

    /// The token with a digest.
    static func token(withDigest digest: [UInt8]) -> SQLOperation<OneTimeToken?> {
        SQLOperation(
            .read,
            .run(Statement(selectByDigest, [.bytes(digest)])) { (result) throws(StoreError) in
                .commit([], try LockedRows.oneTimeToken(in: result))
            })
    }

    /// T2 to T4.
    ///
    /// Whose token it is must be known before the user's row can be locked, so the token is read twice.
    static func redeem(
        _ digest: [UInt8], for purpose: OneTimeTokenPurpose, newHash: StoredPasswordHash?, context: OperationContext
    ) -> SQLOperation<Committed<RedemptionOutcome>> {
        let finish: @Sendable (OneTimeToken?, User?) -> SQLProgram<Committed<RedemptionOutcome>> = { token, user in
            let plan = StorePlan.redeem(token, for: purpose, user: user, newHash: newHash, context: context)
            return .commit(plan, at: context.now)
        }
        return SQLOperation(
            .writeFeed,
            .run(Statement(selectByDigest, [.bytes(digest)])) { (result) throws(StoreError) in
                guard let found = try LockedRows.oneTimeToken(in: result) else { return finish(nil, nil) }
                return .run([LockedRows.user(found.userID), LockedRows.oneTimeToken(digest)]) {
                    (results) throws(StoreError) in
                    guard results.count == 2 else { throw .corrupt("a statement gave no result") }
                    return finish(
                        try LockedRows.oneTimeToken(in: results[1]), try LockedRows.user(in: results[0]))
                }
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

    private static let selectByDigest = SQL(
        joining: [
            "SELECT", .init(OneTimeTokenColumns.list), "FROM authd.one_time_tokens WHERE digest = $1",
        ], isPermanent: true)

    /// A8.
    static func purge(expiredAt now: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteExpired, [.time(now), limit])]
    }

    private static let deleteExpired = SQL(
        joining: [
            """
            DELETE FROM authd.one_time_tokens WHERE digest IN (SELECT digest FROM authd.one_time_tokens \
            WHERE expires_at_us <= $1 ORDER BY expires_at_us LIMIT $2)
            """
        ], isPermanent: false)
}
