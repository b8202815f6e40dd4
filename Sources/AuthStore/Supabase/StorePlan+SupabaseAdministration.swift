// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension SupabasePlan where Outcome == SupabaseAdminOutcome {
    /// Changes a user for an administrator on the locked row, as X9 says.
    ///
    /// `activeAdmins` is as for `perform`.
    package static func administer(
        _ id: UserID, by update: SupabaseAdminUpdate, of target: User?, stored: AddressChangeRows, activeAdmins: Int,
        context: OperationContext
    ) -> SupabasePlan {
        func refuse(_ outcome: SupabaseAdminOutcome, _ reason: String) -> SupabasePlan {
            let event = AuditEvent(.userUpdatedByKey, refusal: reason, target: id, in: context)
            return SupabasePlan(StorePlan(outcome, [.appendAudit(event)]))
        }
        guard let user = target, user.deletedAt == nil else { return refuse(.notFound, "not_found") }
        if update.isDelicate, !update.managesAdmins, SupabaseAdministration.isProtected(user) {
            return refuse(.protected, "protected")
        }
        var banned = user
        var writes: [StoreWrite] = []
        if let action = update.banning {
            switch action.decide(on: user, by: context.actor, activeAdmins: activeAdmins, at: context.now) {
            case .unchanged, .remove: break
            case .refuse(.lastActiveAdmin): return refuse(.lastAdministrator, "last_active_admin")
            case .refuse(.oneself), .refuse(.tooManyPermissions): return refuse(.protected, "protected")
            case .update(let changed, _):
                banned = changed
                writes += [
                    .appendChange(.epochRaised(id, changed.epoch)),
                    .appendAudit(AuditEvent(.userBanned, target: id, in: context)),
                ]
            }
        }
        switch update.profile.applied(to: banned, at: context.now) {
        case .failure(let refused):
            switch refused.reason {
            case .noIdentifierLeft: return refuse(.refused(refused.reason), "no_identifier_left")
            case .userMetadataTooLarge, .appMetadataTooLarge:
                return refuse(.refused(refused.reason), "metadata_too_large")
            }
        case .success(let profile):
            let changed = update.writes(from: user, to: profile, stored, writes, context)
            return SupabasePlan(
                StorePlan(.updated(changed.user), changed.writes),
                moves: IdentifierMove.moves(from: user, to: changed.user),
                reservedKinds: IdentifierMove.reservedKinds(changing: id, in: context),
                ifTaken: refuse(.taken, "email_taken").plan)
        }
    }
}

extension SupabaseAdminUpdate {
    /// Whether it is more than a change of metadata.
    fileprivate var isDelicate: Bool { email != nil || confirmsEmail || password != nil || ban != nil }

    fileprivate var banning: AdministrativeAction? {
        switch ban {
        case nil: nil
        case .until(let instant): .ban(until: instant)
        case .lifted: .ban(until: nil)
        }
    }

    /// What of it is a change of the profile.
    fileprivate var profile: ProfileChange {
        var profile = ProfileChange(userMetadata: userMetadata, appMetadata: appMetadata)
        if let email { profile.email = .some(email) }
        return profile
    }

    /// The user as it is written last, and all writes; `begun` are those of a ban.
    fileprivate func writes(
        from user: User, to profile: User, _ stored: AddressChangeRows, _ begun: [StoreWrite],
        _ context: OperationContext
    ) -> (user: User, writes: [StoreWrite]) {
        let id = user.id
        var changed = profile
        var writes: [StoreWrite] = begun
        let isMoved = changed.email?.canonical != user.email?.canonical
        if confirmsEmail, changed.email != nil, !changed.isVerified {
            changed.emailVerifiedAt = context.now
            changed.updatedAt = context.now
            if !isMoved { writes.append(.proveAddress(changed)) }
            writes += StoreWrite.event(.addressVerified, of: id, context)
        }
        if isMoved {
            writes += StoreWrite.voidAllTokens(of: id)
            writes += StoreWrite.offer(undo, of: user, beside: stored, context)
            writes += StoreWrite.unbinding(from: user, to: changed)
            writes += StoreWrite.acted("address", on: user, context)
        }
        if let password {
            // One operation raises the epoch once, as A9 says.
            if changed.epoch == user.epoch {
                changed.epoch = user.epoch.next(at: context.now)
                writes.append(.appendChange(.epochRaised(id, changed.epoch)))
            }
            changed.credentialGeneration = user.credentialGeneration.next(at: context.now)
            changed.mustChangePassword = false
            changed.isBound = false
            changed.newEmail = nil
            changed.updatedAt = context.now
            let end = Session.Ended(at: context.now, reason: .passwordChanged)
            writes += [.storeHash(password, id), .endSessions(id, except: nil, end), .voidTokens(id, nil)]
            writes.append(.removeAddressConfirmation(id))
            writes += StoreWrite.acted("password", on: user, context)
            writes += StoreWrite.event(.passwordChanged, of: id, context)
            writes += StoreWrite.sessionsEnded(.all, of: id, context)
        }
        guard !changed.isStoredLike(user) else { return (user, []) }
        let event = AuditEvent(.userUpdatedByKey, target: id, in: context)
        let told = StoreWrite.event(.userChanged, of: id, context)
        return (
            changed,
            [.updateUser(changed)] + writes + [.appendChange(.userChanged(id)), .appendAudit(event)] + told
        )
    }
}

extension StoreWrite {
    /// The notice to a user of what an administrator did, at the address that the user had.
    fileprivate static func acted(_ act: String, on user: User, _ context: OperationContext) -> [StoreWrite] {
        OutboxEntry.notice(.administratorActed, to: user, details: ["act": act], context).map { [.enqueue($0)] } ?? []
    }
}
