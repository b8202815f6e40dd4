// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `RoleStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func roles() async throws(StoreError) -> [StoredRole] {
        try await driver.perform(RoleOperations.roles)
    }

    public func changeRoles(
        by change: RoleChange, under rules: RoleRules, context: OperationContext
    ) async throws(StoreError) -> Committed<RoleChangeOutcome> {
        try await driver.perform(RoleOperations.change(by: change, under: rules, context: context))
    }
}
