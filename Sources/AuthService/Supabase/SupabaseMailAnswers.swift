// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension MailRequestAnswers {
    /// Answers a request of Supabase's API: looks the address up, makes a user where that was asked for, and writes the mail.
    func answerSupabase(_ question: Question) async throws(AuthError) {
        guard let settings = core.settings.supabase else {
            return try await end(question, refusal: "supabase_off")
        }
        guard let wish = SupabaseMailRequest(question.request, address: question.address) else {
            throw .internalFailure
        }
        var found = try await core.credential(for: .email(question.address))?.user
        if found == nil, let made = try await create(wish, question) { found = made }
        guard let user = found, let address = user.email, user.mayHoldSession(at: question.context.now) else {
            let refusal: SignInRefusal = found == nil ? .unknownUser : .userDisabled
            return try await end(question, refusal: refusal.rawValue, target: found?.id)
        }
        let isConfirmed = SupabaseView.confirmedAt(user, autoconfirm: settings.autoconfirm) != nil
        // The one who was made here has shown the password that came with the request.
        let shown = wish.registering?.user.id == user.id ? user.credentialGeneration : nil
        switch wish.kind {
        case .magicLink, .invite, .reauthentication:
            try await issue(isConfirmed ? .magicLink : .signup, [address], question, wish, user, shown: shown)
        case .recovery:
            try await issue(.recovery, [address], question, wish, user, shown: nil)
        case .signup:
            guard !isConfirmed else { return try await refuseConfirmed(question, wish, user) }
            try await issue(.signup, [address], question, wish, user, shown: shown)
        case .emailChangeCurrent, .emailChangeNew:
            guard let new = user.newEmail else {
                return try await end(question, refusal: "no_change", target: user.id)
            }
            // At most one of the addresses is the user's own, whose mail has another kind.
            let isSecure = settings.changesAddressSecurely && user.isVerified
            try await issue(
                .emailChangeNew, isSecure ? [new, address] : [new], question, wish, user, shown: nil)
        }
    }

    /// Ends a request to confirm what is confirmed; a registration with the address of another user is told of to its owner.
    private func refuseConfirmed(
        _ question: Question, _ wish: SupabaseMailRequest, _ user: User
    ) async throws(AuthError) {
        guard wish.registering != nil, try await takesNotice(to: question.address, at: question.context.now) else {
            return try await end(question, refusal: "already_verified", target: user.id)
        }
        let notice = OutboxEntry(
            .mail, kind: MailTemplate.addressAlreadyRegistered.name, about: nil, to: question.address.original,
            in: question.context)
        try await end(question, .userRegistered, refusal: "email_taken", mail: notice)
    }

    /// Makes the user whom a request wants; `nil` where it wants none, or where another one has got the address meanwhile.
    private func create(
        _ wish: SupabaseMailRequest, _ question: Question
    ) async throws(AuthError) -> User? {
        let user: User
        let hash: StoredPasswordHash?
        if let registering = wish.registering {
            (user, hash) = (registering.user.with(metadata: wish.metadata), registering.hash)
        } else if wish.creates, core.settings.registration.refusal(of: question.address) == nil {
            (user, hash) = (
                User(
                    id: UserID(core.makeID(at: question.context.now)), email: question.address,
                    // Where there is no password, nothing is unbound.
                    isBound: true, userMetadata: wish.metadata, createdAt: question.request.createdAt,
                    origin: .registered,
                    locale: wish.locale),
                nil
            )
        } else {
            return nil
        }
        let creation = try await core.inStore { store throws(StoreError) in
            try await store.createUser(
                user, passwordHash: hash, verification: nil, action: .userRegistered, context: question.context)
        }
        guard case .created = creation else {
            return try await core.credential(for: .email(question.address))?.user
        }
        core.outbox.signals.wakeAll()
        return user
    }

    /// Issues the tokens that a request asks for, and mails them; of two the first is of `kind`, and the other confirms the change
    /// at the present address.
    private func issue(
        _ kind: SupabaseMailKind, _ addresses: [EmailAddress], _ question: Question, _ wish: SupabaseMailRequest,
        _ user: User, shown: CredentialGeneration?
    ) async throws(AuthError) {
        let terms = try await tokens.policy.terms(for: .stranger, at: question.context.now)
        let mails = addresses.enumerated().map { index, address in
            tokens.prepare(
                OneTimeTokenIssuer.Order(
                    purpose: .supabase, userID: user.id, address: address,
                    flow: index == 0 ? question.request.flow : tokens.secrets.makeHandle(random: core.random).id,
                    shown: shown, askedAt: question.request.createdAt,
                    supabase: SupabaseMail(
                        index == 0 ? kind : .emailChangeCurrent, address: address.canonical,
                        redirectTo: wish.redirectTo, challenge: wish.challenge)),
                question.context)
        }
        _ = try await tokens.issueSupabase(
            SupabaseMailOrder(mails: mails, asking: nil), of: user.id, under: terms, answering: question.claim,
            question.context)
    }
}

extension User {
    /// The same user with the metadata that a client has sent along.
    fileprivate func with(metadata: String) -> User {
        var user = self
        user.userMetadata = metadata
        return user
    }
}
