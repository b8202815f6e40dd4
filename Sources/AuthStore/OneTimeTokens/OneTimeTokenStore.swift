// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Requests for mails, the flows that they begin, and tokens that are mailed and can be redeemed once.
public protocol OneTimeTokenStore: Sendable {
    /// Writes a request for a mail, looking nothing up.
    ///
    /// **M1.** Each request is one row of fixed form. It is written unless the quota of its holder or of its standing is full,
    /// which is counted by an index; concurrent requests may exceed the quota by their number. What is written is never dropped.
    func requestMail(
        _ request: MailRequest, quota: MailRequestQuota, context: OperationContext
    ) async throws(StoreError) -> MailRequestOutcome

    /// Takes requests in hand that are due, those of known clients first, then the oldest.
    ///
    /// **M2.** Of concurrent calls, at most one gets a request, until its lease ends or it is postponed.
    func claimMailRequests(
        limit: Int, lease: OutboxLease, context: OperationContext
    ) async throws(StoreError) -> [WaitingMailRequest]

    /// Puts a request back until `due`, because it could not be answered.
    ///
    /// **M3.** Done only by the holder of the lease.
    func postponeMailRequest(
        _ number: Int64, lease: OutboxLease, until due: Timestamp, context: OperationContext
    ) async throws(StoreError)

    /// Ends a request for which nothing is mailed.
    ///
    /// **M4.** In one transaction the request is removed, its flow is stored, which has no token, and the event is audited.
    /// `mail` is one that carries no token, such as the notice to a user whose address was registered again.
    /// Done only by the holder of the lease.
    func endMailRequest(
        _ claim: MailRequestClaim, flow: MailedFlow, mail: OutboxEntry?, event: AuditEvent?, context: OperationContext
    ) async throws(StoreError)

    /// Stores a token with its flow and its mail, if its user still has the address that it is for.
    ///
    /// **T1.** The decision is `MailDecision.decide` on the stored tokens of the same user, purpose and address, and on the
    /// budget of the same user, purpose and standing, under the user's lock, so that concurrent requests do not exceed the
    /// budget. Where the budget is spent, the newest token and its flow live longer, and the flow of this request is stored
    /// without a token. A refusal is not audited here: a client can cause any number of them, and the caller counts equal ones.
    /// **T5.** A token that may still be redeemed is never removed for a new one. Those for an address that the user no
    /// longer has are removed, and those that have expired, so that requests do not make the table grow.
    /// **T6.** The mail that carries the token is written into the outbox in the same transaction, if there is one.
    /// **M5.** With `claim`, the request is removed in the same transaction, and nothing is done where its lease is another's:
    /// then the outcome is `nil`.
    func issueToken(
        _ issued: MailedToken, under terms: MailTerms, answering claim: MailRequestClaim?, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance?

    /// How many mails that count for the installation's budget were written since an instant, at most `limit`.
    ///
    /// **M6.** One query of an index, without a lock.
    func mailCount(since: Timestamp, limit: Int64) async throws(StoreError) -> Int64

    /// The token with this key, unless it was redeemed; to reject unknown tokens before a password is hashed.
    func oneTimeToken(_ key: OneTimeTokenKey) async throws(StoreError) -> OneTimeToken?

    /// The flow with this id; also one that has ended, as long as it is kept.
    func mailedFlow(_ id: FlowID) async throws(StoreError) -> MailedFlow?

    /// The flow of the token with this key; also where the token was redeemed, as long as the flow is kept.
    func mailedFlow(of key: OneTimeTokenKey) async throws(StoreError) -> MailedFlow?

    /// Counts a wrong code at a flow that still accepts one.
    ///
    /// **M7.** One update. The fifth wrong code voids the code of the flow, and nothing else.
    ///
    /// - Returns: How many more may be typed; `nil` where the flow is unknown or accepts none.
    func countWrongCode(_ id: FlowID, context: OperationContext) async throws(StoreError) -> Int64?

    /// Redeems a token of the purpose `.passwordReset` and sets the password.
    ///
    /// **T2.** The decision is `MailboxProof.judge` and `OneTimeToken.redeem` on locked rows, the user's before the flow's and
    /// the token's. Of concurrent calls with one token, one is accepted. A key of a user who does not exist is refused like
    /// that of a token that does not, at the same cost. A wrong code counts at its flow (M7).
    /// **T3.** Accepted: the hash is stored, the epoch raised, every session ends (`.passwordChanged`), every one-time
    /// token of the user is void and every flow of the user has ended, but for those of `.addressUndo` and `.invitation`, all
    /// in one transaction. Refused: only the audit event and the count of wrong codes are written.
    /// **T11.** A token that is redeemed, for whatever purpose, gives back what strangers have used of the budget of its purpose:
    /// the links in the mailbox are used up, and its owner may need another one.
    func redeemPasswordReset(
        _ proof: MailboxProof, newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome>

    /// Redeems a token of the purpose `.emailVerification`.
    ///
    /// **T4.** As T2. Accepted: the address is verified, and the user's other tokens of this purpose are void. Where nothing of
    /// the user changes, as for a verified address and bound credentials, neither the user's row nor the feed is written; so too
    /// by T8 and T9, but for the time of the sign-in.
    /// **T7.** Where `BindingEffect.of` says so, the credentials are voided in the same transaction: the password is removed,
    /// every session ends (`.credentialsVoided`), every one-time token is void, the generation and the epoch are raised, and the
    /// notice is written. `showing` is the generation of a credential that was shown with the proof: the right password, or a
    /// live session.
    func redeemEmailVerification(
        _ proof: MailboxProof, showing: CredentialGeneration?, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome>

    /// Redeems a token of the purpose `.unlock`: the address is verified as by T4 and T7, and nothing else is changed.
    ///
    /// **T8.** As T2. Accepted: the user's other tokens of this purpose are void. The token of the link alone is refused, as by
    /// T9.
    func redeemUnlock(
        _ proof: MailboxProof, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome>

    /// Redeems a token of the purpose `.signIn` and opens a session.
    ///
    /// **T9.** As T2 and T7, and the session is opened as S2, S9 and S10 say, in the same transaction and after the credentials
    /// were voided. Every token of this purpose is void then. Where the limit of sessions is reached nothing is changed. The
    /// token of the link alone is refused, as `OneTimeTokenPurpose.demand` says: it needs the handle of the same flow, or the
    /// code.
    func redeemSignIn(
        _ proof: MailboxProof, session: Session, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<MailSignInOutcome>

    /// Ends a flow, because the recipient of its mail says that they did not ask for it.
    ///
    /// **T10.** As T2, with a proof that has a code. Accepted: the token is void, the flow has ended, and the event
    /// (`.mailedActionReported`) is audited.
    func reportFlow(
        _ proof: MailboxProof, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome>
}

extension OneTimeTokenStore {
    /// Stores a token that nothing limits, and mails nothing.
    public func issueToken(
        _ token: OneTimeToken, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance? {
        try await issueToken(
            MailedToken(token, flow: nil, mail: nil), under: .unlimited, answering: nil, context: context)
    }
}

/// The outcome of writing a request for a mail.
public enum MailRequestOutcome: Hashable, Sendable {
    /// It will be answered.
    case written
    /// The quota is full: nothing was written.
    case full
}

/// The right to answer a request.
public struct MailRequestClaim: Hashable, Sendable {
    /// The number of the request.
    public let number: Int64
    /// The lease that it was claimed with.
    public let lease: OutboxLease

    /// Describes a claim.
    public init(number: Int64, lease: OutboxLease) {
        self.number = number
        self.lease = lease
    }
}

/// A one-time token, its flow, and the mail that carries it.
public struct MailedToken: Hashable, Sendable {
    /// The token.
    public let token: OneTimeToken
    /// The flow; `nil` for a token that is redeemed at once.
    public let flow: MailedFlow?
    /// The mail; `nil` for a token that is handed over in another way.
    public let mail: OutboxEntry?

    /// Describes a token to be issued.
    public init(_ token: OneTimeToken, flow: MailedFlow?, mail: OutboxEntry?) {
        self.token = token
        self.flow = flow
        self.mail = mail
    }
}

/// The outcome of redeeming a one-time token.
public enum RedemptionOutcome: Hashable, Sendable {
    /// Done; this is the user now, and this the proof did to the credentials.
    case accepted(User, BindingEffect)
    /// Nothing was changed but the count of wrong codes.
    case refused(OneTimeTokenRefusal, triesLeft: Int64?)
}

/// The outcome of signing in by a mail.
public enum MailSignInOutcome: Hashable, Sendable {
    /// The session is open, and this is the user now; these sessions were evicted or replaced.
    case opened(User, BindingEffect, evicted: [SessionID])
    /// The user has as many sessions as the limit allows.
    case limitReached
    /// Nothing was changed but the count of wrong codes.
    case refused(OneTimeTokenRefusal, triesLeft: Int64?)
}
