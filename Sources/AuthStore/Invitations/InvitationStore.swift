// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Invitations, and the users whom they make.
public protocol InvitationStore: Sendable {
    /// Creates a user without a password, with an invitation and the token that accepts it.
    ///
    /// **I1.** As `createUser` with the audit action `.userCreated`, U1, U2, U13 and U14 included: user, invitation, token and mail
    /// are one transaction, and of concurrent calls for one address one is carried out. A reserved address counts as taken.
    /// `issued` may have no mail, for a link that is handed over in another way.
    func createInvitedUser(
        _ user: User, _ invitation: Invitation, _ issued: MailedToken, context: OperationContext
    ) async throws(StoreError) -> UserCreation

    /// Invites a user who exists.
    ///
    /// **I2.** The decision is `Invitation.refusal(for:beside:under:at:)` under the user's lock: at most one invitation of a user is
    /// open, also of concurrent calls. The token is for the address that the user has then; for another one nothing is written.
    func invite(
        _ invitation: Invitation, _ issued: MailedToken, under policy: AccessPolicy, context: OperationContext
    ) async throws(StoreError) -> InvitationOutcome

    /// Sends an invitation again, with another token.
    ///
    /// **I3.** The decision is `Invitation.resend(at:)` on its locked row. Accepted, the invitation lives for its full time again, and
    /// the tokens of before stay valid for theirs.
    func resendInvitation(
        _ id: InvitationID, _ issued: MailedToken, context: OperationContext
    ) async throws(StoreError) -> InvitationResendOutcome

    /// Revokes an invitation that is neither accepted nor revoked.
    ///
    /// **I4.** In one transaction its tokens are void and their flows ended, and a user whom it made and who has not accepted it
    /// (`User.isRemovedWithInvitations`) is removed as U8 says, without a reservation.
    /// Where there is nothing to revoke, only the audit event is written.
    func revokeInvitation(
        _ id: InvitationID, of userID: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<InvitationOutcome>

    /// Redeems a token of the purpose `.invitation`.
    ///
    /// **I5.** The decision is `InvitationAcceptance.decide` on locked rows, the user's before the flow's and the token's. The role and
    /// the state of the inviter cannot change meanwhile. Of concurrent calls with tokens of one invitation one is accepted, and
    /// none after it was revoked.
    /// **I6.** Accepted: the address is verified, the role written, the password stored, where one comes with it, the invitation
    /// accepted and its tokens void, all in one transaction. Credentials are voided as T7 says. What may be granted now and the
    /// password raise the epoch; sessions stay, unless the credentials are voided. For a user whom
    /// `SupabaseAdministration.isProtected` includes from then on, links and codes of Supabase's API are void, as U8 says.
    /// **I7.** Refused: only the audit event and the count of wrong codes are written. Where a password is missing, or there is one too
    /// many, nothing is written.
    func acceptInvitation(
        _ acceptance: InvitationProof, context: OperationContext
    ) async throws(StoreError) -> Committed<InvitationAcceptanceOutcome>

    /// One page of invitations with their users, the newest first.
    ///
    /// **I8.** Following the ids from the first page visits every invitation that exists throughout exactly once.
    func invitations(matching query: InvitationQuery) async throws(StoreError) -> [InvitedUser]

    /// The invitation with this id, and its user; `nil` where there is none.
    func invitation(withID id: InvitationID) async throws(StoreError) -> InvitedUser?

    /// At most `limit` users whom an invitation made, who did not accept it, and of whom no invitation is open
    /// (`User.isRemovedWithInvitations`), the oldest first.
    func expiredInvitees(at now: Timestamp, limit: Int) async throws(StoreError) -> [User]

    /// Removes such a user.
    ///
    /// **I9.** The decision is made on the locked rows: a user who has accepted, or was invited again, meanwhile stays, and nothing is
    /// written. Otherwise as U15.
    /// - Returns: Whether the user was removed.
    func removeExpiredInvitee(_ id: UserID, context: OperationContext) async throws(StoreError) -> Committed<Bool>
}

/// An invitation and whom it invites.
public struct InvitedUser: Hashable, Sendable {
    /// The invitation.
    public let invitation: Invitation
    /// The user.
    public let user: User

    /// Pairs both.
    public init(_ invitation: Invitation, of user: User) {
        self.invitation = invitation
        self.user = user
    }
}

/// Which invitations are listed.
public struct InvitationQuery: Hashable, Sendable {
    /// Only those that can be accepted at this instant; `nil` for all.
    public var openAt: Timestamp?
    /// Only those made before this one.
    public var before: InvitationID?
    /// How many at most.
    public var limit: Int

    /// Describes a query.
    public init(openAt: Timestamp? = nil, before: InvitationID? = nil, limit: Int = 100) {
        self.openAt = openAt
        self.before = before
        self.limit = limit
    }
}

/// What a client shows to accept an invitation.
public struct InvitationProof: Hashable, Sendable {
    /// The token of the link, with or without the code.
    public let proof: MailboxProof
    /// The hash of the new password, where one comes with it.
    public let newHash: StoredPasswordHash?
    /// The generation of the credential that is shown with it: a live session of the user.
    public let showing: CredentialGeneration?
    /// What each role grants.
    public let policy: AccessPolicy

    /// Describes what is shown.
    public init(
        _ proof: MailboxProof, newHash: StoredPasswordHash?, showing: CredentialGeneration?, policy: AccessPolicy
    ) {
        self.proof = proof
        self.newHash = newHash
        self.showing = showing
        self.policy = policy
    }
}

/// The outcome of inviting a user, or of revoking an invitation.
public enum InvitationOutcome: Hashable, Sendable {
    /// Done.
    case done
    /// Nothing was written but the audit event.
    case refused(InvitationRefusal)
    /// The user does not exist any more, or has another address.
    case userChanged
}

/// The outcome of sending an invitation again.
public enum InvitationResendOutcome: Hashable, Sendable {
    /// Done; this is the invitation now.
    case sent(Invitation)
    /// Nothing was written.
    case refused(InvitationResendRefusal)
    /// The user does not exist any more, or has another address.
    case userChanged
}

/// The outcome of accepting an invitation.
public enum InvitationAcceptanceOutcome: Hashable, Sendable {
    /// Done; this is the user now, and this the proof did to the credentials.
    case accepted(User, BindingEffect)
    /// A new password is needed with it.
    case passwordNeeded
    /// The user has a password, which stays.
    case passwordStays
    /// Nothing was changed but the count of wrong codes.
    case refused(OneTimeTokenRefusal, triesLeft: Int64?)
}
