// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// The outcome of a change to one's own record.
public struct ProfileUpdate: Sendable {
    /// The user as it is now.
    ///
    /// A new address that must be proven first is `User.newEmail`.
    public let user: User
    /// What confirms the new address together with the code of its mail; `nil` where none is to be proven.
    public let flow: FlowHandle?

    init(_ user: User, flow: FlowHandle? = nil) {
        self.user = user
        self.flow = flow
    }
}

extension UserService {
    /// Gives a user the address that the user has asked for, with a proof of its mailbox.
    ///
    /// The former address is told, with a link and a code that undo the change for 72 hours, and is reserved for as long. The
    /// credentials stay bound where the client that asked completes, or one with a live `session` of the user. Elsewhere they are
    /// unbound: a later proof of the mailbox that shows none of them voids them.
    ///
    /// - Returns: The user, who has the address.
    /// - Throws: `.wrongCode`, `.invalidOneTimeToken` for every other fault of the proof, also where another user has got the address
    ///   meanwhile, which the audit tells; `.unavailable`, `.cancelled`.
    @discardableResult
    public func confirmAddressChange(
        _ proof: ActionProof, session: Principal? = nil, from client: ClientContext
    ) async throws(AuthError) -> User {
        let context = core.context(client)
        let presented = try await tokens.present(proof, for: .addressChange, context)
        let user = presented.user
        // The list of domains may be another one than when the address was asked for.
        if let address = user.newEmail, !core.settings.registration.permits(address) {
            try await core.record(
                .addressChanged, refusal: FieldViolation.otherDomain.code, target: user.id, in: context)
            throw .invalidOneTimeToken
        }
        var showing: CredentialGeneration?
        if let session, session.user.id == user.id, session.user.epoch == user.epoch {
            showing = user.credentialGeneration
        }
        let shown = showing
        let offer = tokens.undoOffer(for: user.id)
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.confirmAddressChange(presented.proof, showing: shown, undo: offer, context: context)
        }
        return try outcome.changed()
    }

    /// Restores an address that was changed, with the link of the mail that went to it and the code in that mail, or with the link
    /// and a new password.
    ///
    /// Without a new one the password is restored that the user had at the change, if it was replaced since. Every session ends,
    /// what was mailed since is void, and so are known devices. No session is opened. Changes that came after the one that is
    /// undone are undone with it.
    ///
    /// - Returns: The user, who has the former address.
    /// - Throws: `.wrongCode`, `.invalidOneTimeToken` for every other fault of the proof, also with neither a code nor a password;
    ///   `.invalid` with all violations of the policy, `.overloaded`, `.unavailable`, `.cancelled`.
    @discardableResult
    public func undoAddressChange(
        _ proof: ActionProof, newPassword: Password? = nil, from client: ClientContext
    ) async throws(AuthError) -> User {
        let context = core.context(client)
        // No browser has asked for the mail: the code counts, wherever it is typed.
        let typed = ActionProof(token: proof.token, code: proof.code)
        let demand = OneTimeTokenPurpose.addressUndo.demand(settingPassword: newPassword != nil)
        let presented = try await tokens.present(typed, for: .addressUndo, demanding: demand, context)
        var hash: StoredPasswordHash?
        if let newPassword {
            let user = presented.user
            let about = PasswordContext(
                username: user.username, email: presented.flow.flatMap { try? EmailAddress($0.recipient) },
                fullName: user.fullName)
            let violations = core.settings.passwords.violations(of: newPassword, context: about)
            guard violations.isEmpty else { throw .invalid(violations.map { $0.violation(of: "new_password") }) }
            hash = try await hashes.newHash(ofChosen: newPassword, field: "new_password")
        }
        let newHash = hash
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.undoAddressChange(presented.proof, newHash: newHash, context: context)
        }
        return try outcome.changed()
    }

    /// Makes the caller's changes of address final: they can no longer be undone, and the former addresses are free.
    ///
    /// For a user who has lost the former mailbox, or never had it. A stolen token must not allow it.
    ///
    /// - Returns: Whether there was a change that could be undone.
    /// - Throws: `.reauthenticationRequired`, `.unavailable`, `.cancelled`.
    @discardableResult
    public func finalizeAddressChange(
        of principal: Principal, from client: ClientContext
    ) async throws(AuthError) -> Bool {
        try core.requireRecentProof(of: principal)
        let context = core.context(client, actor: principal.user.id)
        return try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.finalizeAddressChanges(of: principal.user.id, context: context)
        }
    }

    /// Gives up the address that the caller has asked for; the links and codes that were mailed to it are void.
    ///
    /// - Returns: The user, who asks for no address.
    /// - Throws: `.tokenRevoked` where the user is gone, `.unavailable`, `.cancelled`.
    @discardableResult
    public func cancelAddressChange(
        of principal: Principal, from client: ClientContext
    ) async throws(AuthError) -> User {
        let context = core.context(client, actor: principal.user.id)
        let user = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.cancelAddressChange(of: principal.user.id, context: context)
        }
        guard let user else { throw .tokenRevoked }
        return user
    }

    /// Notes the address that a user asks for, and requests the mail that proves it.
    ///
    /// The answer is the same for free and taken addresses: only the mail tells.
    func proposeAddress(
        _ address: EmailAddress, for user: User, besides change: ProfileChange, from client: ClientContext,
        _ context: OperationContext
    ) async throws(AuthError) -> ProfileUpdate {
        var change = change
        change.email = nil
        change.newEmail = address
        let changed = try await changeOwnProfile(of: user, by: change, context)
        let handle = try await mail.request(
            .addressChange, about: address, by: user.id,
            details: [MailRequestAnswers.generation: "\(changed.credentialGeneration.value)"], from: client, context)
        return ProfileUpdate(changed, flow: handle)
    }
}

extension OneTimeTokenIssuer {
    /// What undoes a change of a user's address; nothing is stored.
    func undoOffer(for id: UserID) -> AddressUndoOffer {
        let made = secrets.make(for: .addressUndo, of: id, random: core.random)
        return AddressUndoOffer(
            flow: secrets.makeHandle(random: core.random).id, token: made,
            codeDigest: secrets.codeDigest(of: made, for: .addressUndo, of: id))
    }
}

extension MailRequestAnswers {
    /// The name of the detail that has the generation of the credentials at the request.
    static let generation = "generation"

    /// Mails to the address that a user asks for: a token if it is free, and otherwise a notice to its owner.
    ///
    /// Nothing is mailed where the user asks for another address by now, or has other credentials.
    func answerAddressChange(_ question: Question) async throws(AuthError) {
        let (request, address) = (question.request, question.address)
        guard let id = request.userID, let generation = request.details[Self.generation].flatMap({ Int64($0) }) else {
            throw .internalFailure
        }
        let found = try await core.inStore { store throws(StoreError) in try await store.user(withID: id) }
        let holder = try await core.credential(for: .email(address))
        guard let user = found, user.newEmail?.canonical.utf8.elementsEqual(address.canonical.utf8) == true,
            user.credentialGeneration == CredentialGeneration(generation), user.mayHoldSession(at: question.context.now)
        else {
            return try await end(question, refusal: OneTimeTokenRefusal.addressChanged.rawValue, target: id)
        }
        guard holder == nil else {
            return try await answer(question, takenBy: user.id)
        }
        try await issue(question, for: user, address, shown: user.credentialGeneration)
    }

    private func answer(_ question: Question, takenBy id: UserID) async throws(AuthError) {
        let refusal = OneTimeTokenRefusal.addressTaken.rawValue
        guard try await takesNotice(to: question.address, at: question.context.now) else {
            return try await end(question, refusal: refusal, target: id)
        }
        let notice = OutboxEntry(
            .mail, kind: MailTemplate.addressAlreadyRegistered.name, about: nil, to: question.address.original,
            in: question.context)
        try await end(question, refusal: refusal, target: id, mail: notice)
    }
}

extension AddressChangeOutcome {
    /// The user, or the answer to the refusal, which the store has audited.
    fileprivate func changed() throws(AuthError) -> User {
        switch self {
        case .changed(let user): return user
        case .refused(let reason, let left): throw AuthError(reason, triesLeft: left)
        }
    }
}
