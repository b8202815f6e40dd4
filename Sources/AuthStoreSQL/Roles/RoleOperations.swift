// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Roles that are data.
enum RoleOperations {
    /// All stored roles, by name.
    static let roles = SQLOperation<[StoredRole]>(
        .read,
        .run(Statement(selectRoles)) { (result) throws(StoreError) in .commit([], try roles(in: result)) })

    /// R1 to R3: the feed's lock is held from before the roles are read, and whatever gives a user another role takes it too.
    static func change(
        by change: RoleChange, under rules: RoleRules, context: OperationContext
    ) -> SQLOperation<Committed<RoleChangeOutcome>> {
        SQLOperation(
            .writeFeed,
            .run(Statement(selectRoles)) { (result) throws(StoreError) in
                let roles = try roles(in: result)
                let candidates = change.candidates(in: roles, under: rules)
                guard !candidates.isEmpty else {
                    return carryOut(
                        StorePlan.changeRoles(roles, by: change, under: rules, held: [], context: context), context)
                }
                return .run(candidates.map { Statement(selectHolder, [.text($0.name)]) }) { results in
                    let held = zip(candidates, results).filter { $0.1.first != nil }.map(\.0)
                    return carryOut(
                        StorePlan.changeRoles(roles, by: change, under: rules, held: Set(held), context: context),
                        context)
                }
            })
    }

    private static func carryOut(
        _ plan: StorePlan<RoleChangeOutcome>, _ context: OperationContext
    ) -> SQLProgram<Committed<RoleChangeOutcome>> {
        guard !plan.writes.isEmpty else { return .rollback(plan.committed) }
        return .commit(plan, at: context.now)
    }

    private static func roles(in result: SQLResult) throws(StoreError) -> [StoredRole] {
        var roles: [StoredRole] = []
        for row in result.rows { roles.append(try RoleColumns.role(in: row)) }
        // The order is made here, so that it does not depend on a database's collation.
        return roles.sorted { $0.role < $1.role }
    }

    private static let selectRoles = SQL(
        joining: ["SELECT", .init(RoleColumns.list), "FROM authd.roles"], isPermanent: true)

    // In the order of the index by role, so that PostgreSQL does not look at all users for a role that none holds.
    private static let selectHolder = SQL(
        "SELECT id FROM authd.users WHERE role = $1 ORDER BY created_at_us, id LIMIT 1")
}
