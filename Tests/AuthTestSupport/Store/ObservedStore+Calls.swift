// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthStore
internal import Synchronization

extension ObservedStore {
    /// Returns the names of the operations that were called since the last time, in order, as far as they are about users,
    /// one-time tokens and the audit log.
    package func takeCalls() -> [String] {
        recorded.withLock { calls in
            defer { calls = [] }
            return calls
        }
    }

    private func note(_ call: String) {
        recorded.withLock { $0.append(call) }
    }

    package func credential(
        for identifier: Identifier, decoy: UserID
    ) async throws(StoreError) -> UserCredential? {
        note("credential")
        return try await base.credential(for: identifier, decoy: decoy)
    }

    package func requestMail(
        _ request: MailRequest, quota: MailRequestQuota, context: OperationContext
    ) async throws(StoreError) -> MailRequestOutcome {
        note("requestMail")
        return try await base.requestMail(request, quota: quota, context: context)
    }

    package func issueToken(
        _ issued: MailedToken, under terms: MailTerms, answering claim: MailRequestClaim?, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance? {
        note("issueToken")
        try await before(.issueToken)
        let issuance = try await base.issueToken(issued, under: terms, answering: claim, context: context)
        try await after(.issueToken)
        return issuance
    }

    package func oneTimeToken(_ key: OneTimeTokenKey) async throws(StoreError) -> OneTimeToken? {
        note("oneTimeToken")
        return try await base.oneTimeToken(key)
    }

    package func mailedFlow(_ id: FlowID) async throws(StoreError) -> MailedFlow? {
        note("mailedFlow")
        return try await base.mailedFlow(id)
    }

    package func mailedFlow(of key: OneTimeTokenKey) async throws(StoreError) -> MailedFlow? {
        note("mailedFlowOfToken")
        return try await base.mailedFlow(of: key)
    }

    package func countWrongCode(_ id: FlowID, context: OperationContext) async throws(StoreError) -> Int64? {
        note("countWrongCode")
        return try await base.countWrongCode(id, context: context)
    }

    package func redeemPasswordReset(
        _ proof: MailboxProof, newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        note("redeemPasswordReset")
        return try await base.redeemPasswordReset(proof, newHash: newHash, context: context)
    }

    package func record(_ events: [AuditEvent]) async throws(StoreError) {
        note("record")
        try await base.record(events)
    }
}
