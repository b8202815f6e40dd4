// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// What was proven, and the rows around it.
private struct Proven {
    let mail: SupabaseMail
    let flow: MailedFlow
    let user: User
    let rows: SupabaseRedemptionRows
}

extension SupabasePlan where Outcome == SupabaseRedemptionOutcome {
    /// The code fits no flow, or nothing was compared, as X4 says.
    package static func wrongCode(
        _ call: SupabaseRedeeming, _ budgets: SupabaseBudgets, context: OperationContext
    ) -> SupabasePlan {
        let counting = budgets.isSpent(at: context.now) ? [] : budgets.taken(at: context.now)
        return refuse(.wrongCode, nil, call, counting, context)
    }

    /// Redeems a mail on locked rows, as X5 and X6 say.
    ///
    /// `budgets` are those of a code, of which none is spent.
    package static func redeem(
        _ call: SupabaseRedeeming, _ rows: SupabaseRedemptionRows, budgets: SupabaseBudgets, context: OperationContext
    ) -> SupabasePlan {
        let now = context.now
        guard let flow = rows.flow, let mail = flow.supabase, let token = rows.token, let user = rows.user,
            token.userID == user.id, flow.token == token.key
        else { return refuse(.unknown, rows.user?.id, call, [], context) }
        guard call.isShown(by: flow, at: now) else {
            return refuse(.wrongCode, user.id, call, budgets.taken(at: now), context)
        }
        let showing = call.showing.flatMap { $0.userID == user.id ? $0.generation : nil }
        let decision = SupabaseRedemption.decide(
            token, mail: mail, user: user, as: call.type, shown: flow.shown, showing: showing,
            confirmed: rows.confirmed, isSecure: call.isSecure, at: now)
        let proven = Proven(mail: mail, flow: flow, user: user, rows: rows)
        switch decision {
        case .refuse(let reason): return refuse(reason, user.id, call, [], context)
        case .signIn(let changed, let effect): return signIn(call, proven, becoming: changed, effect, context)
        case .changeAddress(let changed): return changeAddress(call, proven, becoming: changed, context)
        case .first(let confirmation):
            let event = AuditEvent(.addressChangeRequested, target: user.id, in: context)
            return SupabasePlan(
                StorePlan(
                    .first(mail),
                    [.putAddressConfirmation(confirmation), .voidToken(token.key), .appendAudit(event)]))
        }
    }

    private static func refuse(
        _ reason: OneTimeTokenRefusal, _ target: UserID?, _ call: SupabaseRedeeming, _ counting: [StoreWrite],
        _ context: OperationContext
    ) -> SupabasePlan {
        // Strangers can type as many codes as they like: the caller audits those within the share of their source.
        let event: [StoreWrite] =
            reason == .wrongCode
            ? [] : [.appendAudit(AuditEvent(call.action, refusal: reason.rawValue, target: target, in: context))]
        return SupabasePlan(StorePlan(.refused(reason), counting + event))
    }

    private static func signIn(
        _ call: SupabaseRedeeming, _ proven: Proven, becoming changed: User, _ effect: BindingEffect,
        _ context: OperationContext
    ) -> SupabasePlan {
        let user = proven.user
        let alive = effect == .void ? [] : proven.rows.alive
        let opened = open(call, proven, for: changed, alive: alive, context)
        guard let opening = opened.writes else { return SupabasePlan(opened.plan) }
        var writes = StoreWrite.redeem(.supabase, effect, of: user, becoming: changed, context)
        writes += opening
        writes.append(.refillMailBudget(.supabase, of: user.id))
        writes += StoreWrite.consequences(effect, of: user, context)
        return SupabasePlan(StorePlan(opened.plan.outcome, writes))
    }

    /// U18, U19, P13.
    private static func changeAddress(
        _ call: SupabaseRedeeming, _ proven: Proven, becoming changed: User, _ context: OperationContext
    ) -> SupabasePlan {
        let user = proven.user
        let stored = proven.rows.stored
        let opened = open(call, proven, for: changed, alive: proven.rows.alive, context)
        guard let opening = opened.writes else { return SupabasePlan(opened.plan) }
        var writes: [StoreWrite] = [.updateUser(changed)] + StoreWrite.voidAllTokens(of: user.id)
        writes += StoreWrite.unbinding(from: user, to: changed)
        writes += StoreWrite.offer(call.undo(user.id), of: user, beside: stored, context)
        writes.append(.appendChange(.userChanged(user.id)))
        writes.append(.appendAudit(AuditEvent(.addressChanged, target: user.id, in: context)))
        writes += opening
        writes.append(.refillMailBudget(.supabase, of: user.id))
        writes += StoreWrite.event(.userChanged, of: user.id, context)
        writes += StoreWrite.event(.addressVerified, of: user.id, context)
        let claimed = changed.email?.canonical ?? ""
        let isOwn = stored.changes.contains { $0.change.reserves(claimed, at: context.now) }
        return SupabasePlan(
            StorePlan(opened.plan.outcome, writes), moves: IdentifierMove.moves(from: user, to: changed),
            reservedKinds: isOwn ? [] : [.email],
            ifTaken: refuse(.addressTaken, user.id, call, [], context).plan)
    }

    /// Opens the session of a user as it will be, or stores the code for one.
    ///
    /// - Returns: The plan of the opening alone, and its writes where something is opened.
    private static func open(
        _ call: SupabaseRedeeming, _ proven: Proven, for user: User, alive: [Session], _ context: OperationContext
    ) -> (plan: StorePlan<SupabaseRedemptionOutcome>, writes: [StoreWrite]?) {
        switch call.opening {
        case .code(let digest, let binds):
            let code = SupabaseCode(
                digest: digest, userID: user.id, method: proven.mail.kind.method(isExchange: true),
                challenge: proven.mail.challenge, generation: proven.flow.shown, binds: binds,
                expiresAt: context.now + SupabaseCode.lifetime, wrongVerifiers: 0)
            let event = AuditEvent(.signIn, target: user.id, in: context)
            return (StorePlan(.coded(user, proven.mail)), [.putSupabaseCode(code), .appendAudit(event)])
        case .session(let session):
            let method = AuthenticationMethod.supabase(proven.mail.kind.method(isExchange: false), at: context.now)
            let opened = session.ofSupabase(userID: user.id, method)
            let opening = StorePlan<SessionOpening>.openSession(
                opened, for: user, expecting: user.epoch, limit: call.limit, alive: alive, replacing: nil,
                context: context)
            switch opening.outcome {
            case .opened(let user, let evicted):
                return (StorePlan(.opened(user, proven.mail, opened, evicted: evicted)), opening.writes)
            case .limitReached: return (StorePlan(.limitReached, opening.writes), nil)
            // Not reached: the epoch is that of the locked row, and who may not sign in was refused before.
            case .stale: return (StorePlan(.refused(.userDisabled), opening.writes), nil)
            }
        }
    }
}

extension Session {
    /// The same session as another user's, opened by one method.
    func ofSupabase(userID: UserID, _ method: AuthenticationMethod) -> Session {
        var session = owned(by: userID)
        session.methods = [method]
        return session
    }
}
