// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `SignInLimitStore` and `SourceLimitStore` document the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func signInBudgets(
        _ keys: [SignInBudgetKey]
    ) async throws(StoreError) -> [SignInBudgetKey: SignInBudget] {
        guard !keys.isEmpty else { return [:] }
        return try await driver.perform(SignInLimitOperations.budgets(keys))
    }

    public func noteSignInFailure(
        _ event: AuditEvent?, against keys: [SignInBudgetKey], counts: Bool, at now: Timestamp
    ) async throws(StoreError) {
        try await driver.perform(
            SignInLimitOperations.noteFailure(event, against: keys, counts: counts, at: now))
    }

    public func clearSignInBudget(_ key: SignInBudgetKey) async throws(StoreError) {
        try await driver.perform(SignInLimitOperations.clear(key))
    }

    public var isShared: Bool { driver.dialect.isShared }

    public func settle(_ uses: [SourceUse], at now: Timestamp) async throws(StoreError) -> [TokenBucket] {
        guard !uses.isEmpty else { return [] }
        return try await driver.perform(SourceLimitOperations.settle(uses, at: now))
    }
}
