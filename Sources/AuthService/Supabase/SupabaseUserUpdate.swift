// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

extension SupabaseService {
    /// Changes the caller: metadata, password, address, in one transaction.
    ///
    /// A new password or address needs a recent sign-in, a session that a recovery opened, the current password, or the
    /// code of ``reauthenticate(_:from:)``, which is used up before anything else is looked at, whatever becomes of the
    /// change: without a proof nothing is told of passwords and addresses. A user with a second factor changes neither
    /// here. A new password ends all other sessions. A new address is the user's once its mailbox has confirmed it, and
    /// where the present one is proven, that one, too, unless the settings say otherwise; with autoconfirm, an
    /// unproven address is replaced at once, by one that counts as unproven.
    ///
    /// - Throws: `.notAdmin` for `app_metadata`, `.phoneProviderDisabled`, `.validation`, `.weakPassword`, `.samePassword`,
    ///   `.emailExists`, `.emailProviderDisabled`, `.mailTooOften`, `.currentPasswordInvalid`, `.reauthenticationNeeded`,
    ///   `.reauthenticationNotValid`, `.insufficientLevel`, `.sessionNotFound`, `.userNotFound`, `.service`.
    public func update(
        _ caller: SupabaseCaller, by change: SupabaseUserChange, from client: ClientContext
    ) async throws(SupabaseError) -> SupabaseProfile {
        let settings = try settings
        let context = core.context(client, actor: caller.user.id)
        guard !change.hasAppMetadata else { throw .notAdmin }
        guard change.phone.flatMap(Self.nonEmpty) == nil else { throw .phoneProviderDisabled }
        let patch = try Self.patch(change.data.map(SupabaseView.stripped))
        let address = try newAddress(change.email, of: caller.user)
        let password = try change.password.flatMap(Self.nonEmpty).map { (text) throws(SupabaseError) in
            try chosenPassword(text, of: caller.user, address, settings)
        }
        guard patch != nil || address != nil || password != nil else {
            return try await profile(of: caller.user.id, at: .user)
        }
        let needsProof = address != nil || password != nil
        let credential = try await native(at: .user) { () async throws(AuthError) in
            try await core.inStore { store throws(StoreError) in try await store.credential(of: caller.user.id) }
        }
        guard let credential else { throw .userNotFound }
        if needsProof { try await refuseFactors(of: caller.user.id, context) }
        var isProven = try await isProven(
            by: needsProof ? change.currentPassword : nil, credential, caller, context)
        // X8 decides again; a change that cannot be is refused before a password is hashed for it.
        let isShown =
            !needsProof || isProven
            || SupabaseProof.isShown(
                by: caller.session, user: credential.user, recent: recentProof,
                recovery: core.settings.passwordResetLifetime, at: context.now)
        if !isShown {
            guard let typed = nonce(change.nonce, of: credential.user, from: client) else {
                throw .reauthenticationNeeded
            }
            try await prove(by: typed, caller, context)
            isProven = true
        }
        let own = SupabaseOwnChange(
            session: caller.session.id, data: patch,
            password: try await replacement(password, of: credential),
            email: try await email(address, change.returning, of: credential.user, settings, context), nonce: nil,
            isProven: isProven, needsProof: needsProof, recent: recentProof,
            recovery: core.settings.passwordResetLifetime)
        let outcome = try await native(at: .user) { () async throws(AuthError) in
            try await core.commit(at: context.now) { store throws(StoreError) in
                try await store.updateSupabaseUser(caller.user.id, by: own, context: context)
            }
        }
        try Self.check(outcome)
        if case .pending? = own.email {
            core.outbox.signals.wake(.mail)
            tokens.policy.noteMail()
        }
        return try await profile(of: caller.user.id, at: .user)
    }

    /// Mails a code to the caller's proven address, which proves who the user is in a change that follows.
    ///
    /// - Throws: `.emailNotConfirmed` without a proven address, `.emailProviderDisabled`, `.mailTooOften`, `.service`.
    public func reauthenticate(_ caller: SupabaseCaller, from client: ClientContext) async throws(SupabaseError) {
        let settings = try settings
        let user = caller.user
        guard let address = user.email, user.isVerified else { throw .emailNotConfirmed }
        guard mail.canSend else { throw .emailProviderDisabled }
        let context = core.context(client, actor: user.id)
        if let wait = try await admitMail(.reauthentication, to: address, at: context.now) {
            throw .mailTooOften(seconds: wait)
        }
        _ = try await native(at: .user) { () async throws(AuthError) -> Bool in
            let terms = try await tokens.policy.terms(for: .known, at: context.now)
            let mailed = tokens.prepare(
                order(
                    .reauthentication, to: address, of: user, shown: user.credentialGeneration,
                    redirectTo: settings.redirects.site.text, challenge: []),
                context)
            return try await tokens.issueSupabase(
                SupabaseMailOrder(mails: [mailed], asking: nil), of: user.id, under: terms, context)
        }
    }

    /// How recent a sign-in must be for a change of password or address.
    var recentProof: RecentProof {
        RecentProof(
            within: core.settings.recentSignIn ?? .seconds(15 * 60), leeway: core.settings.clockLeeway)
    }

    /// The address that the user asks for; `nil` where it is the present one or none.
    private func newAddress(_ text: String?, of user: User) throws(SupabaseError) -> EmailAddress? {
        guard let text = text.flatMap(Self.nonEmpty) else { return nil }
        let address = try SupabaseContact.address(text)
        guard user.email?.canonical.hasSameOctets(as: address.canonical) != true else { return nil }
        try checkDomain(of: address)
        return address
    }

    private func chosenPassword(
        _ text: String, of user: User, _ address: EmailAddress?, _ settings: SupabaseSettings
    ) throws(SupabaseError) -> Password {
        // Without an identifier it would be of no use.
        guard user.email != nil || user.username != nil || (settings.autoconfirm && address != nil) else {
            throw .validation(SupabaseSentence.anonymousPassword)
        }
        let password = try Self.password(text)
        try checkChosen(
            password, PasswordContext(username: user.username, email: user.email ?? address, fullName: user.fullName))
        return password
    }

    /// Whether the current password was given and is right.
    private func isProven(
        by text: String?, _ credential: UserCredential, _ caller: SupabaseCaller, _ context: OperationContext
    ) async throws(SupabaseError) -> Bool {
        guard let text = text.flatMap(Self.nonEmpty) else { return false }
        let password = try Self.password(text)
        try await native(at: .user) { () async throws(AuthError) in
            try await attempts.confirm(
                password, against: credential.passwordHash, of: caller.user.id, session: caller.session.id,
                for: .passwordChanged, in: context)
        }
        return true
    }

    private func nonce(
        _ text: String?, of user: User, from client: ClientContext
    ) -> SupabaseOwnChange.Nonce? {
        guard let text = text.flatMap(Self.nonEmpty), let address = user.email else { return nil }
        return SupabaseOwnChange.Nonce(
            digests: tokens.secrets.codeDigests(ofTyped: text, for: .supabase),
            budgets: secrets.codeBudgets(of: address, from: client))
    }

    /// Uses up the code that proves who the user is, and changes nothing.
    private func prove(
        by nonce: SupabaseOwnChange.Nonce, _ caller: SupabaseCaller, _ context: OperationContext
    ) async throws(SupabaseError) {
        let proof = SupabaseOwnChange(
            session: caller.session.id, data: nil, password: nil, email: nil, nonce: nonce, isProven: false,
            needsProof: true, recent: recentProof, recovery: core.settings.passwordResetLifetime)
        let outcome = try await native(at: .user) { () async throws(AuthError) in
            try await core.commit(at: context.now) { store throws(StoreError) in
                try await store.updateSupabaseUser(caller.user.id, by: proof, context: context)
            }
        }
        try Self.check(outcome)
    }

    /// The hash of a new password, which must be another one than the present.
    ///
    /// Only to be asked once it is shown who the user is: the answer tells whether the text is the present password.
    private func replacement(
        _ password: Password?, of credential: UserCredential
    ) async throws(SupabaseError) -> SupabaseOwnChange.NewPassword? {
        guard let password else { return nil }
        if let stored = credential.passwordHash {
            let (match, _) = try await native(at: .user) { () async throws(AuthError) in
                try await hashes.verify(password, against: stored, of: credential.user.id.description)
            }
            guard !match.isMatch else { throw .samePassword }
        }
        return SupabaseOwnChange.NewPassword(
            expected: credential.passwordHash, new: try await newHash(ofChosen: password))
    }

    /// What becomes of the address.
    private func email(
        _ address: EmailAddress?, _ returning: SupabaseReturn?, of user: User, _ settings: SupabaseSettings,
        _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseOwnChange.Email? {
        guard let address else { return nil }
        if !core.settings.preventsEnumeration {
            let holder = try await native(at: .user) { () async throws(AuthError) in
                try await core.credential(for: .email(address))
            }
            guard holder == nil else { throw .emailExists }
        }
        // A proven address gives way to a proven one alone: else the person behind the new address, who has proven it later,
        // and the one behind the old could each take the user from the other.
        guard !settings.autoconfirm || (user.isVerified && mail.canSend) else { return .now(address, undo: nil) }
        guard mail.canSend else { throw .emailProviderDisabled }
        if let current = user.email {
            // A further mail for the change is asked for by the present address.
            try await admitInterval(.emailChangeNew, to: current, at: context.now)
        }
        if let wait = try await admitMail(.emailChangeNew, to: address, at: context.now) {
            throw .mailTooOften(seconds: wait)
        }
        let redirectTo = (returning?.target(by: settings.redirects) ?? settings.redirects.site).text
        let challenge = returning?.challenge ?? []
        var orders = [
            order(
                .emailChangeNew, to: address, of: user, shown: user.credentialGeneration, redirectTo: redirectTo,
                challenge: challenge)
        ]
        if settings.changesAddressSecurely, user.isVerified, let current = user.email {
            orders.append(
                order(
                    .emailChangeCurrent, to: current, of: user, shown: user.credentialGeneration,
                    redirectTo: redirectTo, challenge: challenge))
        }
        let terms = try await native(at: .user) { () async throws(AuthError) in
            try await tokens.policy.terms(for: .known, at: context.now)
        }
        return .pending(
            SupabaseMailOrder(mails: orders.map { tokens.prepare($0, context) }, asking: address), under: terms)
    }

    private static func check(_ outcome: SupabaseUpdateOutcome) throws(SupabaseError) {
        switch outcome {
        case .updated: return
        case .taken: throw .emailExists
        case .refused(.noIdentifierLeft): throw .validation(SupabaseSentence.noAddress)
        case .refused(.userMetadataTooLarge), .refused(.appMetadataTooLarge):
            throw .validation(SupabaseSentence.longData)
        // Another change was faster: what was shown is out of date.
        case .stale, .proofNeeded: throw .reauthenticationNeeded
        case .sessionOver: throw .sessionNotFound
        case .wrongNonce: throw .reauthenticationNotValid
        // The budget counts by the hour.
        case .mailLimitReached: throw .mailTooOften(seconds: 3_600)
        }
    }
}
