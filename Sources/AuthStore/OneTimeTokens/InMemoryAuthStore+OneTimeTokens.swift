// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `OneTimeTokenStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func issueToken(
        _ issued: MailedToken, under terms: MailTerms, answering claim: MailRequestClaim?, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance? {
        let token = issued.token
        return try perform { (state) throws(StoreError) in
            let others = state.tokens.values.filter {
                $0.userID == token.userID && $0.purpose == token.purpose
                    && $0.address.utf8.elementsEqual(token.address.utf8)
            }
            let plan = StorePlan.issueToken(
                issued, under: terms, answering: claim.map { state.answered($0) }, for: state.users[token.userID],
                beside: others, budget: state.mailBudgets[MailBudgetKey(token, terms)] ?? MailBudget(),
                context: context)
            return try state.apply(plan, at: context.now).outcome
        }
    }

    public func mailCount(since: Timestamp, limit: Int64) async throws(StoreError) -> Int64 {
        try perform { state in
            min(Int64(state.flows.values.count { $0.mailedAt.map { since <= $0 } ?? false }), max(0, limit))
        }
    }

    public func oneTimeToken(_ key: OneTimeTokenKey) async throws(StoreError) -> OneTimeToken? {
        try perform { $0.tokens[key] }
    }

    public func mailedFlow(_ id: FlowID) async throws(StoreError) -> MailedFlow? {
        try perform { $0.flows[id] }
    }

    public func mailedFlow(of key: OneTimeTokenKey) async throws(StoreError) -> MailedFlow? {
        try perform { $0.flow(of: key) }
    }

    public func countWrongCode(_ id: FlowID, context: OperationContext) async throws(StoreError) -> Int64? {
        try perform { state in
            guard let left = state.flows[id]?.triesLeft(afterOneMoreAt: context.now) else { return nil }
            state.flows[id]?.wrongCodes += 1
            return left
        }
    }

    public func redeemPasswordReset(
        _ proof: MailboxProof, newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.redeem(
                state.rows(for: proof), for: .passwordReset, newHash: newHash, context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func redeemEmailVerification(
        _ proof: MailboxProof, showing: CredentialGeneration?, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.redeem(
                state.rows(for: proof), for: .emailVerification, showing: showing, context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func redeemUnlock(
        _ proof: MailboxProof, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.redeem(state.rows(for: proof), for: .unlock, context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func redeemSignIn(
        _ proof: MailboxProof, session: Session, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<MailSignInOutcome> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.signIn(
                state.rows(for: proof), session: session, limit: limit,
                alive: limit.map { state.oldest(of: session.userID, under: $0, at: context.now) } ?? [],
                replacing: replaced.flatMap { state.sessions[$0] }, context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func reportFlow(
        _ proof: MailboxProof, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try perform { (state) throws(StoreError) in
            try state.apply(.report(state.rows(for: proof), context: context), at: context.now)
        }
    }
}

extension InMemoryState {
    fileprivate func flow(of key: OneTimeTokenKey) -> MailedFlow? {
        flows.values.first { $0.token == key }
    }

    /// The rows that a proof is judged by.
    func rows(for proof: MailboxProof) -> RedemptionRows {
        let flow: MailedFlow?
        if let key = proof.tokenKey { flow = self.flow(of: key) } else { flow = proof.flowID.flatMap { flows[$0] } }
        let key = proof.tokenKey ?? flow?.token
        return RedemptionRows(
            proof, flow: flow, token: key.flatMap { tokens[$0] }, user: key.flatMap { users[$0.userID] })
    }

    /// The sessions that a new one is decided beside, the one opened first in front.
    func oldest(of userID: UserID, under limit: SessionLimit, at now: Timestamp) -> [Session] {
        let sorted = alive(of: userID, at: now).sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        return Array(sorted.prefix(StorePlan<SessionOpening>.evictable(limit)))
    }

    mutating func voidTokens(of id: UserID, _ purpose: OneTimeTokenPurpose?, at now: Timestamp) {
        tokens = tokens.filter { _, token in
            token.userID != id || !(purpose.map { $0 == token.purpose } ?? token.purpose.endsWithPassword)
        }
        for flow in flows.values
        where flow.token?.userID == id && (purpose.map { $0 == flow.purpose } ?? flow.purpose.endsWithPassword) {
            end(flow, at: now)
        }
        if purpose == nil { supabase.removeCodes(of: id) }
    }

    mutating func voidToken(_ key: OneTimeTokenKey, at now: Timestamp) {
        tokens[key] = nil
        if let flow = flow(of: key) { end(flow, at: now) }
    }

    mutating func extendToken(_ key: OneTimeTokenKey, until instant: Timestamp) {
        tokens[key]?.expiresAt = instant
        if let flow = flow(of: key) { flows[flow.id]?.expiresAt = instant }
    }

    private mutating func end(_ flow: MailedFlow, at now: Timestamp) {
        flows[flow.id]?.endedAt = flow.endedAt ?? now
    }
}
