// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// The locked rows that mails of Supabase's API are decided on.
package struct SupabaseMailRows: Sendable {
    /// What is stored about one mail's address.
    package struct Beside: Sendable {
        /// The stored tokens of the same user, purpose and address.
        package let tokens: [OneTimeToken]
        /// The flows of the address that accept a code, the newest first.
        package let codes: [MailedFlow]

        /// Gathers rows.
        package init(tokens: [OneTimeToken], codes: [MailedFlow]) {
            self.tokens = tokens
            self.codes = codes
        }
    }

    /// For each mail of the order, in its order.
    package let beside: [Beside]
    /// The budget of the user, the purpose and the standing.
    package let budget: MailBudget
    /// The flows of the user, for this API, that have not ended.
    package let flows: [MailedFlow]
    /// The request that is answered.
    package let request: AnsweredRequest?

    /// Gathers rows.
    package init(beside: [Beside], budget: MailBudget, flows: [MailedFlow], request: AnsweredRequest?) {
        self.beside = beside
        self.budget = budget
        self.flows = flows
        self.request = request
    }
}

extension StorePlan where Outcome == OneTimeTokenIssuance? {
    /// Writes the mails of an order on the locked row of their user, as X3 says.
    package static func issueSupabaseMail(
        _ order: SupabaseMailOrder, under terms: MailTerms, for user: User?, rows: SupabaseMailRows,
        context: OperationContext
    ) -> StorePlan {
        if let request = rows.request, !request.isHeld { return StorePlan(nil) }
        let answered = rows.request.map { [StoreWrite.removeMailRequest($0.claim.number)] } ?? []
        guard let user else {
            let flows = order.mails.compactMap { mail in mail.flow.map { StoreWrite.putFlow($0.unsent) } }
            return StorePlan(.refused(.addressChanged), answered + flows)
        }
        let mailing = SupabaseMailing(order, under: terms, for: user, rows: rows, context)
        guard !mailing.user.isStoredLike(user) else { return StorePlan(mailing.outcome, answered + mailing.writes) }
        return StorePlan(
            mailing.outcome,
            answered + [.updateUser(mailing.user)] + mailing.writes + [.appendChange(.userChanged(user.id))]
                + StoreWrite.event(.userChanged, of: user.id, context))
    }
}

/// What becomes of an order of mails, apart from the row of the user.
struct SupabaseMailing {
    /// Whether the mails are written.
    let outcome: OneTimeTokenIssuance
    /// The user as it is to be written.
    let user: User
    /// All other writes.
    let writes: [StoreWrite]

    /// Decides for a user as it will be.
    init(
        _ order: SupabaseMailOrder, under terms: MailTerms, for user: User, rows: SupabaseMailRows,
        _ context: OperationContext
    ) {
        var asking = user
        var writes: [StoreWrite] = []
        if let address = order.asking {
            asking.newEmail = address
            if !asking.isStoredLike(user) { asking.updatedAt = context.now }
            writes = Self.forgetOthers(than: address, of: user, rows.flows)
        }
        let isMeant = order.mails.allSatisfy { $0.token.userID == user.id && $0.token.isMeant(for: asking) }
        guard isMeant, let first = order.mails.first, order.mails.count == rows.beside.count else {
            outcome = .refused(.addressChanged)
            self.user = user
            self.writes = order.mails.compactMap { mail in mail.flow.map { StoreWrite.putFlow($0.unsent) } }
            return
        }
        self.user = asking
        let decisions = zip(order.mails, rows.beside).map { mail, beside in
            MailDecision.decide(
                mail.token, beside: beside.tokens, budget: rows.budget, under: terms, at: context.now)
        }
        var issued: Timestamp?
        for ((mail, beside), decision) in zip(zip(order.mails, rows.beside), decisions) {
            switch decision {
            case .mail(let expiry, let left):
                // Of two mails one is taken from the budget: each decision is made on what is stored.
                if issued == nil, terms.rule != nil {
                    writes.append(.putMailBudget(MailBudgetKey(first.token, terms), left))
                }
                issued = issued ?? expiry
                writes += beside.codes.dropFirst(SupabaseCodes.mostLive - 1).map { StoreWrite.voidCode($0.id) }
                writes += StoreWrite.issue(mail.expiring(at: expiry), context)
            case .extend(let newest, let instant):
                if let newest, newest.expiresAt < instant { writes.append(.extendToken(newest.key, until: instant)) }
                if let flow = mail.flow { writes.append(.putFlow(flow.unsent)) }
            }
        }
        outcome = issued.map { OneTimeTokenIssuance.issued(expiresAt: $0) } ?? .refused(.mailLimitReached)
        self.writes = writes
    }

    /// Removes what would give another address than the one that is asked for now.
    private static func forgetOthers(
        than address: EmailAddress, of user: User, _ flows: [MailedFlow]
    ) -> [StoreWrite] {
        let confirmation = StoreWrite.removeAddressConfirmation(user.id)
        guard address.canonical != user.newEmail?.canonical else { return [confirmation] }
        let tokens = flows.compactMap { flow -> OneTimeTokenKey? in
            switch flow.supabase?.kind {
            case .emailChangeCurrent, .emailChangeNew: flow.token
            case .signup, .invite, .magicLink, .recovery, .reauthentication, nil: nil
            }
        }
        return [confirmation, .voidTokens(user.id, .addressChange)] + tokens.map { StoreWrite.voidToken($0) }
    }
}
