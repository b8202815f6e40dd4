// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `InvitationStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func createInvitedUser(
        _ user: User, _ invitation: Invitation, _ issued: MailedToken, context: OperationContext
    ) async throws(StoreError) -> UserCreation {
        try await driver.perform(InvitationOperations.create(user, invitation, issued, context: context))
    }

    public func invite(
        _ invitation: Invitation, _ issued: MailedToken, under policy: AccessPolicy, context: OperationContext
    ) async throws(StoreError) -> InvitationOutcome {
        try await driver.perform(InvitationOperations.invite(invitation, issued, under: policy, context: context))
    }

    public func resendInvitation(
        _ id: InvitationID, _ issued: MailedToken, context: OperationContext
    ) async throws(StoreError) -> InvitationResendOutcome {
        try await driver.perform(InvitationOperations.resend(id, issued, context: context))
    }

    public func revokeInvitation(
        _ id: InvitationID, of userID: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<InvitationOutcome> {
        try await driver.perform(InvitationOperations.revoke(id, of: userID, context: context))
    }

    public func acceptInvitation(
        _ acceptance: InvitationProof, context: OperationContext
    ) async throws(StoreError) -> Committed<InvitationAcceptanceOutcome> {
        try await driver.perform(InvitationOperations.accept(acceptance, context: context))
    }

    public func invitations(matching query: InvitationQuery) async throws(StoreError) -> [InvitedUser] {
        try await driver.perform(InvitationOperations.list(query))
    }

    public func invitation(withID id: InvitationID) async throws(StoreError) -> InvitedUser? {
        try await driver.perform(InvitationOperations.invitation(withID: id))
    }

    public func expiredInvitees(at now: Timestamp, limit: Int) async throws(StoreError) -> [User] {
        try await driver.perform(InvitationOperations.expiredInvitees(at: now, limit: limit))
    }

    public func removeExpiredInvitee(
        _ id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try await driver.perform(InvitationOperations.removeExpiredInvitee(id, context: context))
    }
}
