// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `RoleStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func roles() async throws(StoreError) -> [StoredRole] {
        try perform { $0.sortedRoles }
    }

    public func changeRoles(
        by change: RoleChange, under rules: RoleRules, context: OperationContext
    ) async throws(StoreError) -> Committed<RoleChangeOutcome> {
        try perform { (state) throws(StoreError) in
            let roles = state.sortedRoles
            let candidates = Set(change.candidates(in: roles, under: rules))
            let held = Set(state.users.values.lazy.map(\.role).filter(candidates.contains))
            let plan = StorePlan.changeRoles(roles, by: change, under: rules, held: held, context: context)
            return try state.apply(plan, at: context.now)
        }
    }
}

extension InMemoryState {
    fileprivate var sortedRoles: [StoredRole] { roles.values.sorted { $0.role < $1.role } }
}
