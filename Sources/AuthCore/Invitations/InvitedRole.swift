// SPDX-License-Identifier: Apache-2.0

extension AccessPolicy {
    /// Whether a user with this authority may invite to a role: to one at most that grants nothing that the user lacks.
    public func mayInvite(to role: Role, with authority: Scope) -> Bool {
        roles.defines(role) && authority.covers(roles.scope(of: role))
    }

    /// The role of a user whom an invitation makes, as long as it is not accepted: never more than `Role.user`.
    public func roleUntilAccepted(of role: Role) -> Role {
        mayInvite(to: role, with: roles.scope(of: .user)) ? role : .user
    }

    /// The role that a user has once an invitation is accepted.
    ///
    /// An invitation grants what its inviter could grant at that time. Where the inviter is gone, disabled, or has lost what the
    /// role grants, the person is still let in, but is granted nothing beyond `Role.user`: an administrator who was removed
    /// leaves no administrators behind. A user who has more than the role keeps it.
    ///
    /// - Parameters:
    ///   - invitation: The invitation.
    ///   - user: Who accepts it.
    ///   - inviter: The stored record of the inviter; `nil` where there is none any more, or the operator has invited.
    ///   - now: The instant of the operation.
    /// - Returns: The role to write.
    public func role(
        granting invitation: Invitation, to user: User, inviter: User?, at now: Timestamp
    ) -> Role {
        let offered =
            canStillGrant(invitation, inviter, at: now)
            ? invitation.role : roleUntilAccepted(of: invitation.role)
        if user.isAwaitingAcceptance { return offered }
        return roles.scope(of: offered).covers(roles.scope(of: user.role)) ? offered : user.role
    }

    private func canStillGrant(_ invitation: Invitation, _ inviter: User?, at now: Timestamp) -> Bool {
        guard invitation.inviter != nil else { return roles.defines(invitation.role) }
        guard let inviter, inviter.id == invitation.inviter, inviter.mayHoldSession(at: now) else { return false }
        return mayInvite(to: invitation.role, with: granted(to: inviter.role, and: inviter.permissions))
    }
}

extension User {
    /// Whether an invitation has made the user, and no proof of the mailbox has come since.
    public var isAwaitingAcceptance: Bool {
        origin == .invited && email != nil && !isVerified && lastLoginAt == nil
    }

    /// Whether the user goes with the invitation that made them, when it is revoked or has expired.
    ///
    /// Never a user whom an administrator has promoted, disabled or banned since. A user without a proven address, who was made
    /// without a password and never signed in, has set up nothing. `invitations` are all of the user's.
    public func isRemovedWithInvitations(_ invitations: [Invitation], at now: Timestamp) -> Bool {
        isAwaitingAcceptance && role != .admin && isActive && bannedUntil == nil && !isAnonymous
            && !invitations.contains { $0.isOpen(at: now) }
    }
}
