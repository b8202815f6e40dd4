// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Finding and removing registrations that were never completed.
enum AbandonedRegistrationOperations {
    /// The oldest of those whom `AbandonedRegistration` includes.
    static func oldest(madeBefore cutoff: Timestamp, limit: Int) -> SQLOperation<[User]> {
        SQLOperation(
            .read,
            .run(Statement(selectOldest, [.time(cutoff), .int64(Int64(max(0, limit)))])) {
                (result) throws(StoreError) in
                var users: [User] = []
                for row in result.rows { users.append(try UserColumns.user(in: row)) }
                return .commit([], users.filter { AbandonedRegistration.includes($0, madeBefore: cutoff) })
            })
    }

    /// U15.
    static func remove(
        _ id: UserID, madeBefore cutoff: Timestamp, context: OperationContext
    ) -> SQLOperation<Committed<Bool>> {
        SQLOperation(
            .writeFeed,
            .run(LockedRows.user(id)) { (result) throws(StoreError) in
                let plan = StorePlan.removeAbandonedRegistration(
                    of: try LockedRows.user(in: result), madeBefore: cutoff, context: context)
                return .commit(plan, at: context.now)
            })
    }

    // The conditions of `AbandonedRegistration`, so that no other rows fill the limit; the first three are those of the partial
    // index. The role is a negation because SQLite would otherwise take the index by role, in which all old users are.
    private static let selectOldest = SQL(
        joining: [
            "SELECT", .init(UserColumns.list),
            """
            FROM authd.users WHERE origin = 'registered' AND email_verified_at_us IS NULL \
            AND last_login_at_us IS NULL AND created_at_us < $1 AND email_key <> '' AND NOT role <> 'user' AND is_active \
            AND banned_until_us IS NULL AND NOT is_anonymous ORDER BY created_at_us, id LIMIT $2
            """,
        ], isPermanent: true)
}
