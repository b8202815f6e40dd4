// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension SupabaseService {
    /// Signs a user up.
    ///
    /// With neither address nor password it makes a user without an identifier. Otherwise the typed password is always both
    /// checked, against that of the user with the address or a dummy, and hashed.
    ///
    /// Where addresses are confirmed by mail, an address that is taken gets an answer that looks like one for a new user, and an
    /// unconfirmed holder another mail: it binds nothing unless the password was the holder's. With autoconfirm, the holder's password
    /// signs in, and every other one is told that the address is taken. Where registration is private (`preventsEnumeration`), every
    /// address gets the made-up answer, and is looked up afterwards.
    ///
    /// Cost: one password check, one hash and one transaction, two with autoconfirm.
    /// - Throws: `.signUpDisabled`, `.validation`, `.weakPassword`, `.phoneProviderDisabled`, `.emailProviderDisabled`,
    ///   `.anonymousDisabled`, `.userAlreadyExists`, `.mailTooOften`, `.service`, and with autoconfirm as ``signIn(_:password:from:)``.
    public func signUp(
        _ contact: SupabaseContact, password: String?, data: JSONObject?, returning: SupabaseReturn,
        locale: LanguageTag?, from client: ClientContext
    ) async throws(SupabaseError) -> SupabaseAnswer {
        let settings = try settings
        let context = core.context(client)
        try await checkOpen(context)
        guard !(contact.isEmpty && password?.isEmpty != false) else {
            return .session(try await signUpAnonymously(data, locale, settings, context))
        }
        guard let password, !password.isEmpty else { throw .validation(SupabaseSentence.missingPassword) }
        let secret = try Self.password(password)
        try checkChosen(secret, PasswordContext(email: contact.email.flatMap { try? EmailAddress($0) }))
        let address = try contact.address()
        try checkDomain(of: address)
        guard settings.autoconfirm || mail.canSend else { throw .emailProviderDisabled }
        let metadata = try Self.metadata(data)
        let wait = settings.autoconfirm ? nil : try await admitMail(.signup, to: address, at: context.now)
        let hash = try await newHash(ofChosen: secret)
        let user = User(
            id: UserID(core.makeID(at: context.now)), email: address, userMetadata: metadata.text,
            createdAt: context.now, origin: .registered, locale: locale)
        let madeUp = SupabaseAnswer.madeUp(
            id: UserID(core.makeID(at: context.now)), email: address.canonical, data: metadata.object, at: context.now)
        if core.settings.preventsEnumeration {
            let order = SupabaseMailRequest(
                .signup, redirectTo: returning.target(by: settings.redirects).text, challenge: returning.challenge,
                registering: StoredRegistration(user, hash), metadata: metadata.text)
            try await request(order, about: address, from: client, context)
            if let wait { throw .mailTooOften(seconds: wait) }
            return madeUp
        }
        if let wait { throw .mailTooOften(seconds: wait) }
        let checked = try await check(secret, of: address, from: client, context)
        if checked.credential == nil,
            let answer = try await create(user, hash, returning, settings, checked, context)
        {
            return answer
        }
        guard !settings.autoconfirm else { return .session(try await signIn(holderOf: checked, client, context)) }
        if let holder = checked.credential?.user, !holder.isVerified, holder.mayHoldSession(at: context.now) {
            try await mailAgain(to: holder, hasShown: checked.isRight, returning, settings, context)
        }
        return madeUp
    }

    /// Refuses where registration is closed.
    private func checkOpen(_ context: OperationContext) async throws(SupabaseError) {
        switch core.settings.registration {
        case .open, .domains: return
        case .closed, .invitation:
            try await native(at: .other) { () async throws(AuthError) in
                try await core.record(.userRegistered, refusal: AuthError.registrationClosed.reason, in: context)
            }
            throw .signUpDisabled
        }
    }

    /// Refuses an address of a domain that may not register.
    func checkDomain(of address: EmailAddress) throws(SupabaseError) {
        guard core.settings.registration.permits(address) else { throw .validation(SupabaseSentence.otherDomain) }
    }

    private func signUpAnonymously(
        _ data: JSONObject?, _ locale: LanguageTag?, _ settings: SupabaseSettings, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseSession {
        guard settings.isAnonymousAllowed else { throw .anonymousDisabled }
        // Only owners of an address of some domains may register.
        guard core.settings.registration.refusal(of: nil) == nil else { throw .signUpDisabled }
        let metadata = try Self.metadata(data)
        let user = User(
            id: UserID(core.makeID(at: context.now)), role: .guest, isAnonymous: true, userMetadata: metadata.text,
            createdAt: context.now, lastLoginAt: context.now, origin: .anonymous, locale: locale)
        let session = issuer.newSupabaseSession(of: user.id, methods: [.anonymous(at: context.now)], context)
        try await native(at: .other) { () async throws(AuthError) in
            try await core.commit(at: context.now) { store throws(StoreError) in
                try await store.signUpAnonymously(user, session: session, context: context)
            }
        }
        core.outbox.signals.wakeAll()
        return try await answer(with: session, at: .other, context)
    }

    /// Creates a user, and signs in where the address needs no mail.
    ///
    /// - Returns: `nil` where another user has got the address meanwhile.
    private func create(
        _ user: User, _ hash: StoredPasswordHash, _ returning: SupabaseReturn, _ settings: SupabaseSettings,
        _ checked: CheckedPassword, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseAnswer? {
        let verification =
            settings.autoconfirm ? nil : try await confirmation(of: user, returning, settings, context)
        let creation = try await native(at: .other) { () async throws(AuthError) in
            try await core.inStore { store throws(StoreError) in
                try await store.createUser(
                    user, passwordHash: hash, verification: verification, action: .userRegistered, context: context)
            }
        }
        guard case .created = creation else {
            try await native(at: .other) { () async throws(AuthError) in
                try await core.record(.userRegistered, refusal: "email_taken", in: context)
            }
            return nil
        }
        if verification != nil { tokens.policy.noteMail() }
        core.outbox.signals.wakeAll()
        guard settings.autoconfirm else { return .user(try await profile(of: user.id, at: .other)) }
        let opened = try await open(
            issuer.newSupabaseSession(of: user.id, methods: [.password(at: context.now)], context),
            expecting: user.epoch, context)
        guard let session = opened else { throw .service(.unavailable) }
        await newDevices.noteSignIn(of: user, isKnownDevice: false, context)
        return .session(try await answer(with: session, at: .other, context))
    }

    /// The mail that confirms the address of a new user; `nil` where the installation's budget is spent, which is audited.
    private func confirmation(
        of user: User, _ returning: SupabaseReturn, _ settings: SupabaseSettings, _ context: OperationContext
    ) async throws(SupabaseError) -> MailedToken? {
        try await native(at: .other) { () async throws(AuthError) -> MailedToken? in
            guard let address = user.email else { return nil }
            guard try await tokens.policy.admits(.stranger, isFirstOfDay: true, at: context.now) else {
                try await core.record(
                    .supabaseMailRequested, refusal: OneTimeTokenIssuance.Refusal.mailLimitReached.rawValue,
                    target: user.id, in: context)
                return nil
            }
            return tokens.prepare(
                order(
                    .signup, to: address, of: user, shown: user.credentialGeneration,
                    redirectTo: returning.target(by: settings.redirects).text, challenge: returning.challenge),
                context)
        }
    }

    /// A token for a mail of a kind to a user.
    func order(
        _ kind: SupabaseMailKind, to address: EmailAddress, of user: User, shown: CredentialGeneration?,
        redirectTo: String, challenge: [UInt8]
    ) -> OneTimeTokenIssuer.Order {
        OneTimeTokenIssuer.Order(
            purpose: .supabase, userID: user.id, address: address,
            flow: tokens.secrets.makeHandle(random: core.random).id, shown: shown,
            supabase: SupabaseMail(
                kind, address: address.canonical, redirectTo: redirectTo, challenge: challenge))
    }

    /// Signs the holder of an address in who signs up again with the right password.
    private func signIn(
        holderOf checked: CheckedPassword, _ client: ClientContext, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseSession {
        guard let holder = checked.credential?.user, checked.isRight,
            let session = try await signIn(holder, checked, context)
        else {
            // A password that is guessed here counts as one that is guessed at a sign-in.
            try await note(checked.hash == nil ? .noPassword : .wrongPassword, checked, context)
            await attempts.watchForSpraying(checked.subject, from: client, in: context)
            throw .userAlreadyExists
        }
        return session
    }

    /// Mails an unconfirmed holder again; without the right password the mail shows nothing, so that redeeming it voids what was
    /// set before.
    private func mailAgain(
        to holder: User, hasShown: Bool, _ returning: SupabaseReturn, _ settings: SupabaseSettings,
        _ context: OperationContext
    ) async throws(SupabaseError) {
        guard let address = holder.email else { return }
        try await native(at: .other) { () async throws(AuthError) in
            let terms = try await tokens.policy.terms(for: hasShown ? .known : .stranger, at: context.now)
            let mailed = tokens.prepare(
                order(
                    .signup, to: address, of: holder, shown: hasShown ? holder.credentialGeneration : nil,
                    redirectTo: returning.target(by: settings.redirects).text, challenge: returning.challenge),
                context)
            _ = try await tokens.issueSupabase(
                SupabaseMailOrder(mails: [mailed], asking: nil), of: holder.id, under: terms, context)
        }
    }
}
