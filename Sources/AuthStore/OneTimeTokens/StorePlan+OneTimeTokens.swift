// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// A request that is answered, and the lease that its row has now.
package struct AnsweredRequest: Sendable {
    /// The right that the caller claims.
    package let claim: MailRequestClaim
    /// The lease in the locked row; `nil` where the row is gone or not leased.
    package let lease: [UInt8]?

    /// Pairs a claim with its row.
    package init(_ claim: MailRequestClaim, lease: [UInt8]?) {
        self.claim = claim
        self.lease = lease
    }

    /// Whether the caller still has the right.
    var isHeld: Bool { lease == claim.lease.id }
}

extension StorePlan where Outcome == OneTimeTokenIssuance? {
    /// Stores a one-time token on the locked row of its user, as T1, T5, T6 and M5 say; a refusal is the caller's to audit.
    ///
    /// `others` are the stored tokens of the same user, purpose and address, `budget` is that of the same user, purpose and
    /// standing, and `request` is the locked row of the request that is answered, if there is one.
    package static func issueToken(
        _ issued: MailedToken, under terms: MailTerms, answering request: AnsweredRequest?, for user: User?,
        beside others: [OneTimeToken], budget: MailBudget, context: OperationContext
    ) -> StorePlan {
        if let request, !request.isHeld { return StorePlan(nil) }
        let answered = request.map { [StoreWrite.removeMailRequest($0.claim.number)] } ?? []
        let token = issued.token
        func refuse(_ refusal: OneTimeTokenIssuance.Refusal, _ writes: [StoreWrite] = []) -> StorePlan {
            let flow = issued.flow.map { [StoreWrite.putFlow($0.unsent)] } ?? []
            return StorePlan(.refused(refusal), answered + writes + flow)
        }
        guard let user, token.isMeant(for: user) else { return refuse(.addressChanged) }
        switch MailDecision.decide(token, beside: others, budget: budget, under: terms, at: context.now) {
        case .mail(let expiry, let left):
            let taken = terms.rule == nil ? [] : [StoreWrite.putMailBudget(MailBudgetKey(token, terms), left)]
            return StorePlan(
                .issued(expiresAt: expiry),
                answered + taken + StoreWrite.issue(issued.expiring(at: expiry), context))
        case .extend(let newest, let instant):
            let extended = newest.flatMap { newest in
                newest.expiresAt < instant ? [StoreWrite.extendToken(newest.key, until: instant)] : nil
            }
            return refuse(.mailLimitReached, extended ?? [])
        }
    }
}

extension StorePlan where Outcome == Bool {
    /// Ends a request for which no token is mailed, as M4 says.
    ///
    /// `user` is the locked row of the user whom the mail is about. A mail to a user who is gone is not written.
    package static func endMailRequest(
        _ request: AnsweredRequest, flow: MailedFlow, mail: OutboxEntry?, to user: User?, event: AuditEvent?
    ) -> StorePlan {
        guard request.isHeld else { return StorePlan(false) }
        let isMailed = mail.map { $0.userID == nil || $0.userID == user?.id } ?? false
        return StorePlan(
            true,
            [.removeMailRequest(request.claim.number), .putFlow(flow.token == nil ? flow : flow.unsent)]
                + (event.map { [.appendAudit($0)] } ?? [])
                + (isMailed ? mail.map { [.enqueue($0)] } ?? [] : []))
    }
}

extension StoreWrite {
    /// All writes of a new token: the mail that carries it is one of them.
    static func issue(_ issued: MailedToken, _ context: OperationContext) -> [StoreWrite] {
        let request = AuditEvent(issued.token.purpose.request, target: issued.token.userID, in: context)
        return [.issueToken(issued.token)] + (issued.flow.map { [.putFlow($0)] } ?? []) + [.appendAudit(request)]
            + (issued.mail.map { [.enqueue($0)] } ?? [])
    }
}

extension MailedToken {
    /// The same with a token and a flow that expire at another instant.
    func expiring(at instant: Timestamp) -> MailedToken {
        var (token, flow) = (token, flow)
        token.expiresAt = instant
        flow?.expiresAt = instant
        return MailedToken(token, flow: flow, mail: mail)
    }
}
