// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// The locked rows that redeeming a mail of Supabase's API is decided on.
package struct SupabaseRedemptionRows: Sendable {
    /// The flow of the mail.
    package let flow: MailedFlow?
    /// Its token.
    package let token: OneTimeToken?
    /// The user of the token.
    package let user: User?
    /// What a change of the user's address is decided on.
    package let stored: AddressChangeRows
    /// The confirmation of the other mailbox.
    package let confirmed: SupabaseAddressConfirmation?
    /// The sessions of the user that are alive, as `openSession` takes them.
    package let alive: [Session]

    /// Gathers rows.
    package init(
        flow: MailedFlow?, token: OneTimeToken?, user: User?, stored: AddressChangeRows,
        confirmed: SupabaseAddressConfirmation?, alive: [Session]
    ) {
        self.flow = flow
        self.token = token
        self.user = user
        self.stored = stored
        self.confirmed = confirmed
        self.alive = alive
    }
}

/// A call that redeems a mail, as it was made.
package struct SupabaseRedeeming: Sendable {
    /// What is shown.
    package let proof: SupabasePresented
    /// What it is shown as.
    package let type: SupabaseVerification
    /// The live session that is shown with it.
    package let showing: SupabaseShowing?
    /// What it opens.
    package let opening: SupabaseOpening
    /// Whether a change of address needs both mailboxes.
    package let isSecure: Bool
    /// What is offered to a user whose address changes.
    package let undo: @Sendable (UserID) -> AddressUndoOffer
    /// The limit of sessions.
    package let limit: SessionLimit?

    /// Describes a call.
    package init(
        _ proof: SupabasePresented, as type: SupabaseVerification, showing: SupabaseShowing?, opening: SupabaseOpening,
        isSecure: Bool, undo: @escaping @Sendable (UserID) -> AddressUndoOffer, limit: SessionLimit?
    ) {
        self.proof = proof
        self.type = type
        self.showing = showing
        self.opening = opening
        self.isSecure = isSecure
        self.undo = undo
        self.limit = limit
    }

    /// The flow whose code it shows, of those of the address that accept one, the newest first.
    package func fitting(_ flows: [MailedFlow], at now: Timestamp) -> MailedFlow? {
        guard case .code(_, let digests, _) = proof else { return nil }
        return flows.prefix(SupabaseCodes.mostLive).first { flow in
            guard let mail = flow.supabase, type.admits(mail.kind) else { return false }
            return flow.accepts(digests, at: now)
        }
    }

    /// Whether a locked flow is still what is shown: the code may have ended since the flow was found.
    func isShown(by flow: MailedFlow, at now: Timestamp) -> Bool {
        switch proof {
        case .link: true
        case .code(_, let digests, _): flow.accepts(digests, at: now)
        }
    }

    /// What the audit log calls it.
    var action: AuditAction {
        switch type {
        case .emailChange, .phoneChange: .addressChanged
        case .signup, .invite, .recovery, .magicLink, .email, .sms: .signIn
        }
    }
}

/// How many codes are typed and compared.
package enum SupabaseCodes {
    /// How many flows of one address accept a code at once.
    package static let mostLive = 3
}

/// What is left of budgets, in the order in which their rows are locked.
package struct SupabaseBudgets: Sendable {
    private let left: [(budget: SupabaseBudget, state: MailBudget)]

    /// The budgets in the order of their keys, each once.
    package static func ordered(_ budgets: [SupabaseBudget]) -> [SupabaseBudget] {
        var ordered: [SupabaseBudget] = []
        for budget in budgets.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
        where ordered.last?.key != budget.key {
            ordered.append(budget)
        }
        return ordered
    }

    /// Pairs budgets in their order with what is stored of them.
    package init(_ budgets: [SupabaseBudget], _ states: [MailBudget]) {
        left = zip(budgets, states).map { (budget: $0, state: $1) }
    }

    /// Whether one of them is spent.
    package func isSpent(at now: Timestamp) -> Bool {
        left.contains { $0.state.wait(at: now, under: $0.budget.rule) != nil }
    }

    /// The writes that take one from each.
    func taken(at now: Timestamp) -> [StoreWrite] {
        left.compactMap { budget, state -> StoreWrite? in
            var state = state
            guard state.take(at: now, under: budget.rule) != nil else { return nil }
            return .putSupabaseBudget(budget.key, state)
        }
    }
}

extension MailBudget {
    /// When the next one is admitted; `nil` where one is admitted now.
    package func wait(at now: Timestamp, under rule: Rule) -> Timestamp? {
        let ends = [(hourly, rule.hourly), (daily, rule.daily)].compactMap { bucket, rule -> Timestamp? in
            var trial = bucket
            switch trial.take(at: now, under: rule) {
            case .admitted: return nil
            case .refused(let wait): return now + wait
            }
        }
        return ends.max()
    }
}

extension StorePlan where Outcome == Timestamp? {
    /// Takes one from a budget on its locked row, as X11 says.
    package static func take(_ budget: SupabaseBudget, from state: MailBudget, at now: Timestamp) -> StorePlan {
        if let next = state.wait(at: now, under: budget.rule) { return StorePlan(next) }
        return StorePlan(nil, SupabaseBudgets([budget], [state]).taken(at: now))
    }
}
