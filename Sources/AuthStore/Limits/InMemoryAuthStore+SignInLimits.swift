// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `SignInLimitStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func signInBudgets(
        _ keys: [SignInBudgetKey]
    ) async throws(StoreError) -> [SignInBudgetKey: SignInBudget] {
        try perform { state in
            var budgets: [SignInBudgetKey: SignInBudget] = [:]
            for key in keys { budgets[key] = state.budgets[key] }
            return budgets
        }
    }

    public func noteSignInFailure(
        _ event: AuditEvent?, against keys: [SignInBudgetKey], counts: Bool, at now: Timestamp
    ) async throws(StoreError) {
        try perform { state in
            if counts {
                for key in Set(keys) {
                    state.budgets[key] = SignInThrottle.afterFailure(
                        state.budgets[key] ?? .unused, of: key.kind, at: now)
                }
            }
            if let event { state.append(event) }
        }
    }

    public func clearSignInBudget(_ key: SignInBudgetKey) async throws(StoreError) {
        try perform { $0.budgets[key] = nil }
    }
}
