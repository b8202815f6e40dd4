// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// What administrators do to users.
enum AdministrationOperations {
    /// U7 to U9.
    ///
    /// Whatever makes active administrators fewer holds the feed's lock, so their number cannot fall meanwhile.
    static func perform(
        _ action: AdministrativeAction, on id: UserID, context: OperationContext
    ) -> SQLOperation<Committed<AdministrationOutcome>> {
        SQLOperation(
            .writeFeed,
            .run([LockedRows.user(id), Statement(countActiveAdmins)]) { (results) throws(StoreError) in
                guard results.count == 2, let row = results[1].first else {
                    throw .corrupt("a statement gave no result")
                }
                let plan = StorePlan.perform(
                    action, on: try LockedRows.user(in: results[0]), id,
                    activeAdmins: Int(clamping: try row.int64(0)), context: context)
                return .commit(plan, at: context.now)
            })
    }

    // The role is spelled out: with a parameter, PostgreSQL's plan would look at all users instead of the few.
    private static let countActiveAdmins = SQL(
        "SELECT count(*) FROM authd.users WHERE role = 'admin' AND is_active")
}
