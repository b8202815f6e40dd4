// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `OneTimeTokenStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func requestMail(
        _ request: MailRequest, quota: MailRequestQuota, context: OperationContext
    ) async throws(StoreError) -> MailRequestOutcome {
        try await driver.perform(MailRequestOperations.request(request, quota: quota, at: context.now))
    }

    public func claimMailRequests(
        limit: Int, lease: OutboxLease, context: OperationContext
    ) async throws(StoreError) -> [WaitingMailRequest] {
        try await driver.perform(MailRequestOperations.claim(limit: limit, lease: lease, at: context.now))
    }

    public func postponeMailRequest(
        _ number: Int64, lease: OutboxLease, until due: Timestamp, context: OperationContext
    ) async throws(StoreError) {
        try await driver.perform(MailRequestOperations.postpone(number, lease: lease, until: due))
    }

    public func endMailRequest(
        _ claim: MailRequestClaim, flow: MailedFlow, mail: OutboxEntry?, event: AuditEvent?, context: OperationContext
    ) async throws(StoreError) {
        try await driver.perform(
            MailRequestOperations.end(claim, flow: flow, mail: mail, event: event, at: context.now))
    }

    public func issueToken(
        _ issued: MailedToken, under terms: MailTerms, answering claim: MailRequestClaim?, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance? {
        try await driver.perform(
            OneTimeTokenOperations.issue(issued, under: terms, answering: claim, context: context))
    }

    public func mailCount(since: Timestamp, limit: Int64) async throws(StoreError) -> Int64 {
        try await driver.perform(MailedFlowOperations.mailCount(since: since, limit: limit))
    }

    public func oneTimeToken(_ key: OneTimeTokenKey) async throws(StoreError) -> OneTimeToken? {
        try await driver.perform(OneTimeTokenOperations.token(key))
    }

    public func mailedFlow(_ id: FlowID) async throws(StoreError) -> MailedFlow? {
        try await driver.perform(MailedFlowOperations.flow(id))
    }

    public func mailedFlow(of key: OneTimeTokenKey) async throws(StoreError) -> MailedFlow? {
        try await driver.perform(MailedFlowOperations.flow(of: key))
    }

    public func countWrongCode(_ id: FlowID, context: OperationContext) async throws(StoreError) -> Int64? {
        try await driver.perform(MailedFlowOperations.countWrongCode(id, at: context.now))
    }

    public func redeemPasswordReset(
        _ proof: MailboxProof, newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await driver.perform(
            RedemptionOperations.redeem(proof, for: .passwordReset, newHash: newHash, context: context))
    }

    public func redeemEmailVerification(
        _ proof: MailboxProof, showing: CredentialGeneration?, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await driver.perform(
            RedemptionOperations.redeem(proof, for: .emailVerification, showing: showing, context: context))
    }

    public func redeemUnlock(
        _ proof: MailboxProof, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await driver.perform(RedemptionOperations.redeem(proof, for: .unlock, context: context))
    }

    public func redeemSignIn(
        _ proof: MailboxProof, session: Session, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<MailSignInOutcome> {
        try await driver.perform(
            RedemptionOperations.signIn(proof, session: session, limit: limit, replacing: replaced, context: context))
    }

    public func reportFlow(
        _ proof: MailboxProof, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await driver.perform(RedemptionOperations.report(proof, context: context))
    }
}
