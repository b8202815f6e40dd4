// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The budgets for failed sign-ins, shared by all processes on one store.
public protocol SignInLimitStore: Sendable {
    /// The budgets under these keys, at most three; those never used, or removed since, are absent.
    ///
    /// **L1.** A budget that `noteSignInFailure` wrote is read here once it has returned, by any process.
    func signInBudgets(_ keys: [SignInBudgetKey]) async throws(StoreError) -> [SignInBudgetKey: SignInBudget]

    /// Records that a sign-in, or another check of a password, has failed.
    ///
    /// **L2.** Each of `keys` becomes what `SignInThrottle.afterFailure` says, on its locked row. Of concurrent calls
    /// each counts.
    /// **L3.** Without `counts` no budget changes; the rows are touched all the same, so that an attempt that was
    /// rejected before its check takes as long as any other.
    /// **L4.** The event, where there is one, is written in the same transaction.
    func noteSignInFailure(
        _ event: AuditEvent?, against keys: [SignInBudgetKey], counts: Bool, at now: Timestamp
    ) async throws(StoreError)

    /// Makes a budget whole: what `SignInThrottle.afterSuccess` says of it is `.unused`.
    ///
    /// **L5.** Other budgets stay as they are. Writes no audit event; the sign-in wrote its own.
    func clearSignInBudget(_ key: SignInBudgetKey) async throws(StoreError)
}
