// SPDX-License-Identifier: Apache-2.0

public import AuthCore

extension ForwardingAuthStore {
    /// Forwarded.
    public func createInvitedUser(
        _ user: User, _ invitation: Invitation, _ issued: MailedToken, context: OperationContext
    ) async throws(StoreError) -> UserCreation {
        try await base.createInvitedUser(user, invitation, issued, context: context)
    }

    /// Forwarded.
    public func invite(
        _ invitation: Invitation, _ issued: MailedToken, under policy: AccessPolicy, context: OperationContext
    ) async throws(StoreError) -> InvitationOutcome {
        try await base.invite(invitation, issued, under: policy, context: context)
    }

    /// Forwarded.
    public func resendInvitation(
        _ id: InvitationID, _ issued: MailedToken, context: OperationContext
    ) async throws(StoreError) -> InvitationResendOutcome {
        try await base.resendInvitation(id, issued, context: context)
    }

    /// Forwarded.
    public func revokeInvitation(
        _ id: InvitationID, of userID: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<InvitationOutcome> {
        try await base.revokeInvitation(id, of: userID, context: context)
    }

    /// Forwarded.
    public func acceptInvitation(
        _ acceptance: InvitationProof, context: OperationContext
    ) async throws(StoreError) -> Committed<InvitationAcceptanceOutcome> {
        try await base.acceptInvitation(acceptance, context: context)
    }

    /// Forwarded.
    public func invitations(matching query: InvitationQuery) async throws(StoreError) -> [InvitedUser] {
        try await base.invitations(matching: query)
    }

    /// Forwarded.
    public func invitation(withID id: InvitationID) async throws(StoreError) -> InvitedUser? {
        try await base.invitation(withID: id)
    }

    /// Forwarded.
    public func expiredInvitees(at now: Timestamp, limit: Int) async throws(StoreError) -> [User] {
        try await base.expiredInvitees(at: now, limit: limit)
    }

    /// Forwarded.
    public func removeExpiredInvitee(
        _ id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try await base.removeExpiredInvitee(id, context: context)
    }
}
