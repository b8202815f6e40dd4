// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

extension SupabaseService {
    /// What is known once a password was checked, or a dummy in place of it.
    struct CheckedPassword: Sendable {
        let password: Password
        let credential: UserCredential?
        let match: PasswordMatch
        let hash: PasswordHash?
        let subject: SignInLimits.Subject
        let budgets: HeldBudgets

        /// Whether the password is the user's, and may be considered.
        var isRight: Bool { hash != nil && match.isMatch && !budgets.isThrottled }
    }

    /// Signs a user in with a password.
    ///
    /// Unknown, password-less and throttled users cost the same work and get the same answer as a wrong password; budgets are
    /// those of the native sign-in. That a user is banned, must confirm the address or has a second factor is told after the
    /// right password alone.
    ///
    /// - Throws: `.validation`, `.phoneProviderDisabled`, `.invalidCredentials`, `.userBanned`, `.emailNotConfirmed`,
    ///   `.insufficientLevel`, `.tooManyRequests`, `.service`.
    public func signIn(
        _ contact: SupabaseContact, password: String?, from client: ClientContext
    ) async throws(SupabaseError) -> SupabaseSession {
        _ = try settings
        guard let password, !password.isEmpty else { throw .validation(SupabaseSentence.missingSignInPassword) }
        let secret = try Self.password(password)
        let typed = contact.email ?? ""
        if contact.phone != nil || typed.isEmpty { _ = try contact.address() }
        let context = core.context(client)
        try await native(at: .token) { () async throws(AuthError) in
            try hashes.checkRoom(for: SignInAttempt(identifier: typed, password: secret))
        }
        guard let address = try? EmailAddress(TypedText.trimmed(typed)) else {
            throw try await refuseUnreadable(typed, secret, client, context)
        }
        for _ in 0..<2 {
            let checked = try await check(secret, of: address, from: client, context)
            guard let user = checked.credential?.user, checked.isRight else {
                throw try await refuse(checked, client, context)
            }
            if let session = try await signIn(user, checked, context) { return session }
        }
        try await native(at: .token) { () async throws(AuthError) in
            try await core.record(.signIn, refusal: SignInRefusal.changedMeanwhile.rawValue, in: context)
        }
        throw .invalidCredentials
    }

    /// Checks a password against that of the user with an address, or against a dummy: the work is the same.
    func check(
        _ password: Password, of address: EmailAddress, from client: ClientContext, _ context: OperationContext
    ) async throws(SupabaseError) -> CheckedPassword {
        let identifier = Identifier.email(address)
        return try await native(at: .token) { () async throws(AuthError) -> CheckedPassword in
            let credential = try await core.credential(for: identifier)
            let (match, hash) = try await hashes.verify(
                password, against: credential?.passwordHash, of: identifier.canonical)
            if let credential, credential.passwordHash != nil, hash == nil {
                core.observe(.unreadablePasswordHash(credential.user.id))
            }
            let subject = credential.map { SignInLimits.Subject.user($0.user.id) } ?? .unknown(identifier)
            let budgets = try await attempts.heldBudgets(of: subject, device: nil, from: client, at: context.now)
            return CheckedPassword(
                password: password, credential: credential, match: match, hash: hash, subject: subject, budgets: budgets
            )
        }
    }

    /// Counts and audits a password that is not right.
    ///
    /// - Returns: The answer.
    private func refuse(
        _ checked: CheckedPassword, _ client: ClientContext, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseError {
        let refusal: SignInRefusal =
            checked.credential == nil
            ? .unknownUser : checked.hash == nil ? .noPassword : checked.match.isMatch ? .throttled : .wrongPassword
        try await note(refusal, checked, context)
        await attempts.watchForSpraying(checked.subject, from: client, in: context)
        return .invalidCredentials
    }

    /// Counts and audits what stands against a sign-in.
    func note(
        _ refusal: SignInRefusal, _ checked: CheckedPassword, _ context: OperationContext
    ) async throws(SupabaseError) {
        try await native(at: .token) { () async throws(AuthError) in
            try await attempts.recordFailure(
                .signIn, refusal, target: checked.credential?.user.id, against: checked.budgets, in: context)
        }
    }

    private func refuseUnreadable(
        _ text: String, _ password: Password, _ client: ClientContext, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseError {
        let subject = SignInLimits.Subject.unreadable(text)
        try await native(at: .token) { () async throws(AuthError) in
            _ = try await hashes.verify(password, against: nil, of: text)
            let budgets = try await attempts.heldBudgets(of: subject, device: nil, from: client, at: context.now)
            try await attempts.recordFailure(.signIn, .malformedIdentifier, against: budgets, in: context)
        }
        await attempts.watchForSpraying(subject, from: client, in: context)
        return .invalidCredentials
    }

    /// Opens a session for a user whose password was right.
    ///
    /// - Returns: `nil` if the user has changed since it was checked.
    func signIn(
        _ user: User, _ checked: CheckedPassword, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseSession? {
        let settings = try settings
        guard user.mayHoldSession(at: context.now) else {
            try await note(.userDisabled, checked, context)
            throw .userBanned
        }
        guard SupabaseView.confirmedAt(user, autoconfirm: settings.autoconfirm) != nil else {
            try await note(.emailNotVerified, checked, context)
            throw .emailNotConfirmed
        }
        guard !user.mustChangePassword else { throw .validation(SupabaseSentence.mustChangePassword) }
        try await refuseFactors(of: user.id, context)
        await rehash(checked, of: user.id)
        let weak = try weakReasons(
            of: checked.password,
            PasswordContext(username: user.username, email: user.email, fullName: user.fullName))
        let opened = try await open(
            issuer.newSupabaseSession(of: user.id, methods: [.password(at: context.now)], context),
            expecting: user.epoch, context)
        guard let session = opened else { return nil }
        await attempts.forgiveFailures(checked.budgets, at: context.now)
        await newDevices.noteSignIn(of: user, isKnownDevice: false, context)
        var answer = try await answer(with: session, at: .token, context)
        answer.weakReasons = weak
        return answer
    }

    /// Opens a session, unless the user's epoch is another one by now: then it is `nil`.
    func open(
        _ session: Session, expecting epoch: UserEpoch, _ context: OperationContext
    ) async throws(SupabaseError) -> Session? {
        let opening = try await native(at: .token) { () async throws(AuthError) in
            try await core.commit(at: context.now) { store throws(StoreError) in
                try await store.openSession(
                    session, expecting: epoch, limit: core.settings.sessionLimit, replacing: nil, context: context)
            }
        }
        switch opening {
        case .opened: return session
        case .limitReached: throw SupabaseError(.sessionLimitReached, at: .token)
        case .stale: return nil
        }
    }

    /// Refuses a user who has a second factor, which this API does not ask for.
    func refuseFactors(of user: UserID?, _ context: OperationContext) async throws(SupabaseError) {
        guard let secondFactors, let user else { return }
        let factors = try await native(at: .token) { () async throws(AuthError) in
            try await secondFactors.factors(of: user)
        }
        guard !factors.isEmpty else { return }
        try await native(at: .token) { () async throws(AuthError) in
            try await core.record(
                .signIn, refusal: ProviderFlowError.secondFactorRequired.rawValue, target: user, in: context)
        }
        throw .insufficientLevel
    }

    /// Stores a password as a current hash; if that fails, the next sign-in does it.
    private func rehash(_ checked: CheckedPassword, of id: UserID) async {
        guard let stored = checked.credential?.passwordHash, let hash = checked.hash,
            checked.match == .asPresented || hashes.hashing.needsRehash(hash),
            let newer = try? await hashes.newHash(of: checked.password)
        else { return }
        _ = try? await core.inStore { store throws(StoreError) in
            try await store.rehashPassword(of: id, from: stored, to: newer)
        }
    }
}
