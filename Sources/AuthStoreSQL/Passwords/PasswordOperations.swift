// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Replacing password hashes, and how they are spread.
enum PasswordOperations {
    /// U5.
    static func replace(
        of id: UserID, _ replacement: PasswordReplacement, context: OperationContext
    ) -> SQLOperation<Committed<PasswordReplacementOutcome>> {
        SQLOperation(
            .writeFeed,
            .run([LockedRows.user(id), LockedRows.passwordHash(of: id)]) { (results) throws(StoreError) in
                guard results.count == 2 else { throw .corrupt("a statement gave no result") }
                let plan = StorePlan.replacePassword(
                    of: try LockedRows.user(in: results[0]), id,
                    stored: try LockedRows.passwordHash(in: results[1]), by: replacement, context: context)
                return .commit(plan, at: context.now)
            })
    }

    /// U6.
    static func rehash(
        of id: UserID, from old: StoredPasswordHash, to new: StoredPasswordHash
    ) -> SQLOperation<Bool> {
        let statement = Statement(
            swapHash, [.id(id), .text(old.text), .text(new.text), .text(new.cost)])
        return SQLOperation(.writeOnce, .run(statement) { .commit([], $0.affectedRows == 1) })
    }

    /// U11: counted in a fair sample, so that the cost does not grow with the users.
    static let mix = SQLOperation<[PasswordHashShare]>(
        .read,
        .run(Statement(selectMix)) { (result) throws(StoreError) in
            var shares: [PasswordHashShare] = []
            for row in result.rows {
                shares.append(PasswordHashShare(cost: try row.text(0), count: try row.int64(1)))
            }
            return .commit([], shares)
        })

    private static let swapHash = SQL(
        "UPDATE authd.passwords SET hash = $3, cost = $4 WHERE user_id = $1 AND hash = $2")

    private static let selectMix = SQL(
        """
        SELECT cost, count(*) FROM \
        (SELECT cost FROM authd.passwords ORDER BY sample_key LIMIT 4096) AS sample \
        GROUP BY cost ORDER BY count(*) DESC, cost LIMIT 32
        """)
}
