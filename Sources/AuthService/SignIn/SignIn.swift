// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthCrypto
import AuthStore

/// What somebody presents to sign in.
public struct SignInAttempt: Sendable {
    /// A username or an address as typed; what is neither costs the same work and gets the same answer.
    public let identifier: String
    /// The password.
    public let password: Password
    /// What the session is to be used for; `nil` for all that the role grants, now and later.
    public let scope: Scope?
    /// What an earlier sign-in left with the device, where it is presented; junk counts as none.
    public let deviceToken: DeviceToken?

    /// Describes an attempt.
    public init(identifier: String, password: Password, scope: Scope? = nil, deviceToken: DeviceToken? = nil) {
        self.identifier = identifier
        self.password = password
        self.scope = scope
        self.deviceToken = deviceToken
    }
}

extension AuthService {
    /// Signs a user in with a password and opens a session.
    ///
    /// Unknown, disabled and password-less users cost one password check like everybody, and are refused alike. Hashing
    /// happens outside the transaction; a password change, ban or deletion that comes first makes the opening fail, and
    /// the attempt is made once more.
    ///
    /// Failures are counted and slow down further attempts, as `SignInThrottle` says. One that is throttled costs the same
    /// work and gets the same answer as a wrong password, also with the right one.
    ///
    /// `refreshToken` is the one that the same browser holds already: its session ends where this one opens, so that
    /// nothing that was planted or left behind there lives on. What is no token of ours is ignored.
    ///
    /// Cost: one password check (two verifications where the password is not in NFC), at most one more hash where the
    /// stored one is outdated, and two to four transactions, one more from a known device; nothing is written about limits where nothing had failed. An attempt for which there is no room costs nothing.
    /// - Throws: `.invalidCredentials`, `.emailNotVerified` and `.sessionLimitReached` only where the password is right,
    ///   `.overloaded`, `.unavailable`, `.cancelled`.
    public func signIn(
        _ attempt: SignInAttempt, replacing refreshToken: String? = nil, from client: ClientContext
    ) async throws(AuthError) -> TokenPair {
        try checkRoom(for: attempt)
        let context = context(client)
        let identifier: Identifier
        do throws(ValidationError) {
            identifier = try Identifier(parsing: attempt.identifier)
        } catch {
            _ = try await verify(attempt.password, against: nil, of: attempt.identifier)
            let subject = SignInLimits.Subject.unreadable(attempt.identifier)
            let keys = limits.keys(for: subject, device: nil, sourceGroup: client.sourceGroup)
            let budgets = try await heldBudgets(keys, at: context.now)
            try await recordFailure(.signIn, .malformedIdentifier, against: budgets, in: context)
            await watchForSpraying(subject, from: client, in: context)
            throw .invalidCredentials
        }
        for _ in 0..<2 {
            if let pair = try await signInOnce(identifier, attempt, refreshToken, client, context) { return pair }
        }
        try await record(.signIn, refusal: SignInRefusal.changedMeanwhile.rawValue, in: context)
        throw .invalidCredentials
    }

    /// Makes one attempt; `nil` where the user changed while the password was checked.
    private func signInOnce(
        _ identifier: Identifier, _ attempt: SignInAttempt, _ replaced: String?, _ client: ClientContext,
        _ context: OperationContext
    ) async throws(AuthError) -> TokenPair? {
        let credential = try await inStore { () throws(StoreError) in
            try await store.credential(for: identifier)
        }
        let device = credential.flatMap { credential in
            credential.passwordHash.flatMap {
                devices.device(attempt.deviceToken, of: credential.user.id, $0, at: context.now)
            }
        }
        let (match, hash) = try await verify(
            attempt.password, against: credential?.passwordHash, of: identifier.canonical,
            lane: try await lane(for: credential?.user.id, device, client, context))
        if let credential, credential.passwordHash != nil, hash == nil {
            observe(.unreadablePasswordHash(credential.user.id))
        }
        let subject = credential.map { SignInLimits.Subject.user($0.user.id) } ?? .unknown(identifier)
        let budgets = try await heldBudgets(
            limits.keys(for: subject, device: device, sourceGroup: client.sourceGroup), at: context.now)
        let verdict = SignInVerdict.decide(
            user: credential?.user, hasPassword: hash != nil, passwordMatches: match.isMatch,
            requiresVerifiedEmail: settings.requiresVerifiedEmail, at: context.now)
        switch verdict {
        case .refuse(let refusal):
            try await recordFailure(.signIn, refusal, target: credential?.user.id, against: budgets, in: context)
            // Who only has to prove the address has the right password.
            if refusal != .emailNotVerified { await watchForSpraying(subject, from: client, in: context) }
            throw refusal == .emailNotVerified && !budgets.isThrottled ? .emailNotVerified : .invalidCredentials
        case .admit(let user):
            guard !budgets.isThrottled else {
                try await recordFailure(.signIn, .throttled, target: user.id, against: budgets, in: context)
                throw .invalidCredentials
            }
            guard var stored = credential?.passwordHash else { throw .internalFailure }
            // One that only matches what this client sent would not match the same password from another keyboard.
            if let hash, match == .asPresented || hashing.needsRehash(hash) {
                stored = await rehash(attempt.password, from: stored, of: user.id)
            }
            let left = replaced.flatMap { refreshTokens.content(of: $0) }
            let session = newSession(of: user, attempt.scope, context)
            guard var pair = try await open(session, epoch: user.epoch, replacing: left, context) else { return nil }
            await forgiveFailures(budgets, at: context.now)
            pair.deviceToken = devices.token(for: device, of: user.id, stored, at: context.now, random: random)
            return pair
        }
    }

    /// Which places of the hashing queue an attempt may wait in: a known device that is not throttled has a reserved one.
    ///
    /// Only who presents a token that this service gave to a device of this user costs the further query, so that its
    /// time tells a stranger nothing about who exists.
    private func lane(
        for user: UserID?, _ device: DeviceTokens.DeviceID?, _ client: ClientContext, _ context: OperationContext
    ) async throws(AuthError) -> HashingLane {
        guard let user, let device else { return .open }
        let keys = limits.keys(for: .user(user), device: device, sourceGroup: client.sourceGroup)
        let budgets = try await heldBudgets(keys, at: context.now)
        return lane(for: user, isThrottled: budgets.isThrottled)
    }

    /// Stores a password in today's form.
    ///
    /// Where that fails, as it does when much is being hashed, the next sign-in does it: nobody with the right password
    /// is turned away for it.
    ///
    /// - Returns: The hash that is stored afterwards.
    private func rehash(
        _ password: Password, from stored: StoredPasswordHash, of id: UserID
    ) async -> StoredPasswordHash {
        guard let newer = try? await newHash(of: password) else { return stored }
        let isDone = try? await inStore { () throws(StoreError) in
            try await store.rehashPassword(of: id, from: stored, to: newer)
        }
        return isDone == true ? newer : stored
    }

    /// A session for somebody who just proved who they are with a password.
    func newSession(of user: User, _ scope: Scope?, _ context: OperationContext) -> Session {
        Session(
            id: SessionID(makeID(at: context.now)), userID: user.id, scope: scope ?? .everything,
            authenticatedAt: context.now, methods: [.password(at: context.now)], source: context.source,
            userAgent: context.userAgent, createdAt: context.now,
            notAfter: context.now + settings.sessions.absoluteLifetime,
            idleTimeout: settings.sessions.refreshTokenLifetime, rotation: RefreshState(rotatedAt: context.now))
    }

    /// Opens a session in the place of the one that a browser leaves behind, be that another user's.
    private func open(
        _ session: Session, epoch: UserEpoch, replacing left: RefreshTokenContent?, _ context: OperationContext
    ) async throws(AuthError) -> TokenPair? {
        let own = left?.userID == session.userID ? left?.sessionID : nil
        let opening = try await commit(at: context.now) { () throws(StoreError) in
            try await store.openSession(
                session, expecting: epoch, limit: settings.sessionLimit, replacing: own, context: context)
        }
        switch opening {
        case .opened(let user, _):
            if let left, own == nil {
                var context = context
                context.actor = left.userID
                _ = try await endSession(left.sessionID, of: left.userID, reason: .signedOut, context)
            }
            return try tokenPair(for: session, of: user, at: context.now)
        case .limitReached: throw .sessionLimitReached
        case .stale: return nil
        }
    }
}
