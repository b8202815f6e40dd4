// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == ProfileOutcome {
    /// Changes a profile on the locked row of its user, as U4 says; the identifiers are claimed and freed by whoever
    /// carries the plan out, as ``IdentifierMove`` says.
    package static func changeProfile(
        of user: User?, _ id: UserID, by change: ProfileChange, context: OperationContext
    ) -> StorePlan {
        func audit(_ refusal: String?) -> AuditEvent {
            AuditEvent(.profileChanged, refusal: refusal, target: id, in: context)
        }
        guard let user else { return StorePlan(.notFound, audit: audit("not_found")) }
        switch change.applied(to: user, at: context.now) {
        case .failure(let refused):
            switch refused.reason {
            case .noIdentifierLeft:
                return StorePlan(.refused(refused.reason), audit: audit("no_identifier_left"))
            }
        case .success(let changed):
            guard !changed.isStoredLike(user) else { return StorePlan(.changed(user)) }
            var plan = StorePlan(.changed(changed), audit: audit(nil))
            plan.writtenUser = changed
            plan.changes = [.userChanged(id)]
            if changed.email?.canonical != user.email?.canonical {
                plan.voidedTokens = VoidedTokens(userID: id, purpose: nil)
            }
            return plan
        }
    }

    /// The plan instead, where another user holds an identifier.
    package static func taken(_ kind: IdentifierKind, by id: UserID, context: OperationContext) -> StorePlan {
        StorePlan(
            .taken(kind),
            audit: AuditEvent(.profileChanged, refusal: "\(kind.rawValue)_taken", target: id, in: context))
    }
}

extension StorePlan where Outcome == PasswordReplacementOutcome {
    /// Replaces a password on the locked row of its user and the hash that is stored now, as U5 says.
    package static func replacePassword(
        of user: User?, _ id: UserID, stored: StoredPasswordHash?, by replacement: PasswordReplacement,
        context: OperationContext
    ) -> StorePlan {
        func audit(_ refusal: String?) -> AuditEvent {
            AuditEvent(
                .passwordChanged, refusal: refusal, target: id, sessionID: replacement.session?.id, in: context)
        }
        guard var user else { return StorePlan(.notFound, audit: audit("not_found")) }
        guard user.mayHoldSession(at: context.now) else { return StorePlan(.notFound, audit: audit("user_disabled")) }
        guard stored?.text == replacement.expected.text else { return StorePlan(.stale, audit: audit("stale")) }
        user.epoch = user.epoch.next(at: context.now)
        user.mustChangePassword = false
        user.updatedAt = context.now
        var plan = StorePlan(.replaced(user), audit: audit(nil))
        plan.replacePassword(of: user, by: replacement.new, at: context.now)
        plan.openedSession = replacement.session
        return plan
    }
}

extension StorePlan where Outcome == AdministrationOutcome {
    /// Carries out an administrative act on the locked row of its target, as U7 to U9 say.
    ///
    /// - Parameter activeAdmins: How many there are; nobody else can make them fewer before the plan is carried out.
    package static func perform(
        _ act: AdministrativeAct, on target: User?, _ id: UserID, activeAdmins: Int, context: OperationContext
    ) -> StorePlan {
        let action: AuditAction
        switch act {
        case .setRole: action = .roleChanged
        case .setActive(true): action = .userActivated
        case .setActive(false): action = .userDeactivated
        case .delete: action = .userDeleted
        }
        func audit(_ refusal: String?) -> AuditEvent {
            AuditEvent(action, refusal: refusal, target: id, in: context)
        }
        guard let target else { return StorePlan(.notFound, audit: audit("not_found")) }
        switch act.decide(on: target, by: context.actor, activeAdmins: activeAdmins, at: context.now) {
        case .unchanged:
            return StorePlan(.unchanged(target))
        case .refuse(let refusal):
            return StorePlan(.refused(refusal), audit: audit(refusal.rawValue))
        case .remove:
            var plan = StorePlan(.deleted(target), audit: audit(nil))
            plan.removedUser = target
            plan.changes = [.userDeleted(id)]
            return plan
        case .update(let changed, let endsSessions):
            var plan = StorePlan(.updated(changed), audit: audit(nil))
            plan.writtenUser = changed
            plan.changes = [.epochRaised(id, changed.epoch), .userChanged(id)]
            if endsSessions {
                plan.endedSessions = EndedSessions(of: id, reason: .userDisabled, at: context.now)
                plan.voidedTokens = VoidedTokens(userID: id, purpose: nil)
            }
            return plan
        }
    }
}

extension StorePlan {
    /// Adds all that goes with a new password: whatever was obtained with the old one dies.
    mutating func replacePassword(of user: User, by hash: StoredPasswordHash, at now: Timestamp) {
        writtenUser = user
        writtenHash = WrittenHash(userID: user.id, hash: hash)
        endedSessions = EndedSessions(of: user.id, reason: .passwordChanged, at: now)
        voidedTokens = VoidedTokens(userID: user.id, purpose: nil)
        changes = [.epochRaised(user.id, user.epoch), .userChanged(user.id)]
    }
}

extension User {
    /// Whether two states of a user are the same to the last code point; `==` leaves the spelling of names aside.
    func isStoredLike(_ other: User) -> Bool {
        self == other && username?.original == other.username?.original && email?.original == other.email?.original
    }
}
