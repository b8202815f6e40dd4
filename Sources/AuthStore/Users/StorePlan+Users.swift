// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == UserCreation {
    /// The writes for a user whose row and identifiers are in place, as U1, U2 and U13 say.
    package static func createUser(
        _ user: User, passwordHash: StoredPasswordHash?, verification: MailedToken?, action: AuditAction,
        context: OperationContext
    ) -> StorePlan {
        let hash = passwordHash.map { [StoreWrite.storeHash($0, user.id)] } ?? []
        let mailed = verification.map { StoreWrite.issue($0, context) } ?? []
        return StorePlan(
            .created,
            hash + [.appendAudit(AuditEvent(action, target: user.id, in: context))] + mailed
                + StoreWrite.event(.userCreated, of: user.id, context) + [
                    // Last, because every other creation in the same shard waits for this row until the commit.
                    .changeUserCount(1, user.id)
                ])
    }
}

extension StorePlan where Outcome == FirstAdministratorCreation {
    /// The writes for a first administrator whose row and identifiers are in place, as U16 says.
    package static func createFirstAdministrator(
        _ user: User, passwordHash: StoredPasswordHash, verification: MailedToken?, context: OperationContext
    ) -> StorePlan {
        let writes = StorePlan<UserCreation>.createUser(
            user, passwordHash: passwordHash, verification: verification, action: .firstAdministratorCreated,
            context: context
        ).writes
        return StorePlan(.created, writes)
    }

    /// The plan instead, if there is an administrator.
    package static func administratorExists(context: OperationContext) -> StorePlan {
        StorePlan(
            .administratorExists,
            [.appendAudit(AuditEvent(.firstAdministratorCreated, refusal: "administrator_exists", in: context))])
    }
}

extension StorePlan where Outcome == Bool {
    /// Removes a registration that was abandoned, on its locked row, as U15 says.
    package static func removeAbandonedRegistration(
        of user: User?, madeBefore cutoff: Timestamp, context: OperationContext
    ) -> StorePlan {
        guard let user, AbandonedRegistration.includes(user, madeBefore: cutoff) else { return StorePlan(false) }
        return StorePlan(
            true,
            StoreWrite.remove(user, context) + [
                .appendAudit(AuditEvent(.abandonedRegistrationRemoved, target: user.id, in: context))
            ])
    }
}

extension StorePlan where Outcome == ProfileOutcome {
    /// Changes a profile on the locked row of its user, as U4 says.
    ///
    /// `undo` is what is offered where the address changes, with the rows that it is decided on.
    ///
    /// - Returns: The plan, and the identifiers to be claimed and freed with it. If one that is claimed belongs to
    ///   another user, ``taken(_:by:context:)`` replaces the plan.
    package static func changeProfile(
        of user: User?, _ id: UserID, by change: ProfileChange,
        undo: (offer: AddressUndoOffer, rows: AddressChangeRows)? = nil, context: OperationContext
    ) -> (plan: StorePlan, moves: [IdentifierMove]) {
        func audit(_ refusal: String?) -> StoreWrite {
            .appendAudit(AuditEvent(.profileChanged, refusal: refusal, target: id, in: context))
        }
        guard let user else { return (StorePlan(.notFound, [audit("not_found")]), []) }
        switch change.applied(to: user, at: context.now) {
        case .failure(let refused):
            switch refused.reason {
            case .noIdentifierLeft:
                return (StorePlan(.refused(refused.reason), [audit("no_identifier_left")]), [])
            case .userMetadataTooLarge, .appMetadataTooLarge:
                return (StorePlan(.refused(refused.reason), [audit("metadata_too_large")]), [])
            }
        case .success(let changed):
            guard !changed.isStoredLike(user) else { return (StorePlan(.changed(user)), []) }
            var voided: [StoreWrite] = []
            if changed.email?.canonical != user.email?.canonical {
                // The notice goes to the address that the user had.
                voided =
                    StoreWrite.voidAllTokens(of: id)
                    + (undo.map { StoreWrite.offer($0.offer, of: user, beside: $0.rows, context) }
                        ?? StoreWrite.notice(.addressChanged, to: user, context))
            } else if changed.newEmail?.canonical != user.newEmail?.canonical {
                // A link to an address that is asked for no more gives nothing.
                voided = [.voidTokens(id, .addressChange), .removeAddressConfirmation(id)]
            }
            voided += StoreWrite.unbinding(from: user, to: changed)
            let plan = StorePlan(
                .changed(changed),
                [.updateUser(changed)] + voided + [.appendChange(.userChanged(id)), audit(nil)]
                    + StoreWrite.event(.userChanged, of: id, context))
            return (plan, IdentifierMove.moves(from: user, to: changed))
        }
    }

    /// The plan instead, if another user holds an identifier.
    package static func taken(_ kind: IdentifierKind, by id: UserID, context: OperationContext) -> StorePlan {
        StorePlan(
            .taken(kind),
            [
                .appendAudit(
                    AuditEvent(.profileChanged, refusal: "\(kind.rawValue)_taken", target: id, in: context))
            ])
    }
}

extension StorePlan where Outcome == PasswordReplacementOutcome {
    /// Replaces a password on the locked row of its user and the hash that is stored now, as U5 says.
    package static func replacePassword(
        of user: User?, _ id: UserID, stored: StoredPasswordHash?, by replacement: PasswordReplacement,
        context: OperationContext
    ) -> StorePlan {
        func audit(_ refusal: String?) -> StoreWrite {
            .appendAudit(
                AuditEvent(
                    .passwordChanged, refusal: refusal, target: id, sessionID: replacement.session?.id, in: context))
        }
        guard var user else { return StorePlan(.notFound, [audit("not_found")]) }
        guard user.mayHoldSession(at: context.now) else { return StorePlan(.notFound, [audit("user_disabled")]) }
        guard stored?.text == replacement.expected?.text else { return StorePlan(.stale, [audit("stale")]) }
        user.epoch = user.epoch.next(at: context.now)
        user.credentialGeneration = user.credentialGeneration.next(at: context.now)
        user.mustChangePassword = false
        // What was asked for with the old password is void, with its token.
        user.newEmail = nil
        user.updatedAt = context.now
        let opened = replacement.session.map { [StoreWrite.openSession($0)] } ?? []
        return StorePlan(
            .replaced(user),
            StoreWrite.replacePassword(of: user, by: replacement.new, context) + opened + [audit(nil)])
    }
}

extension StorePlan where Outcome == AdministrationOutcome {
    /// Carries out an administrative action on the locked row of its target, as U7 to U9 say.
    ///
    /// `activeAdmins` counts the active administrators; no other transaction can make them fewer before the plan is
    /// carried out. `addressChanges` are those of the target, where a deletion keeps the row.
    package static func perform(
        _ action: AdministrativeAction, on target: User?, _ id: UserID, activeAdmins: Int,
        addressChanges: [StoredAddressChange] = [], reservingUsernameUntil reservation: Timestamp? = nil,
        context: OperationContext
    ) -> StorePlan {
        let auditAction: AuditAction
        switch action {
        case .setRole: auditAction = .roleChanged
        case .changePermissions: auditAction = .permissionsChanged
        case .setActive(true): auditAction = .userActivated
        case .setActive(false): auditAction = .userDeactivated
        case .ban: auditAction = .userBanned
        case .softDelete, .delete: auditAction = .userDeleted
        }
        func audit(_ refusal: String?) -> StoreWrite {
            .appendAudit(AuditEvent(auditAction, refusal: refusal, target: id, in: context))
        }
        guard let target else { return StorePlan(.notFound, [audit("not_found")]) }
        switch action.decide(on: target, by: context.actor, activeAdmins: activeAdmins, at: context.now) {
        case .unchanged:
            return StorePlan(.unchanged(target))
        case .refuse(let refusal):
            return StorePlan(.refused(refusal), [audit(refusal.rawValue)])
        case .remove:
            let removal = StoreWrite.remove(target, context)
            return StorePlan(.deleted(target), removal + reserve(target, until: reservation) + [audit(nil)])
        case .update(let changed, let endsSessions):
            if changed.deletedAt != nil {
                let removal = StoreWrite.removeTraces(
                    of: target, becoming: changed, beside: addressChanges.map(\.change), context)
                return StorePlan(.updated(changed), removal + reserve(target, until: reservation) + [audit(nil)])
            }
            let ended: [StoreWrite] =
                endsSessions
                ? [.endSessions(id, except: nil, Session.Ended(at: context.now, reason: .userDisabled))]
                    + StoreWrite.voidAllTokens(of: id) : StoreWrite.guardPower(of: target, becoming: changed)
            return StorePlan(
                .updated(changed),
                [.updateUser(changed)] + ended + [
                    .appendChange(.epochRaised(id, changed.epoch)), .appendChange(.userChanged(id)), audit(nil),
                ] + StoreWrite.event(.userChanged, of: id, context)
                    + (endsSessions ? StoreWrite.sessionsEnded(.all, of: id, context) : []))
        }
    }
}

extension StorePlan where Outcome == AdministrationOutcome {
    /// Reserves the username of a user who is deleted, as U8 says.
    private static func reserve(_ target: User, until reservation: Timestamp?) -> [StoreWrite] {
        guard let reservation, let username = target.username else { return [] }
        return [.reserveIdentifier(.username(username), until: reservation)]
    }
}

extension StoreWrite {
    /// All writes that delete a user whose row is kept: what names the user, and what opens a session, is gone.
    static func removeTraces(
        of user: User, becoming changed: User, beside changes: [AddressChange], _ context: OperationContext
    ) -> [StoreWrite] {
        let id = user.id
        var writes: [StoreWrite] = [.updateUser(changed), .freeIdentifiers(user), .removeHash(id)]
        writes.append(.removeIdentities(id, linkedSince: Timestamp(microseconds: .min)))
        writes.append(.endSessions(id, except: nil, Session.Ended(at: context.now, reason: .userDisabled)))
        // An address that was replaced before is not given back to a user who is deleted.
        writes += voidAllTokens(of: id) + [.voidTokens(id, .addressUndo)] + forget(changes)
        // Before what is told of the deletion.
        writes.append(.forgetUser(id))
        writes += [.appendChange(.epochRaised(id, changed.epoch)), .appendChange(.userChanged(id))]
        return writes + event(.userDeleted, of: id, context) + sessionsEnded(.all, of: id, context)
    }

    /// Voids what Supabase's API has mailed or handed out for a user who gains power: who may make links for users may not have
    /// one that signs in as an administrator.
    static func guardPower(of user: User, becoming changed: User) -> [StoreWrite] {
        guard !SupabaseAdministration.isProtected(user), SupabaseAdministration.isProtected(changed) else { return [] }
        return [.voidTokens(user.id, .supabase), .removeSupabaseCodes(user.id), .removeAddressConfirmation(user.id)]
    }

    /// All writes that remove a user, of which the subscriptions are told.
    static func remove(_ user: User, _ context: OperationContext) -> [StoreWrite] {
        [.removeUser(user), .changeUserCount(-1, user.id), .appendChange(.userDeleted(user.id))]
            + event(.userDeleted, of: user.id, context)
    }

    /// All writes of a new password: it revokes every token that was obtained with the old one, and the user is told.
    static func replacePassword(
        of user: User, by hash: StoredPasswordHash, _ context: OperationContext
    ) -> [StoreWrite] {
        [
            .updateUser(user), .storeHash(hash, user.id),
            .endSessions(user.id, except: nil, Session.Ended(at: context.now, reason: .passwordChanged)),
            .voidTokens(user.id, nil), .removeAddressConfirmation(user.id),
            .appendChange(.epochRaised(user.id, user.epoch)), .appendChange(.userChanged(user.id)),
        ] + notice(.passwordChanged, to: user, context) + event(.passwordChanged, of: user.id, context)
            + sessionsEnded(.all, of: user.id, context)
    }
}

extension User {
    /// Whether two states of a user are the same to the last code point; `==` leaves the spelling of names aside.
    func isStoredLike(_ other: User) -> Bool {
        self == other && username?.original == other.username?.original && email?.original == other.email?.original
            && newEmail?.original == other.newEmail?.original && hasSameMetadata(as: other)
    }
}
