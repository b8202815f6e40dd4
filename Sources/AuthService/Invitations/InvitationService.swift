// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

/// Inviting persons, and users to other roles.
public struct InvitationService: Sendable {
    let core: ServiceCore
    let hashes: PasswordHashes
    let mail: MailDispatch
    let tokens: OneTimeTokenIssuer
}

/// An invitation to be sent.
public struct InvitationDraft: Hashable, Sendable {
    /// The address that is invited.
    public let email: EmailAddress
    /// The role that accepting it grants.
    public let role: Role
    /// The full name of a user whom the invitation makes; a user who exists keeps their own.
    public let fullName: FullName?
    /// The language of mails to a user whom the invitation makes; `nil` for the service's own.
    public let locale: LanguageTag?

    /// Describes an invitation.
    public init(email: EmailAddress, role: Role = .user, fullName: FullName? = nil, locale: LanguageTag? = nil) {
        self.email = email
        self.role = role
        self.fullName = fullName
        self.locale = locale
    }
}

extension InvitationService {
    /// Invites an address, whatever ``AuthSettings/registration`` says but for a list of domains, and mails the link that accepts
    /// the invitation.
    ///
    /// An address that no user has gets a user without a password at once, who can do nothing before the mailbox is proven and
    /// who is removed when the invitation is revoked or has expired. A user who exists keeps everything until they accept.
    ///
    /// With `leavesMailToDaemon`, the mail is written for another process on the same store to send: for a command beside a daemon.
    ///
    /// - Throws: `.mailUnavailable`; `.invalid` for a role that is not defined and an address of a domain that is not admitted;
    ///   `.invitationRefused` for a role that grants what the inviter lacks, an address with an open invitation, a user to whom
    ///   nothing would be granted and one who is disabled; `.identifierTaken` for an address that another user has changed for
    ///   one of theirs less than 72 hours ago; `.unavailable`, `.internalFailure`, `.cancelled`.
    public func invite(
        _ draft: InvitationDraft, by administrator: Administrator, leavesMailToDaemon: Bool = false,
        from client: ClientContext
    ) async throws(AuthError) -> InvitedUser {
        guard mail.canSend || leavesMailToDaemon else { throw .mailUnavailable }
        try check(draft)
        let context = core.context(client, actor: administrator.id)
        try await requireAuthority(of: administrator, for: draft.role, context)
        // The address may get a user, or lose one, between the look-up and the transaction.
        var isReserved = false
        for _ in 0..<3 {
            let found = try await core.credential(for: .email(draft.email))
            // It is taken, and no user has it.
            isReserved = found == nil
            let invited =
                if let user = found?.user {
                    try await invite(user, draft, by: administrator, context)
                } else {
                    try await invitePerson(draft, by: administrator, context)
                }
            if let invited {
                core.outbox.signals.wakeAll()
                return invited
            }
        }
        guard isReserved else { throw .unavailable }
        try await core.record(.invitationSent, refusal: "\(IdentifierKind.email.rawValue)_taken", in: context)
        throw .identifierTaken(.email)
    }

    /// One page of invitations with their users, the newest first.
    ///
    /// - Throws: `.unavailable`, `.cancelled`.
    public func list(matching query: InvitationQuery) async throws(AuthError) -> [InvitedUser] {
        try await core.inStore { store throws(StoreError) in try await store.invitations(matching: query) }
    }

    /// Mails another link that accepts an invitation, which lives for its full time again; earlier links stay valid for theirs.
    ///
    /// - Throws: `.mailUnavailable`; `.invitationRefused` where there is none, or it is over; `.tooManyAttempts` within a minute of
    ///   its last mail; `.unavailable`, `.internalFailure`, `.cancelled`.
    public func resend(
        _ id: InvitationID, by administrator: Administrator, leavesMailToDaemon: Bool = false,
        from client: ClientContext
    ) async throws(AuthError) -> InvitedUser {
        guard mail.canSend || leavesMailToDaemon else { throw .mailUnavailable }
        let context = core.context(client, actor: administrator.id)
        for _ in 0..<3 {
            let found = try await invitation(withID: id)
            try await requireAuthority(of: administrator, for: found.invitation.role, context)
            guard let address = found.user.email else { throw .invitationRefused(.notFound) }
            let issued = tokens.invitation(of: found.user.id, address, by: administrator, context)
            let outcome = try await core.inStore { store throws(StoreError) in
                try await store.resendInvitation(id, issued, context: context)
            }
            switch outcome {
            case .sent(let invitation):
                core.outbox.signals.wakeAll()
                return InvitedUser(invitation, of: found.user)
            case .refused(.refused(let refusal)):
                try await core.record(
                    .invitationSent, refusal: refusal.rawValue, target: found.user.id, in: context)
                throw .invitationRefused(refusal)
            case .refused(.tooSoon(let next)): throw .tooManyAttempts(retryAfter: next - context.now)
            case .userChanged: continue
            }
        }
        throw .unavailable
    }

    /// Revokes an invitation: its links are void, and a user whom it made and who has not accepted it is removed.
    ///
    /// - Throws: `.invitationRefused` where there is none, or it is over; `.unavailable`, `.internalFailure`, `.cancelled`.
    public func revoke(
        _ id: InvitationID, by administrator: Administrator, from client: ClientContext
    ) async throws(AuthError) {
        let context = core.context(client, actor: administrator.id)
        let user = try await invitation(withID: id).user
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.revokeInvitation(id, of: user.id, context: context)
        }
        switch outcome {
        case .done: return
        case .refused(let refusal): throw .invitationRefused(refusal)
        case .userChanged: throw .invitationRefused(.notFound)
        }
    }

    private func invitation(withID id: InvitationID) async throws(AuthError) -> InvitedUser {
        let found = try await core.inStore { store throws(StoreError) in try await store.invitation(withID: id) }
        guard let found else { throw .invitationRefused(.notFound) }
        return found
    }

    private func check(_ draft: InvitationDraft) throws(AuthError) {
        var violations: [FieldViolation] = []
        if !core.policy.roles.defines(draft.role) { violations.append(.unknownRole) }
        if !core.settings.registration.permits(draft.email) { violations.append(.otherDomain) }
        guard violations.isEmpty else { throw .invalid(violations) }
    }

    /// The operator at the command line may invite to every role.
    private func requireAuthority(
        of administrator: Administrator, for role: Role, _ context: OperationContext
    ) async throws(AuthError) {
        guard case .user(let principal) = administrator else { return }
        let policy = core.policy
        guard !policy.mayInvite(to: role, with: policy.authority(of: principal.subject)) else { return }
        try await core.record(
            .invitationSent, refusal: InvitationRefusal.roleTooHigh.rawValue, in: context)
        throw .invitationRefused(.roleTooHigh)
    }

    /// - Returns: `nil` where the address has a user by now, or is reserved for its former one.
    private func invitePerson(
        _ draft: InvitationDraft, by administrator: Administrator, _ context: OperationContext
    ) async throws(AuthError) -> InvitedUser? {
        // There is no credential that a proof of the mailbox would have to bind.
        let user = User(
            id: UserID(core.makeID(at: context.now)), email: draft.email, fullName: draft.fullName,
            role: core.policy.roleUntilAccepted(of: draft.role), isBound: true, createdAt: context.now,
            origin: .invited,
            locale: draft.locale)
        let invitation = Invitation(
            InvitationID(core.makeID(at: context.now)), of: user.id, as: draft.role, by: administrator.id,
            at: context.now)
        let issued = tokens.invitation(of: user.id, draft.email, by: administrator, context)
        let creation = try await core.inStore { store throws(StoreError) in
            try await store.createInvitedUser(user, invitation, issued, context: context)
        }
        switch creation {
        case .created: return InvitedUser(invitation, of: user)
        case .taken: return nil
        }
    }

    /// - Returns: `nil` where the user does not have the address any more.
    private func invite(
        _ user: User, _ draft: InvitationDraft, by administrator: Administrator, _ context: OperationContext
    ) async throws(AuthError) -> InvitedUser? {
        let invitation = Invitation(
            InvitationID(core.makeID(at: context.now)), of: user.id, as: draft.role, by: administrator.id,
            at: context.now)
        // To the mailbox as its user spelt it.
        let issued = tokens.invitation(of: user.id, user.email ?? draft.email, by: administrator, context)
        let policy = core.policy
        let outcome = try await core.inStore { store throws(StoreError) in
            try await store.invite(invitation, issued, under: policy, context: context)
        }
        switch outcome {
        case .done: return InvitedUser(invitation, of: user)
        case .refused(let refusal): throw .invitationRefused(refusal)
        case .userChanged: return nil
        }
    }
}
