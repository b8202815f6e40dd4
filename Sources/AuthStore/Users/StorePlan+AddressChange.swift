// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// The locked rows that a change of address is decided on, beside those of its proof.
package struct AddressChangeRows: Sendable {
    /// The changes of the user, the earliest first.
    package let changes: [StoredAddressChange]
    /// The hash that the user has.
    package let passwordHash: StoredPasswordHash?

    /// Gathers rows.
    package init(_ changes: [StoredAddressChange], passwordHash: StoredPasswordHash?) {
        self.changes = changes
        self.passwordHash = passwordHash
    }
}

/// A plan that gives a user another address, and what it claims and frees.
package struct AddressMovePlan: Sendable {
    /// The plan, if the address can be claimed.
    package let plan: StorePlan<AddressChangeOutcome>
    /// The plan, if another user holds the address or it is reserved.
    package let taken: StorePlan<AddressChangeOutcome>
    /// The identifiers to be claimed and freed.
    package let moves: [IdentifierMove]
    /// The user; `nil` where nothing is claimed or freed.
    package let userID: UserID?
    /// The kinds of which nothing is claimed that is reserved.
    package let reservedKinds: Set<IdentifierKind>

    private init(refusing plan: StorePlan<AddressChangeOutcome>) {
        (self.plan, taken, moves, userID, reservedKinds) = (plan, plan, [], nil, [])
    }

    private init(
        _ plan: StorePlan<AddressChangeOutcome>, from user: User, to changed: User, for action: AuditAction,
        reservedKinds: Set<IdentifierKind>, _ context: OperationContext
    ) {
        self.plan = plan
        taken = .refuse(.addressTaken, triesLeft: nil, [], action, user.id, context)
        moves = IdentifierMove.moves(from: user, to: changed)
        userID = user.id
        self.reservedKinds = reservedKinds
    }

    /// Gives a user the address that was proven, as U18 and U19 say.
    package static func confirm(
        _ rows: RedemptionRows, beside stored: AddressChangeRows, showing: CredentialGeneration?,
        undo: AddressUndoOffer, context: OperationContext
    ) -> AddressMovePlan {
        let action = OneTimeTokenPurpose.addressChange.completion
        func refuse(_ reason: OneTimeTokenRefusal, _ triesLeft: Int64?, _ counting: [StoreWrite]) -> AddressMovePlan {
            AddressMovePlan(
                refusing: .refuse(reason, triesLeft: triesLeft, counting, action, rows.token?.userID, context))
        }
        switch rows.decide(for: .addressChange, showing: showing, at: context.now) {
        case .refuse(let refusal): return refuse(refusal.reason, refusal.triesLeft, refusal.counting)
        case .accept(_, .prove), .accept(_, .setPassword), .accept(_, .restoreAddress):
            return refuse(.wrongPurpose, nil, [])
        case .accept(let user, .changeAddress(let changed)):
            var writes: [StoreWrite] = [.updateUser(changed)] + StoreWrite.voidAllTokens(of: user.id)
            writes += StoreWrite.unbinding(from: user, to: changed)
            writes += StoreWrite.offer(undo, of: user, beside: stored, context)
            writes.append(.appendChange(.userChanged(user.id)))
            writes.append(.appendAudit(AuditEvent(action, target: user.id, in: context)))
            writes += StoreWrite.event(.userChanged, of: user.id, context)
            writes += StoreWrite.event(.addressVerified, of: user.id, context)
            let claimed = changed.email?.canonical ?? ""
            let isOwn = stored.changes.contains { $0.change.reserves(claimed, at: context.now) }
            return AddressMovePlan(
                StorePlan(.changed(changed), writes), from: user, to: changed, for: action,
                reservedKinds: isOwn ? [] : [.email], context)
        }
    }

    /// Restores a former address, as U20 says.
    package static func undo(
        _ rows: RedemptionRows, beside stored: AddressChangeRows, newHash: StoredPasswordHash? = nil,
        context: OperationContext
    ) -> AddressMovePlan {
        let action = OneTimeTokenPurpose.addressUndo.completion
        func refuse(
            _ reason: OneTimeTokenRefusal, _ triesLeft: Int64? = nil, _ counting: [StoreWrite] = []
        ) -> AddressMovePlan {
            AddressMovePlan(
                refusing: .refuse(reason, triesLeft: triesLeft, counting, action, rows.token?.userID, context))
        }
        let found = stored.changes.first { $0.change.undoKey == rows.token?.key }
        let decision = rows.decide(
            for: .addressUndo, showing: nil, settingPassword: newHash != nil, undoing: found?.change, at: context.now)
        let user: User
        var restored: User
        let password: PasswordRestoration
        switch decision {
        case .refuse(let refusal): return refuse(refusal.reason, refusal.triesLeft, refusal.counting)
        case .accept(_, .prove), .accept(_, .setPassword), .accept(_, .changeAddress): return refuse(.wrongPurpose)
        case .accept(let former, .restoreAddress(let changed, let restoration)):
            (user, restored, password) = (former, changed, restoration)
        }
        guard let found else { return refuse(.unknown) }
        if newHash != nil { restored.mustChangePassword = false }
        let undone = found.change.undoing(in: stored.changes.map(\.change))
        var writes: [StoreWrite] = [.updateUser(restored)]
        if let newHash {
            writes += [.storeHash(newHash, user.id)] + StoreWrite.event(.passwordChanged, of: user.id, context)
        } else {
            writes += StoreWrite.restore(password, found, of: user, context)
        }
        writes.append(.endSessions(user.id, except: nil, Session.Ended(at: context.now, reason: .revoked)))
        writes += StoreWrite.voidAllTokens(of: user.id)
        writes += StoreWrite.undoIdentities(since: found.change)
        writes += StoreWrite.forget(undone)
        writes.append(.appendChange(.epochRaised(user.id, restored.epoch)))
        writes.append(.appendChange(.userChanged(user.id)))
        writes.append(.appendAudit(AuditEvent(action, target: user.id, in: context)))
        writes += StoreWrite.notice(.addressChanged, to: user, context)
        writes += StoreWrite.event(.userChanged, of: user.id, context)
        writes += StoreWrite.sessionsEnded(.all, of: user.id, context)
        return AddressMovePlan(
            StorePlan(.changed(restored), writes), from: user, to: restored, for: action,
            reservedKinds: [], context)
    }
}

extension StorePlan where Outcome == AddressChangeOutcome {
    fileprivate static func refuse(
        _ reason: OneTimeTokenRefusal, triesLeft: Int64?, _ counting: [StoreWrite], _ action: AuditAction,
        _ target: UserID?, _ context: OperationContext
    ) -> StorePlan {
        let event = AuditEvent(action, refusal: reason.rawValue, target: target, in: context)
        return StorePlan(.refused(reason, triesLeft: triesLeft), counting + [.appendAudit(event)])
    }
}

extension StorePlan where Outcome == Bool {
    /// Makes changes of address final on the locked row of their user, as U21 says.
    package static func finalizeAddressChanges(
        of user: User?, _ changes: [AddressChange], context: OperationContext
    ) -> StorePlan {
        guard let user, changes.contains(where: { $0.isOpen(at: context.now) }) else { return StorePlan(false) }
        return StorePlan(
            true,
            StoreWrite.forget(changes) + [
                .appendAudit(AuditEvent(.addressChangeFinalized, target: user.id, in: context))
            ])
    }
}

extension StorePlan where Outcome == User? {
    /// Gives up the address that a user asks for on the locked row, as U22 says.
    package static func cancelAddressChange(of user: User?, context: OperationContext) -> StorePlan {
        guard var changed = user, changed.newEmail != nil else { return StorePlan(user) }
        changed.newEmail = nil
        changed.updatedAt = context.now
        let event = AuditEvent(.addressChangeCancelled, target: changed.id, in: context)
        var writes: [StoreWrite] = [.updateUser(changed), .voidTokens(changed.id, .addressChange)]
        writes.append(.removeAddressConfirmation(changed.id))
        writes += [.appendChange(.userChanged(changed.id)), .appendAudit(event)]
        writes += StoreWrite.event(.userChanged, of: changed.id, context)
        return StorePlan(changed, writes)
    }
}

extension StoreWrite {
    /// Stores a change of the address that a user has, and offers its undo to that address; nothing for a user without one.
    static func offer(
        _ undo: AddressUndoOffer, of user: User, beside stored: AddressChangeRows, _ context: OperationContext
    ) -> [StoreWrite] {
        let earlier = stored.changes.map(\.change)
        guard
            let change = AddressChange(of: user, after: earlier, undoDigest: undo.token.digest, at: context.now)
        else { return [] }
        let token = OneTimeToken(
            digest: undo.token.digest, purpose: .addressUndo, userID: user.id, address: change.former.canonical,
            createdAt: context.now, expiresAt: change.endsAt)
        // No browser has asked for it, so its code lives as long as its link.
        let flow = MailedFlow(
            id: undo.flow, purpose: .addressUndo, recipient: change.former.original, token: token.key, shown: nil,
            codeDigest: undo.codeDigest, codeExpiresAt: change.endsAt, expiresAt: change.endsAt, mailedAt: nil,
            source: context.source, userAgent: context.userAgent, createdAt: context.now)
        let mail = OutboxEntry(
            .notice, kind: AddressUndoOffer.mailKind, about: user.id, to: change.former.original, token: undo.token,
            expiresAt: change.endsAt, in: context)
        let kept: [StoreWrite] = [
            .putAddressChange(StoredAddressChange(change, passwordHash: stored.passwordHash)),
            .reserveIdentifier(.email(change.former), until: change.endsAt),
        ]
        return kept + issue(MailedToken(token, flow: flow, mail: mail), context)
    }

    /// Removes changes, what undoes them, and their reservations.
    static func forget(_ changes: [AddressChange]) -> [StoreWrite] {
        changes.flatMap { change in
            [
                StoreWrite.voidToken(change.undoKey), .removeAddressChange(change.userID, number: change.number),
                .releaseIdentifier(.email(change.former), until: change.endsAt),
            ]
        }
    }

    /// What an undo does to the password.
    fileprivate static func restore(
        _ password: PasswordRestoration, _ stored: StoredAddressChange, of user: User, _ context: OperationContext
    ) -> [StoreWrite] {
        switch password {
        case .keep: []
        case .remove: [StoreWrite.removeHash(user.id)]
        case .restore:
            if let hash = stored.passwordHash {
                [StoreWrite.storeHash(hash, user.id)] + event(.passwordChanged, of: user.id, context)
            } else {
                [StoreWrite.removeHash(user.id)] + event(.passwordChanged, of: user.id, context)
            }
        }
    }
}
