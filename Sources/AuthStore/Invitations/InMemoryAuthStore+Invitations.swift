// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `InvitationStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func createInvitedUser(
        _ user: User, _ invitation: Invitation, _ issued: MailedToken, context: OperationContext
    ) async throws(StoreError) -> UserCreation {
        try perform { (state) throws(StoreError) in
            guard state.users[user.id] == nil else { throw .conflict }
            return try state.create(
                user, .createInvitedUser(user, invitation, issued, context: context), action: .userCreated, context)
        }
    }

    public func invite(
        _ invitation: Invitation, _ issued: MailedToken, under policy: AccessPolicy, context: OperationContext
    ) async throws(StoreError) -> InvitationOutcome {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan<InvitationOutcome>.invite(
                invitation, issued, for: state.users[invitation.userID],
                beside: state.invitations(of: invitation.userID), under: policy, context: context)
            return try state.apply(plan, at: context.now).outcome
        }
    }

    public func resendInvitation(
        _ id: InvitationID, _ issued: MailedToken, context: OperationContext
    ) async throws(StoreError) -> InvitationResendOutcome {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan<InvitationResendOutcome>.resend(
                state.invitations[id], issued, for: state.users[issued.token.userID], context: context)
            return try state.apply(plan, at: context.now).outcome
        }
    }

    public func revokeInvitation(
        _ id: InvitationID, of userID: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<InvitationOutcome> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan<InvitationOutcome>.revoke(
                id, of: state.users[userID], invitations: state.invitations(of: userID), context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func acceptInvitation(
        _ acceptance: InvitationProof, context: OperationContext
    ) async throws(StoreError) -> Committed<InvitationAcceptanceOutcome> {
        try perform { (state) throws(StoreError) in
            guard let key = acceptance.proof.tokenKey else {
                return try state.apply(.refuseInvitation(.unknown, of: nil, context: context), at: context.now)
            }
            let invitations = state.invitations(of: key.userID)
            let inviter = InvitedState.open(among: invitations, at: context.now)?.inviter
            let invited = InvitedState(
                token: state.tokens[key], flow: state.flows.values.first { $0.token == key },
                user: state.users[key.userID], hasPassword: state.passwords[key.userID] != nil,
                invitations: invitations, inviter: inviter.flatMap { state.users[$0] })
            return try state.apply(.acceptInvitation(invited, acceptance, context: context), at: context.now)
        }
    }

    public func invitations(matching query: InvitationQuery) async throws(StoreError) -> [InvitedUser] {
        try perform { state in
            let found = state.invitations.values.filter { invitation in
                (query.openAt.map { invitation.isOpen(at: $0) } ?? true)
                    && (query.before.map { invitation.id < $0 } ?? true)
            }
            let page = found.sorted { $1.id < $0.id }.prefix(max(0, query.limit))
            return page.compactMap { state.withUser($0) }
        }
    }

    public func invitation(withID id: InvitationID) async throws(StoreError) -> InvitedUser? {
        try perform { state in state.invitations[id].flatMap { state.withUser($0) } }
    }

    public func expiredInvitees(at now: Timestamp, limit: Int) async throws(StoreError) -> [User] {
        try perform { state in
            let expired = state.users.values.filter { user in
                user.isAwaitingAcceptance && user.isRemovedWithInvitations(state.invitations(of: user.id), at: now)
            }
            return Array(expired.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }.prefix(max(0, limit)))
        }
    }

    public func removeExpiredInvitee(
        _ id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.removeExpiredInvitee(
                state.users[id], invitations: state.invitations(of: id), context: context)
            return try state.apply(plan, at: context.now)
        }
    }
}

extension InMemoryState {
    /// The invitations of a user, in the order of their ids.
    fileprivate func invitations(of userID: UserID) -> [Invitation] {
        invitations.values.filter { $0.userID == userID }.sorted { $0.id < $1.id }
    }

    fileprivate func withUser(_ invitation: Invitation) -> InvitedUser? {
        users[invitation.userID].map { InvitedUser(invitation, of: $0) }
    }

    /// A8.
    mutating func purgeInvitations(at now: Timestamp, limit: Int) -> Int {
        let over = invitations.values.filter { $0.keptUntil <= now }.sorted { $0.expiresAt < $1.expiresAt }
        let removed = over.prefix(max(0, limit))
        for invitation in removed { invitations[invitation.id] = nil }
        return removed.count
    }
}
