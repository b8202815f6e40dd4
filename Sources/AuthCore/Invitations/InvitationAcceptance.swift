// SPDX-License-Identifier: Apache-2.0

/// The locked rows on which it is decided whether an invitation is accepted.
public struct InvitedState: Hashable, Sendable {
    /// The token of the link.
    public let token: OneTimeToken?
    /// Its flow.
    public let flow: MailedFlow?
    /// Whose the token is.
    public let user: User?
    /// Whether the user has a password.
    public let hasPassword: Bool
    /// The user's invitations.
    public let invitations: [Invitation]
    /// The stored record of the inviter of the open one, where there is one.
    public let inviter: User?

    /// Collects the rows.
    public init(
        token: OneTimeToken?, flow: MailedFlow?, user: User?, hasPassword: Bool, invitations: [Invitation],
        inviter: User?
    ) {
        self.token = token
        self.flow = flow
        self.user = user
        self.hasPassword = hasPassword
        self.invitations = invitations
        self.inviter = inviter
    }

    /// The invitation that can be accepted: there is at most one.
    public static func open(among invitations: [Invitation], at now: Timestamp) -> Invitation? {
        invitations.first { $0.isOpen(at: now) }
    }
}

/// The outcome of accepting an invitation.
public enum InvitationAcceptance: Hashable, Sendable {
    /// Write this user and this invitation; the proof does this to the credentials that were there.
    case accept(User, BindingEffect, Invitation)
    /// Nothing is changed, but a wrong code counts.
    case refuse(OneTimeTokenRefusal)
    /// A new password is needed with it: the user has none, or one that the proof voids.
    case passwordNeeded
    /// The user has a password, which stays: a new one is not taken.
    case passwordStays

    /// Decides on locked rows.
    ///
    /// The proof of the mailbox verifies the address, and voids what a stranger may have set up with it, as every such proof does.
    /// A password is set only where none is left.
    ///
    /// - Parameters:
    ///   - state: The rows.
    ///   - proof: What is shown.
    ///   - setsPassword: Whether a new password comes with it.
    ///   - showing: The generation of the credential that is shown with it: a live session of the user.
    ///   - policy: What each role grants.
    ///   - now: The instant of the operation.
    /// - Returns: What is written, or why nothing is.
    public static func decide(
        _ state: InvitedState, _ proof: MailboxProof, setsPassword: Bool, showing: CredentialGeneration?,
        under policy: AccessPolicy, at now: Timestamp
    ) -> InvitationAcceptance {
        guard let token = state.token, let user = state.user, token.userID == user.id,
            let invitation = InvitedState.open(among: state.invitations, at: now)
        else { return .refuse(.unknown) }
        let demand = OneTimeTokenPurpose.invitation.demand(settingPassword: setsPassword)
        guard case .shown(let isHere) = proof.judge(state.flow, demanding: demand, at: now) else {
            return .refuse(.wrongCode)
        }
        let circumstances = ProofCircumstances(shown: state.flow?.shown, isHere: isHere, showing: showing)
        switch token.redeem(for: .invitation, user: user, by: circumstances, at: now) {
        case .refuse(let refusal): return .refuse(refusal)
        case .accept(.setPassword), .accept(.changeAddress), .accept(.restoreAddress): return .refuse(.wrongPurpose)
        case .accept(.prove(var changed, let effect)):
            let isPasswordLeft = state.hasPassword && effect != .void
            guard isPasswordLeft || setsPassword else { return .passwordNeeded }
            guard !isPasswordLeft || !setsPassword else { return .passwordStays }
            changed.role = policy.role(granting: invitation, to: user, inviter: state.inviter, at: now)
            if setsPassword {
                changed.mustChangePassword = false
                changed.isBound = true
                changed.credentialGeneration = user.credentialGeneration.next(at: now)
            }
            if setsPassword || changed.role != user.role { changed.epoch = user.epoch.next(at: now) }
            if changed != user { changed.updatedAt = now }
            var accepted = invitation
            accepted.state = .accepted
            return .accept(changed, effect, accepted)
        }
    }
}
