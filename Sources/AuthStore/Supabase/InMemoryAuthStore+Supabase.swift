// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `SupabaseStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func signUpAnonymously(
        _ user: User, session: Session, context: OperationContext
    ) async throws(StoreError) -> Committed<Void> {
        try perform { (state) throws(StoreError) in
            guard state.users[user.id] == nil, state.sessions[session.id] == nil else { throw .conflict }
            let plan = try StorePlan<Void>.signUpAnonymously(user, session: session, context: context)
            state.users[user.id] = user
            return try state.apply(plan, at: context.now)
        }
    }

    public func supabaseRecord(of id: UserID, mailsSince: Timestamp) async throws(StoreError) -> SupabaseRecord? {
        try perform { state in
            state.users[id].map { user in
                SupabaseRecord(
                    user: user, hasPassword: state.passwords[id] != nil, identities: state.identities(of: id),
                    mails: state.mails(to: id, since: mailsSince))
            }
        }
    }

    public func issueSupabaseMail(
        _ order: SupabaseMailOrder, under terms: MailTerms, answering claim: MailRequestClaim?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<OneTimeTokenIssuance?> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan<OneTimeTokenIssuance?>.issueSupabaseMail(
                order, under: terms, for: order.mails.first.flatMap { state.users[$0.token.userID] },
                rows: state.mailRows(for: order, terms, answering: claim, at: context.now), context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func redeemSupabase(
        _ proof: SupabasePresented, as type: SupabaseVerification, showing: SupabaseShowing?,
        opening: SupabaseOpening, isSecure: Bool, undo: @escaping @Sendable (UserID) -> AddressUndoOffer,
        limit: SessionLimit?, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseRedemptionOutcome> {
        let call = SupabaseRedeeming(
            proof, as: type, showing: showing, opening: opening, isSecure: isSecure, undo: undo, limit: limit)
        return try perform { (state) throws(StoreError) in
            let budgets = state.supabase.left(of: call.budgets)
            let flow: MailedFlow?
            switch proof {
            case .link(let key): flow = state.flows.values.first { $0.token == key }
            case .code(let address, _, _):
                guard !budgets.isSpent(at: context.now),
                    let fitting = call.fitting(state.codeFlows(of: address, at: context.now), at: context.now)
                else {
                    let plan = SupabasePlan<SupabaseRedemptionOutcome>.wrongCode(call, budgets, context: context)
                    return try state.carryOut(plan, for: nil, context)
                }
                flow = fitting
            }
            let token = flow?.token.flatMap { state.tokens[$0] }
            let user = token.flatMap { state.users[$0.userID] }
            let rows = SupabaseRedemptionRows(
                flow: flow, token: token, user: user, stored: state.addressChangeRows(of: user?.id),
                confirmed: user.flatMap { state.supabase.confirmations[$0.id] },
                alive: user.flatMap { user in limit.map { state.oldest(of: user.id, under: $0, at: context.now) } }
                    ?? [])
            let plan = SupabasePlan<SupabaseRedemptionOutcome>.redeem(call, rows, budgets: budgets, context: context)
            return try state.carryOut(plan, for: user?.id, context)
        }
    }

    public func exchangeSupabaseCode(
        _ digest: [UInt8], verifierDigest: [UInt8], session: Session, limit: SessionLimit?, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseExchangeOutcome> {
        try perform { (state) throws(StoreError) in
            let code = state.supabase.codes[digest]
            let user = code.flatMap { state.users[$0.userID] }
            let alive = user.flatMap { user in limit.map { state.oldest(of: user.id, under: $0, at: context.now) } }
            let plan = StorePlan<SupabaseExchangeOutcome>.exchange(
                code, of: user, verifierDigest: verifierDigest, session: session, limit: limit, alive: alive ?? [],
                context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func updateSupabaseUser(
        _ id: UserID, by change: SupabaseOwnChange, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseUpdateOutcome> {
        try perform { (state) throws(StoreError) in
            var mail: SupabaseMailRows?
            if case .pending(let order, let terms)? = change.email {
                mail = state.mailRows(for: order, terms, answering: nil, at: context.now)
            }
            let rows = SupabaseUpdateRows(
                user: state.users[id], session: state.sessions[change.session],
                stored: state.addressChangeRows(of: id), flows: state.supabaseFlows(of: id), mail: mail,
                budgets: state.supabase.left(of: change.nonce?.budgets ?? []))
            let plan = SupabasePlan<SupabaseUpdateOutcome>.update(id, by: change, rows: rows, context: context)
            return try state.carryOut(plan, for: id, context)
        }
    }

    public func administerSupabaseUser(
        _ id: UserID, by update: SupabaseAdminUpdate, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseAdminOutcome> {
        try perform { (state) throws(StoreError) in
            let plan = SupabasePlan<SupabaseAdminOutcome>.administer(
                id, by: update, of: state.users[id], stored: state.addressChangeRows(of: id),
                activeAdmins: state.activeAdmins(at: context.now), context: context)
            return try state.carryOut(plan, for: id, context)
        }
    }

    public func takeSupabaseBudget(
        _ budget: SupabaseBudget, at now: Timestamp
    ) async throws(StoreError) -> Timestamp? {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan<Timestamp?>.take(
                budget, from: state.supabase.budgets[budget.key] ?? MailBudget(), at: now)
            return try state.apply(plan, at: now).outcome
        }
    }
}

extension InMemoryState {
    /// Carries out a plan, unless what it claims is taken.
    fileprivate mutating func carryOut<Outcome>(
        _ plan: SupabasePlan<Outcome>, for id: UserID?, _ context: OperationContext
    ) throws(StoreError) -> Committed<Outcome> {
        guard let id, !plan.moves.isEmpty else { return try apply(plan.plan, at: context.now) }
        guard taken(plan.moves, reserved: plan.reservedKinds, at: context.now) == nil else {
            return try apply(plan.taken, at: context.now)
        }
        make(plan.moves, for: id)
        return try apply(plan.plan, at: context.now)
    }

    /// The newest three flows of an address that accept a code.
    fileprivate func codeFlows(of address: String, at now: Timestamp) -> [MailedFlow] {
        let live = flows.values.filter { flow in
            guard let mail = flow.supabase, flow.token != nil else { return false }
            return mail.address.utf8.elementsEqual(address.utf8) && flow.acceptsCode(at: now)
        }
        return Array(live.sorted(by: MailedFlow.isNewer).prefix(SupabaseCodes.mostLive))
    }

    fileprivate func supabaseFlows(of id: UserID) -> [MailedFlow] {
        let live = flows.values.filter { $0.supabase != nil && $0.token?.userID == id && $0.endedAt == nil }
        return live.sorted(by: MailedFlow.isNewer)
    }

    fileprivate func mails(to id: UserID, since: Timestamp) -> [SupabaseMailKind: Timestamp] {
        var mails: [SupabaseMailKind: Timestamp] = [:]
        for flow in flows.values where flow.token?.userID == id {
            guard let kind = flow.supabase?.kind, let at = flow.mailedAt, since <= at else { continue }
            mails[kind] = max(mails[kind] ?? at, at)
        }
        return mails
    }

    fileprivate func mailRows(
        for order: SupabaseMailOrder, _ terms: MailTerms, answering claim: MailRequestClaim?, at now: Timestamp
    ) -> SupabaseMailRows {
        let beside = order.mails.map { mail in
            let token = mail.token
            let tokens = self.tokens.values.filter {
                $0.userID == token.userID && $0.purpose == token.purpose
                    && $0.address.utf8.elementsEqual(token.address.utf8)
            }
            let address = mail.flow?.supabase?.address
            return SupabaseMailRows.Beside(
                tokens: tokens, codes: address.map { codeFlows(of: $0, at: now) } ?? [])
        }
        let first = order.mails.first?.token
        return SupabaseMailRows(
            beside: beside, budget: first.flatMap { mailBudgets[MailBudgetKey($0, terms)] } ?? MailBudget(),
            flows: first.map { supabaseFlows(of: $0.userID) } ?? [], request: claim.map { answered($0) })
    }
}

extension MailedFlow {
    /// The order of flows of one address: that whose code lives longest first.
    package static func isNewer(_ left: MailedFlow, _ right: MailedFlow) -> Bool {
        guard left.codeExpiresAt == right.codeExpiresAt else { return right.codeExpiresAt < left.codeExpiresAt }
        return right.id.digest.lexicographicallyPrecedes(left.id.digest)
    }
}

extension SupabaseRedeeming {
    /// The budgets of a code.
    package var budgets: [SupabaseBudget] {
        switch proof {
        case .link: []
        case .code(_, _, let budgets): budgets
        }
    }
}
