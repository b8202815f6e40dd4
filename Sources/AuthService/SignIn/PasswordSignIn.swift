// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthCrypto
import AuthStore

extension SignInService {
    /// Signs a user in with a password: opens a session, or returns the second factors that must be answered first.
    ///
    /// To prevent user enumeration, unknown, disabled and password-less users cost one password check like all others,
    /// and get the same answer. Hashing happens outside the transaction; a password change, ban or deletion that comes
    /// first makes the opening fail, and the attempt is made once more.
    ///
    /// Failures are counted and slow down further attempts, as `SignInThrottle` says. A throttled attempt costs the
    /// same work and gets the same answer as a wrong password, also with the right one.
    ///
    /// `refreshToken` is the one that the same browser already has: its session ends when this one opens, which
    /// prevents session fixation. A text that is no token of this service is ignored.
    ///
    /// Cost: one password check (two verifications where the password is not in NFC), at most one more hash where the
    /// stored one is outdated, and two to four transactions, one more from a known device; nothing is written about
    /// limits where nothing had failed. An attempt that the full queue rejects costs nothing. With the right password and an
    /// address that must be verified first, a verification is mailed.
    /// - Throws: `.invalidCredentials`; `.emailNotVerified`, `.scopeNotGranted` and `.sessionLimitReached` only where the
    ///   password is right; `.overloaded`, `.unavailable`, `.cancelled`.
    public func withPassword(
        _ attempt: SignInAttempt, replacing refreshToken: String? = nil, from client: ClientContext
    ) async throws(AuthError) -> SignInOutcome {
        try hashes.checkRoom(for: attempt)
        let context = core.context(client)
        let identifier: Identifier
        do throws(ValidationError) {
            identifier = try Identifier(parsing: attempt.identifier)
        } catch {
            _ = try await hashes.verify(attempt.password, against: nil, of: attempt.identifier)
            let subject = SignInLimits.Subject.unreadable(attempt.identifier)
            let budgets = try await attempts.heldBudgets(of: subject, device: nil, from: client, at: context.now)
            try await attempts.recordFailure(.signIn, .malformedIdentifier, against: budgets, in: context)
            await attempts.watchForSpraying(subject, from: client, in: context)
            throw .invalidCredentials
        }
        for _ in 0..<2 {
            let outcome = try await attemptOnce(identifier, attempt, refreshToken, client, context)
            if let outcome { return outcome }
        }
        throw try await changedMeanwhile(nil, context)
    }

    /// Makes one attempt; `nil` if the user changed while the password was checked.
    private func attemptOnce(
        _ identifier: Identifier, _ attempt: SignInAttempt, _ refreshToken: String?, _ client: ClientContext,
        _ context: OperationContext
    ) async throws(AuthError) -> SignInOutcome? {
        let credential = try await core.credential(for: identifier)
        let device = credential.flatMap { devices.device(attempt.deviceToken, of: $0.user, at: context.now) }
        let (match, hash) = try await hashes.verify(
            attempt.password, against: credential?.passwordHash, of: identifier.canonical,
            lane: try await lane(for: credential?.user.id, device, client, context))
        if let credential, credential.passwordHash != nil, hash == nil {
            core.observe(.unreadablePasswordHash(credential.user.id))
        }
        let subject = credential.map { SignInLimits.Subject.user($0.user.id) } ?? .unknown(identifier)
        let budgets = try await attempts.heldBudgets(of: subject, device: device, from: client, at: context.now)
        let first: SignInProofs.First =
            hash == nil ? .noPassword : match.isMatch ? .proven(.password(at: context.now)) : .wrongPassword
        // Only after the right password, so that the time of an answer does not reveal whether the user has factors.
        let enrolled = match.isMatch ? try await factors(of: credential?.user.id) : []
        switch SignInFlow.decide(
            SignInProofs(first: first), of: credential?.user, factors: enrolled,
            requiresVerifiedEmail: core.settings.requiresVerifiedEmail, at: context.now)
        {
        case .refuse(let refusal):
            try await attempts.recordFailure(
                .signIn, refusal, target: credential?.user.id, against: budgets, in: context)
            // A user who only has to verify the address gave the right password.
            if refusal != .emailNotVerified { await attempts.watchForSpraying(subject, from: client, in: context) }
            guard refusal == .emailNotVerified, !budgets.isThrottled else { throw .invalidCredentials }
            if let user = credential?.user { await mailVerification(to: user, context) }
            throw .emailNotVerified
        case .needs(let factors, of: let user):
            try await refuseThrottled(budgets, user, context)
            return .pending(
                PendingSignIn(
                    factors: factors, expiresAt: context.now + PendingSignIn.lifetime,
                    first: .password(at: context.now),
                    origin: origin(of: attempt, device, replacing: refreshToken), userID: user.id,
                    epoch: user.epoch))
        case .admit(let user, let methods, let level):
            try await refuseThrottled(budgets, user, context)
            guard let stored = credential?.passwordHash else { throw .internalFailure }
            // A hash that matches only the octets of this client would not match the same password from another
            // keyboard.
            if let hash, match == .asPresented || hashes.hashing.needsRehash(hash) {
                await rehash(attempt.password, from: stored, of: user.id)
            }
            let pair = try await finish(
                user, methods, level: level,
                from: origin(of: attempt, device, replacing: refreshToken), against: budgets, context)
            return pair.map(SignInOutcome.signedIn)
        }
    }

    private func origin(
        of attempt: SignInAttempt, _ device: DeviceTokens.DeviceID?, replacing refreshToken: String?
    ) -> SignInOrigin {
        SignInOrigin(
            scope: attempt.scope, device: device,
            replaced: refreshToken.flatMap { issuer.refreshTokens.content(of: $0) })
    }

    /// The places in the hashing queue that an attempt may wait in: a known device that is not throttled has a reserved
    /// one.
    ///
    /// Only a client that presents a token of a device of this user costs the further query, so that its time does not
    /// allow user enumeration.
    private func lane(
        for user: UserID?, _ device: DeviceTokens.DeviceID?, _ client: ClientContext, _ context: OperationContext
    ) async throws(AuthError) -> HashingLane {
        guard let user, let device else { return .open }
        let budgets = try await attempts.heldBudgets(of: .user(user), device: device, from: client, at: context.now)
        return hashes.lane(for: user, isThrottled: budgets.isThrottled)
    }

    /// Stores a password as a current hash.
    ///
    /// If that fails, as it does under load, the next sign-in does it: no user with the right password is rejected for
    /// it.
    private func rehash(_ password: Password, from stored: StoredPasswordHash, of id: UserID) async {
        guard let newer = try? await hashes.newHash(of: password) else { return }
        _ = try? await core.inStore { store throws(StoreError) in
            try await store.rehashPassword(of: id, from: stored, to: newer)
        }
    }

    /// Mails a user who gave the right password, and must verify the address first, what verifies it.
    ///
    /// The password counts as shown, so that verifying the address elsewhere keeps it. Where no mail can be written the answer is
    /// the same, and the user requests one.
    private func mailVerification(to user: User, _ context: OperationContext) async {
        guard mail.canSend, let address = user.email,
            let terms = try? await tokens.policy.terms(for: .known, at: context.now)
        else { return }
        let order = OneTimeTokenIssuer.Order(
            purpose: .emailVerification, userID: user.id, address: address,
            flow: tokens.secrets.makeHandle(random: core.random).id, shown: user.credentialGeneration)
        _ = try? await tokens.issue(order, under: terms, context)
    }
}
