// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Storing, finding and redeeming one-time tokens.
enum OneTimeTokenOperations {
    /// T1.
    static func issue(_ token: OneTimeToken, context: OperationContext) -> SQLOperation<Bool> {
        SQLOperation(
            .write,
            .run(LockedRows.user(token.userID)) { (result) throws(StoreError) in
                let plan = StorePlan.issueToken(token, for: try LockedRows.user(in: result), context: context)
                return .commit(PlanStatements.write(plan, at: context.now), plan.outcome)
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
    ) -> SQLOperation<RedemptionOutcome> {
        let finish: @Sendable (OneTimeToken?, User?) -> SQLProgram<RedemptionOutcome> = { token, user in
            let plan = StorePlan.redeem(token, for: purpose, user: user, newHash: newHash, context: context)
            return .commit(PlanStatements.write(plan, at: context.now), plan.outcome)
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

    private static let selectByDigest = SQL(
        joining: [
            "SELECT", .init(OneTimeTokenColumns.list), "FROM authd.one_time_tokens WHERE digest = $1",
        ], isPermanent: true)
}
