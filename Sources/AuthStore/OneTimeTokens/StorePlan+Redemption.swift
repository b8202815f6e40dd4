// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == RedemptionOutcome {
    /// Redeems a one-time token on locked rows, as T2 to T4, T7 and T8 say.
    ///
    /// `newHash` is the hash to store when a password is reset; `nil` for other purposes.
    package static func redeem(
        _ rows: RedemptionRows, for purpose: OneTimeTokenPurpose, newHash: StoredPasswordHash? = nil,
        showing: CredentialGeneration? = nil, context: OperationContext
    ) -> StorePlan {
        func refuse(_ refusal: RedemptionRows.Refusal) -> StorePlan {
            StorePlan(
                .refused(refusal.reason, triesLeft: refusal.triesLeft),
                refusal.writes(purpose.completion, target: rows.target, context))
        }
        func accept(_ changed: User, _ effect: BindingEffect, from user: User, _ writes: [StoreWrite]) -> StorePlan {
            let event = AuditEvent(purpose.completion, target: user.id, in: context)
            return StorePlan(
                .accepted(changed, effect),
                writes + [.appendAudit(event), .refillMailBudget(purpose, of: user.id)]
                    + StoreWrite.consequences(effect, of: user, context))
        }
        // What gives another address has operations of its own, and so has what needs a password.
        let misplaced = RedemptionRows.Refusal(reason: .wrongPurpose, triesLeft: nil, counting: [])
        switch rows.decide(for: purpose, showing: showing, at: context.now) {
        case .refuse(let refusal):
            return refuse(refusal)
        case .accept(let user, .prove(let changed, let effect)):
            let writes = StoreWrite.redeem(purpose, effect, of: user, becoming: changed, context)
            return accept(changed, effect, from: user, writes)
        case .accept(let user, .setPassword(let changed, let effect)):
            guard let newHash else { return refuse(misplaced) }
            var writes = StoreWrite.replacePassword(of: changed, by: newHash, context)
            writes += StoreWrite.addressProof(of: user, becoming: changed)
            // The password replaces what was not bound; an identity would otherwise outlive it.
            if !user.isBound { writes += StoreWrite.identities(.void, of: user.id) }
            return accept(changed, effect, from: user, writes)
        case .accept(_, .changeAddress), .accept(_, .restoreAddress):
            return refuse(misplaced)
        }
    }

    /// Ends a flow on locked rows, as T10 says.
    package static func report(_ rows: RedemptionRows, context: OperationContext) -> StorePlan {
        func refuse(_ refusal: RedemptionRows.Refusal) -> StorePlan {
            StorePlan(
                .refused(refusal.reason, triesLeft: refusal.triesLeft),
                refusal.writes(.mailedActionReported, target: rows.target, context))
        }
        switch rows.judge(demanding: .report, at: context.now) {
        case .failure(let refusal): return refuse(refusal)
        case .success(let proven):
            return StorePlan(
                .accepted(proven.user, .keep),
                [
                    .voidToken(proven.token.key),
                    .appendAudit(AuditEvent(.mailedActionReported, target: proven.user.id, in: context)),
                ])
        }
    }
}

extension StorePlan where Outcome == MailSignInOutcome {
    /// Redeems a token and opens a session on locked rows, as T9 says.
    ///
    /// `alive` and `replaced` are as in `openSession`.
    package static func signIn(
        _ rows: RedemptionRows, session: Session, limit: SessionLimit?, alive: [Session], replacing replaced: Session?,
        context: OperationContext
    ) -> StorePlan {
        switch rows.decide(for: .signIn, showing: nil, at: context.now) {
        case .refuse(let refusal):
            return StorePlan(
                .refused(refusal.reason, triesLeft: refusal.triesLeft),
                refusal.writes(.signIn, target: rows.target, context))
        case .accept(let user, let redeemed):
            guard case .prove(let changed, let effect) = redeemed, session.userID == user.id else {
                let refusal = RedemptionRows.Refusal(reason: .unknown, triesLeft: nil, counting: [])
                return StorePlan(
                    .refused(refusal.reason, triesLeft: nil), refusal.writes(.signIn, target: user.id, context))
            }
            let isVoid = effect == .void
            let opening = StorePlan<SessionOpening>.openSession(
                session, for: changed, expecting: changed.epoch, limit: limit, alive: isVoid ? [] : alive,
                replacing: isVoid ? nil : replaced, context: context)
            switch opening.outcome {
            case .opened(let opened, let evicted):
                return StorePlan(
                    .opened(opened, effect, evicted: evicted),
                    StoreWrite.redeem(.signIn, effect, of: user, becoming: changed, context) + opening.writes
                        + [.refillMailBudget(.signIn, of: user.id)]
                        + StoreWrite.consequences(effect, of: user, context))
            case .limitReached:
                return StorePlan(.limitReached, opening.writes)
            case .stale:
                // Not reached: the epoch is that of the locked row, and who may not sign in was refused before.
                return StorePlan(.refused(.userDisabled, triesLeft: nil), opening.writes)
            }
        }
    }
}

extension StoreWrite {
    /// What redeeming a token does to the rows of its user, apart from setting a password.
    ///
    /// Where nothing of the user changes, neither the row nor the feed is written.
    static func redeem(
        _ purpose: OneTimeTokenPurpose, _ effect: BindingEffect, of user: User, becoming changed: User,
        _ context: OperationContext
    ) -> [StoreWrite] {
        var credentials: [StoreWrite]
        switch effect {
        case .keep, .bind:
            credentials = [.voidTokens(changed.id, purpose)]
        case .void:
            credentials = [
                .removeHash(changed.id),
                .endSessions(changed.id, except: nil, Session.Ended(at: context.now, reason: .credentialsVoided)),
            ]
            credentials += voidAllTokens(of: changed.id)
            credentials.append(.appendChange(.epochRaised(changed.id, changed.epoch)))
        }
        guard !changed.isStoredLike(user) else { return credentials }
        return [.updateUser(changed)] + credentials + identities(effect, of: changed.id)
            + [.appendChange(.userChanged(changed.id))] + addressProof(of: user, becoming: changed)
    }

    /// Records that an address is verified that was not before.
    static func addressProof(of user: User, becoming changed: User) -> [StoreWrite] {
        user.isVerified ? [] : [.proveAddress(changed)]
    }

    /// Voids whatever was mailed to a user, and what one mailbox has confirmed, but for what undoes a change of address.
    static func voidAllTokens(of userID: UserID) -> [StoreWrite] {
        [.voidTokens(userID, nil), .voidTokens(userID, .invitation), .removeAddressConfirmation(userID)]
    }

    /// Gives back what strangers have used of a budget: the owner has just read the mailbox, and used up the links in it.
    static func refillMailBudget(_ purpose: OneTimeTokenPurpose, of userID: UserID) -> StoreWrite {
        .putMailBudget(MailBudgetKey(userID: userID, purpose: purpose, standing: .stranger), MailBudget())
    }

    /// What is told of a redemption besides its own audit event; `user` is the user as before.
    static func consequences(
        _ effect: BindingEffect, of user: User, _ context: OperationContext
    ) -> [StoreWrite] {
        let verified = user.isVerified ? [] : event(.addressVerified, of: user.id, context)
        guard effect == .void else { return verified }
        return [.appendAudit(AuditEvent(.credentialsVoided, target: user.id, in: context))]
            + notice(.credentialsVoided, to: user, context) + verified + sessionsEnded(.all, of: user.id, context)
    }
}

extension RedemptionRows {
    /// Whom a refusal is about, as far as the rows tell.
    fileprivate var target: UserID? { token?.userID ?? flow?.token?.userID }
}

extension RedemptionRows.Refusal {
    fileprivate func writes(
        _ action: AuditAction, target: UserID?, _ context: OperationContext
    ) -> [StoreWrite] {
        counting + [.appendAudit(AuditEvent(action, refusal: reason.rawValue, target: target, in: context))]
    }
}
