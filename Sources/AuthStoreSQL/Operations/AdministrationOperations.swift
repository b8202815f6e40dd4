// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// What administrators do to users.
enum AdministrationOperations {
    /// U7 to U9. Whatever makes active administrators fewer holds the feed's lock, so their number cannot fall meanwhile.
    static func perform(
        _ act: AdministrativeAct, on id: UserID, context: OperationContext
    ) -> SQLOperation<AdministrationOutcome> {
        let count = Statement(countActiveAdmins, [.text(Role.admin.name)])
        return SQLOperation(
            .writeFeed,
            .run([LockedRows.user(id), count]) { (results) throws(StoreError) in
                guard results.count == 2, let row = results[1].first else {
                    throw .corrupt("a statement gave no result")
                }
                let plan = StorePlan.perform(
                    act, on: try LockedRows.user(in: results[0]), id,
                    activeAdmins: Int(clamping: try row.int64(0)), context: context)
                return .commit(PlanStatements.write(plan, at: context.now), plan.outcome)
            })
    }

    private static let countActiveAdmins = SQL("SELECT count(*) FROM authd.users WHERE role = $1 AND is_active")
}
