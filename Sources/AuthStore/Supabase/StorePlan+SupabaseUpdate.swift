// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// The locked rows that a user's own change is decided on.
package struct SupabaseUpdateRows: Sendable {
    /// The user.
    package let user: User?
    /// The session in which the user makes the change.
    package let session: Session?
    /// The password hash, and the changes of the address.
    package let stored: AddressChangeRows
    /// The flows of the user, for this API, that have not ended.
    package let flows: [MailedFlow]
    /// What mails are decided on, where some are ordered.
    package let mail: SupabaseMailRows?
    /// What is left of the budgets of a nonce.
    package let budgets: SupabaseBudgets

    /// Gathers rows.
    package init(
        user: User?, session: Session?, stored: AddressChangeRows, flows: [MailedFlow], mail: SupabaseMailRows?,
        budgets: SupabaseBudgets
    ) {
        self.user = user
        self.session = session
        self.stored = stored
        self.flows = flows
        self.mail = mail
        self.budgets = budgets
    }
}

extension SupabasePlan where Outcome == SupabaseUpdateOutcome {
    /// Changes a user for the user, as X8 says.
    package static func update(
        _ id: UserID, by change: SupabaseOwnChange, rows: SupabaseUpdateRows, context: OperationContext
    ) -> SupabasePlan {
        let action = change.password == nil ? AuditAction.profileChanged : .passwordChanged
        func refuse(
            _ outcome: SupabaseUpdateOutcome, _ reason: String, _ counting: [StoreWrite] = []
        ) -> SupabasePlan {
            let event = AuditEvent(action, refusal: reason, target: id, sessionID: change.session, in: context)
            return SupabasePlan(StorePlan(outcome, counting + [.appendAudit(event)]))
        }
        guard let user = rows.user, let session = rows.session, session.userID == user.id, session.ended == nil,
            context.now < session.expiresAt, user.mayHoldSession(at: context.now)
        else { return refuse(.sessionOver, "session_over") }
        let proving: [StoreWrite]
        switch change.proof(rows, user, session, at: context.now) {
        case .shown(let writes): proving = writes
        case .missing: return refuse(.proofNeeded, "proof_needed")
        case .spent: return refuse(.wrongNonce, "too_many_codes")
        case .wrong: return refuse(.wrongNonce, "wrong_code", rows.budgets.taken(at: context.now))
        }
        if let password = change.password, password.expected?.text != rows.stored.passwordHash?.text {
            return refuse(.stale, "stale")
        }
        switch change.profile.applied(to: user, at: context.now) {
        case .failure(let refused):
            switch refused.reason {
            case .noIdentifierLeft: return refuse(.refused(refused.reason), "no_identifier_left")
            case .userMetadataTooLarge, .appMetadataTooLarge:
                return refuse(.refused(refused.reason), "metadata_too_large")
            }
        case .success(let profile):
            let writes = change.writes(from: user, to: profile, in: session, rows, context)
            switch writes.mailing {
            case .refused(.mailLimitReached)?: return refuse(.mailLimitReached, "mail_limit_reached")
            case .refused(.addressChanged)?: return refuse(.stale, "address_changed")
            case .issued?, nil: break
            }
            return SupabasePlan(
                StorePlan(.updated(writes.user), proving + writes.writes),
                moves: IdentifierMove.moves(from: user, to: writes.user),
                reservedKinds: IdentifierMove.reservedKinds(changing: id, in: context),
                ifTaken: refuse(.taken, "email_taken").plan)
        }
    }
}

extension SupabaseOwnChange {
    /// Whether something shows that the user is who is there.
    fileprivate enum Proof {
        /// It does, and this is written of it.
        case shown([StoreWrite])
        /// Nothing was shown.
        case missing
        /// Too many codes were typed.
        case spent
        /// The code is wrong.
        case wrong
    }

    fileprivate func proof(_ rows: SupabaseUpdateRows, _ user: User, _ session: Session, at now: Timestamp) -> Proof {
        guard needsProof, !isProven,
            !SupabaseProof.isShown(by: session, user: user, recent: recent, recovery: recovery, at: now)
        else { return .shown([]) }
        guard let nonce else { return .missing }
        guard !rows.budgets.isSpent(at: now) else { return .spent }
        let flow = rows.flows.first { flow in
            guard let mail = flow.supabase, mail.kind == .reauthentication, flow.token?.userID == user.id,
                let address = user.email?.canonical, address.utf8.elementsEqual(mail.address.utf8)
            else { return false }
            return flow.accepts(nonce.digests, at: now)
        }
        guard let flow, let key = flow.token else { return .wrong }
        return .shown([.voidToken(key)])
    }

    /// What of it is a change of the profile.
    fileprivate var profile: ProfileChange {
        var profile = ProfileChange(userMetadata: data)
        if case .now(let address, _)? = email { profile.email = .some(address) }
        return profile
    }

    /// The user as it is written last, all writes, and whether the mails that are ordered are among them.
    fileprivate func writes(
        from user: User, to profile: User, in session: Session, _ rows: SupabaseUpdateRows,
        _ context: OperationContext
    ) -> (user: User, writes: [StoreWrite], mailing: OneTimeTokenIssuance?) {
        var changed = profile
        var writes: [StoreWrite] = []
        var audit: [StoreWrite] = []
        var outcome: OneTimeTokenIssuance?
        if !profile.isStoredLike(user) {
            let event = AuditEvent(.profileChanged, target: user.id, sessionID: session.id, in: context)
            audit.append(.appendAudit(event))
        }
        if case .now(_, let undo)? = email, changed.email?.canonical != user.email?.canonical {
            writes += StoreWrite.voidAllTokens(of: user.id)
            writes +=
                undo.map { StoreWrite.offer($0, of: user, beside: rows.stored, context) }
                ?? (user.isVerified ? StoreWrite.notice(.addressChanged, to: user, context) : [])
            writes += StoreWrite.unbinding(from: user, to: changed)
        }
        if let password {
            changed.epoch = user.epoch.next(at: context.now)
            changed.credentialGeneration = user.credentialGeneration.next(at: context.now)
            changed.mustChangePassword = false
            // What was asked for with the old password is void, with its token.
            changed.newEmail = nil
            changed.updatedAt = context.now
            writes += StoreWrite.replacePassword(
                of: user, becoming: changed, by: password.new, keeping: session.id, context)
            let event = AuditEvent(.passwordChanged, target: user.id, sessionID: session.id, in: context)
            audit.append(.appendAudit(event))
        }
        if case .pending(let order, let terms)? = email, let mail = rows.mail {
            let mailing = SupabaseMailing(order, under: terms, for: changed, rows: mail, context)
            changed = mailing.user
            writes += mailing.writes
            outcome = mailing.outcome
        }
        guard !changed.isStoredLike(user) else { return (user, writes, outcome) }
        let told = StoreWrite.event(.userChanged, of: user.id, context)
        let all: [StoreWrite] =
            [.updateUser(changed)] + writes + [.appendChange(.userChanged(user.id))] + audit + told
        return (changed, all, outcome)
    }
}

extension StoreWrite {
    /// The writes of a new password in a session that stays, apart from the row of the user.
    fileprivate static func replacePassword(
        of user: User, becoming changed: User, by hash: StoredPasswordHash, keeping session: SessionID,
        _ context: OperationContext
    ) -> [StoreWrite] {
        let end = Session.Ended(at: context.now, reason: .passwordChanged)
        var writes: [StoreWrite] = [.storeHash(hash, user.id), .endSessions(user.id, except: session, end)]
        writes += [.voidTokens(user.id, nil), .removeAddressConfirmation(user.id)]
        writes += [.appendChange(.epochRaised(user.id, changed.epoch))]
        writes += notice(.passwordChanged, to: user, context)
        writes += event(.passwordChanged, of: user.id, context)
        return writes + sessionsEnded(.allBut(session), of: user.id, context)
    }
}
