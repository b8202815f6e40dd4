// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// The ways to sign in, all of which open their session through one function.
public struct SignInService: Sendable {
    let core: ServiceCore
    let hashes: PasswordHashes
    let attempts: PasswordAttempts
    let devices: DeviceTokens
    let issuer: SessionIssuer
    let mail: MailDispatch
    let tokens: OneTimeTokenIssuer
    let secondFactors: (any SignInFactorChecking)?
    let newDevices: NewDeviceNotices

    /// Completes a sign-in with a second factor, and opens the session.
    ///
    /// A wrong answer counts and slows down like a wrong password. The user's current state is checked: a user who was
    /// banned since the first credential, or whose password was changed, is rejected.
    ///
    /// - Throws: `.invalidCredentials` for a wrong answer, a pending sign-in that is too old and a user who has changed;
    ///   `.scopeNotGranted`, `.sessionLimitReached`, `.unavailable`, `.internalFailure`, `.cancelled`.
    public func complete(
        _ pending: PendingSignIn, with answer: SignInAnswer, from client: ClientContext
    ) async throws(AuthError) -> SignInOutcome {
        let context = core.context(client)
        let id = pending.userID
        let method = try await secondFactors?.check(answer, of: id, at: context.now)
        let budgets = try await attempts.heldBudgets(
            of: .user(id), device: pending.origin.device, from: client, at: context.now)
        let found = try await core.inStore { store throws(StoreError) in try await store.user(withID: id) }
        guard let user = found, user.epoch == pending.epoch, context.now < pending.expiresAt else {
            throw try await changedMeanwhile(found?.id, context)
        }
        guard let method else {
            try await attempts.recordFailure(.signIn, .wrongFactor, target: id, against: budgets, in: context)
            throw .invalidCredentials
        }
        try await refuseThrottled(budgets, user, context)
        let proofs = SignInProofs(first: .proven(pending.first), further: [answer.factorID: method])
        let proven = pending.origin.proof == nil ? user : user.withAddressProven(at: context.now)
        switch SignInFlow.decide(
            proofs, of: proven, factors: try await factors(of: id),
            requiresVerifiedEmail: core.settings.requiresVerifiedEmail, at: context.now)
        {
        case .admit(let user, let methods, let level):
            let pair = try await finish(
                user, methods, level: level, from: pending.origin, against: budgets, context)
            guard let pair else { throw try await changedMeanwhile(id, context) }
            return .signedIn(pair)
        case .needs(_, of: let user):
            try await attempts.recordFailure(.signIn, .wrongFactor, target: user.id, against: budgets, in: context)
            throw .invalidCredentials
        case .refuse(let refusal):
            try await attempts.recordFailure(.signIn, refusal, target: id, against: budgets, in: context)
            throw .invalidCredentials
        }
    }

    /// The second factors of a user; none if the service requires none.
    func factors(of user: UserID?) async throws(AuthError) -> [SignInFactor] {
        guard let user, let secondFactors else { return [] }
        return try await secondFactors.factors(of: user)
    }

    /// Audits that the user has changed during a sign-in.
    ///
    /// - Returns: The answer, which does not tell it from a wrong password.
    func changedMeanwhile(_ target: UserID?, _ context: OperationContext) async throws(AuthError) -> AuthError {
        try await core.record(
            .signIn, refusal: SignInRefusal.changedMeanwhile.rawValue, target: target, in: context)
        return .invalidCredentials
    }

    /// Rejects a throttled attempt, whatever its credentials.
    func refuseThrottled(
        _ budgets: HeldBudgets, _ user: User, _ context: OperationContext
    ) async throws(AuthError) {
        guard budgets.isThrottled else { return }
        try await attempts.recordFailure(.signIn, .throttled, target: user.id, against: budgets, in: context)
        throw .invalidCredentials
    }

    /// Opens the session: the last step of every way to sign in.
    ///
    /// A scope of which the role grants nothing is refused here and no earlier, so that only a right password reveals what
    /// a role grants. - Source: RFC 6749 §3.3
    ///
    /// - Returns: `nil` if the user has changed since the record was read.
    func finish(
        _ user: User, _ methods: [AuthenticationMethod], level: Int64,
        from origin: SignInOrigin, against budgets: HeldBudgets, _ context: OperationContext
    ) async throws(AuthError) -> TokenPair? {
        guard issuer.grants(origin.scope, to: user) else {
            let error = AuthError.scopeNotGranted
            try await core.record(.signIn, refusal: error.reason, target: user.id, in: context)
            throw error
        }
        let session = issuer.newSession(of: user.id, origin.scope, methods: methods, level: level, context)
        let opened: TokenPair?
        if let proof = origin.proof {
            opened = try await issuer.open(session, redeeming: proof, replacing: origin.replaced, context)
        } else {
            opened = try await issuer.open(session, epoch: user.epoch, replacing: origin.replaced, context)
        }
        guard var pair = opened else { return nil }
        await attempts.forgiveFailures(budgets, at: context.now)
        await newDevices.noteSignIn(of: user, isKnownDevice: origin.device != nil, context)
        // Where the credentials were voided, the device is a new one.
        let device = pair.user.credentialGeneration == user.credentialGeneration ? origin.device : nil
        pair.deviceToken = devices.token(for: device, of: pair.user, at: context.now, random: core.random)
        return pair
    }
}
