// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == UserCreation {
    /// The writes for an invited user whose row and identifiers are in place, as I1 says.
    package static func createInvitedUser(
        _ user: User, _ invitation: Invitation, _ issued: MailedToken, context: OperationContext
    ) -> StorePlan {
        var plan = createUser(
            user, passwordHash: nil, verification: issued, action: .userCreated, context: context)
        plan.writes.insert(.putInvitation(invitation), at: 0)
        return plan
    }
}

extension StorePlan where Outcome == InvitationOutcome {
    /// Invites a user on the locked row, as I2 says; `others` are the user's invitations.
    package static func invite(
        _ invitation: Invitation, _ issued: MailedToken, for user: User?, beside others: [Invitation],
        under policy: AccessPolicy, context: OperationContext
    ) -> StorePlan {
        guard let user, user.email?.canonical == issued.token.address else { return StorePlan(.userChanged) }
        if let refusal = invitation.refusal(for: user, beside: others, under: policy.roles, at: context.now) {
            let event = AuditEvent(.invitationSent, refusal: refusal.rawValue, target: user.id, in: context)
            return StorePlan(.refused(refusal), [.appendAudit(event)])
        }
        return StorePlan(.done, [.putInvitation(invitation)] + StoreWrite.issue(issued, context))
    }

    /// Revokes an invitation on the locked rows of its user, as I4 says.
    package static func revoke(
        _ id: InvitationID, of user: User?, invitations: [Invitation], context: OperationContext
    ) -> StorePlan {
        func refuse(_ refusal: InvitationRefusal) -> StorePlan {
            let event = AuditEvent(.invitationRevoked, refusal: refusal.rawValue, target: user?.id, in: context)
            return StorePlan(.refused(refusal), [.appendAudit(event)])
        }
        guard let user, var invitation = invitations.first(where: { $0.id == id }) else { return refuse(.notFound) }
        guard invitation.state == .pending else { return refuse(.over) }
        invitation.state = .revoked
        let revoked: [StoreWrite] = [
            .putInvitation(invitation), .voidTokens(user.id, .invitation),
            .appendAudit(AuditEvent(.invitationRevoked, target: user.id, in: context)),
        ]
        let others = invitations.filter { $0.id != id }
        guard user.isRemovedWithInvitations(others, at: context.now) else { return StorePlan(.done, revoked) }
        return StorePlan(.done, revoked + StoreWrite.removeInvitee(user, context))
    }
}

extension StorePlan where Outcome == InvitationResendOutcome {
    /// Sends an invitation again on its locked row and that of its user, as I3 says.
    package static func resend(
        _ invitation: Invitation?, _ issued: MailedToken, for user: User?, context: OperationContext
    ) -> StorePlan {
        guard let user, user.email?.canonical == issued.token.address else { return StorePlan(.userChanged) }
        guard let invitation, invitation.userID == user.id else { return StorePlan(.refused(.refused(.notFound))) }
        switch invitation.resend(at: context.now) {
        case .failure(let error):
            return StorePlan(.refused(error.reason))
        case .success(let sent):
            return StorePlan(.sent(sent), [.putInvitation(sent)] + StoreWrite.issue(issued, context))
        }
    }
}

extension StorePlan where Outcome == InvitationAcceptanceOutcome {
    /// Accepts an invitation on locked rows, as I5 to I7 say.
    package static func acceptInvitation(
        _ state: InvitedState, _ acceptance: InvitationProof, context: OperationContext
    ) -> StorePlan {
        let decision = InvitationAcceptance.decide(
            state, acceptance.proof, setsPassword: acceptance.newHash != nil, showing: acceptance.showing,
            under: acceptance.policy, at: context.now)
        switch decision {
        case .passwordNeeded: return StorePlan(.passwordNeeded)
        case .passwordStays: return StorePlan(.passwordStays)
        case .refuse(let refusal):
            return refuseInvitation(refusal, of: state.user?.id, flow: state.flow, context: context)
        case .accept(let changed, let effect, let invitation):
            guard let user = state.user else { return refuseInvitation(.unknown, of: nil, context: context) }
            return StorePlan(
                .accepted(changed, effect),
                StoreWrite.accept(invitation, changed, from: user, effect, acceptance.newHash, context))
        }
    }

    /// Refuses an acceptance; a wrong code counts at its flow.
    package static func refuseInvitation(
        _ refusal: OneTimeTokenRefusal, of user: UserID?, flow: MailedFlow? = nil, context: OperationContext
    ) -> StorePlan {
        let event = AuditEvent(.invitationAccepted, refusal: refusal.rawValue, target: user, in: context)
        guard refusal == .wrongCode, let flow, let left = flow.triesLeft(afterOneMoreAt: context.now) else {
            return StorePlan(.refused(refusal, triesLeft: nil), [.appendAudit(event)])
        }
        return StorePlan(.refused(refusal, triesLeft: left), [.countWrongCode(flow.id), .appendAudit(event)])
    }
}

extension StorePlan where Outcome == Bool {
    /// Removes a user who did not accept an invitation, on locked rows, as I9 says.
    package static func removeExpiredInvitee(
        _ user: User?, invitations: [Invitation], context: OperationContext
    ) -> StorePlan {
        guard let user, user.isRemovedWithInvitations(invitations, at: context.now) else { return StorePlan(false) }
        return StorePlan(true, StoreWrite.removeInvitee(user, context))
    }
}

extension StoreWrite {
    fileprivate static func removeInvitee(_ user: User, _ context: OperationContext) -> [StoreWrite] {
        remove(user, context) + [
            .appendAudit(AuditEvent(.abandonedRegistrationRemoved, target: user.id, in: context))
        ]
    }

    /// All writes of an invitation that is accepted.
    fileprivate static func accept(
        _ invitation: Invitation, _ changed: User, from user: User, _ effect: BindingEffect,
        _ newHash: StoredPasswordHash?, _ context: OperationContext
    ) -> [StoreWrite] {
        var writes = redeem(.invitation, effect, of: user, becoming: changed, context) + [.putInvitation(invitation)]
        writes += guardPower(of: user, becoming: changed)
        if let newHash { writes.append(.storeHash(newHash, user.id)) }
        if effect != .void, changed.epoch != user.epoch {
            writes.append(.appendChange(.epochRaised(user.id, changed.epoch)))
        }
        writes.append(.appendAudit(AuditEvent(.invitationAccepted, target: user.id, in: context)))
        if changed.role != user.role {
            writes.append(.appendAudit(AuditEvent(.roleChanged, target: user.id, in: context)))
        }
        if !changed.isStoredLike(user) { writes += event(.userChanged, of: user.id, context) }
        return writes + consequences(effect, of: user, context)
    }
}
