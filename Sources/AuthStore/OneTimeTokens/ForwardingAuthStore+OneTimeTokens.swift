// SPDX-License-Identifier: Apache-2.0

public import AuthCore

extension ForwardingAuthStore {
    /// Forwarded.
    public func requestMail(
        _ request: MailRequest, quota: MailRequestQuota, context: OperationContext
    ) async throws(StoreError) -> MailRequestOutcome {
        try await base.requestMail(request, quota: quota, context: context)
    }

    /// Forwarded.
    public func claimMailRequests(
        limit: Int, lease: OutboxLease, context: OperationContext
    ) async throws(StoreError) -> [WaitingMailRequest] {
        try await base.claimMailRequests(limit: limit, lease: lease, context: context)
    }

    /// Forwarded.
    public func postponeMailRequest(
        _ number: Int64, lease: OutboxLease, until due: Timestamp, context: OperationContext
    ) async throws(StoreError) {
        try await base.postponeMailRequest(number, lease: lease, until: due, context: context)
    }

    /// Forwarded.
    public func endMailRequest(
        _ claim: MailRequestClaim, flow: MailedFlow, mail: OutboxEntry?, event: AuditEvent?, context: OperationContext
    ) async throws(StoreError) {
        try await base.endMailRequest(claim, flow: flow, mail: mail, event: event, context: context)
    }

    /// Forwarded.
    public func issueToken(
        _ issued: MailedToken, under terms: MailTerms, answering claim: MailRequestClaim?, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance? {
        try await base.issueToken(issued, under: terms, answering: claim, context: context)
    }

    /// Forwarded.
    public func mailCount(since: Timestamp, limit: Int64) async throws(StoreError) -> Int64 {
        try await base.mailCount(since: since, limit: limit)
    }

    /// Forwarded.
    public func oneTimeToken(_ key: OneTimeTokenKey) async throws(StoreError) -> OneTimeToken? {
        try await base.oneTimeToken(key)
    }

    /// Forwarded.
    public func mailedFlow(_ id: FlowID) async throws(StoreError) -> MailedFlow? { try await base.mailedFlow(id) }

    /// Forwarded.
    public func mailedFlow(of key: OneTimeTokenKey) async throws(StoreError) -> MailedFlow? {
        try await base.mailedFlow(of: key)
    }

    /// Forwarded.
    public func countWrongCode(_ id: FlowID, context: OperationContext) async throws(StoreError) -> Int64? {
        try await base.countWrongCode(id, context: context)
    }

    /// Forwarded.
    public func redeemPasswordReset(
        _ proof: MailboxProof, newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await base.redeemPasswordReset(proof, newHash: newHash, context: context)
    }

    /// Forwarded.
    public func redeemEmailVerification(
        _ proof: MailboxProof, showing: CredentialGeneration?, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await base.redeemEmailVerification(proof, showing: showing, context: context)
    }

    /// Forwarded.
    public func redeemUnlock(
        _ proof: MailboxProof, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await base.redeemUnlock(proof, context: context)
    }

    /// Forwarded.
    public func redeemSignIn(
        _ proof: MailboxProof, session: Session, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<MailSignInOutcome> {
        try await base.redeemSignIn(proof, session: session, limit: limit, replacing: replaced, context: context)
    }

    /// Forwarded.
    public func reportFlow(
        _ proof: MailboxProof, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await base.reportFlow(proof, context: context)
    }
}
