// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore
import AuthTokens

/// The result of checking an access token without waiting.
public enum ImmediateAuthentication: Sendable {
    /// The token is valid.
    case principal(Principal)
    /// The token is rejected, and why.
    case refused(AuthError)
    /// The token's signature and claims are good, but its user has to be read from the store first:
    /// ask ``AccessService/authenticate(_:)``.
    case needsStore
}

extension AccessService {
    /// Checks an access token from memory alone, as an event loop must.
    ///
    /// Cost: one look-up for a token seen before; one signature check otherwise. No query, no hop.
    public func authenticateNow(_ token: String) -> ImmediateAuthentication {
        switch check(token) {
        case .known(let principal): .principal(principal)
        case .refused(let error): .refused(error)
        case .verified: .needsStore
        }
    }

    /// Checks an access token, reading its user from the store where they are not in memory.
    ///
    /// - Throws: `.badToken`, `.tokenRevoked`, `.unavailable` (also where the change feed has been silent for too long),
    ///   `.cancelled`.
    public func authenticate(_ token: String) async throws(AuthError) -> Principal {
        switch check(token) {
        case .known(let principal):
            return principal
        case .refused(let error):
            throw error
        case .verified(let access):
            let generation = core.directory.generation
            let found = try await core.inStore { store throws(StoreError) in try await store.user(withID: access.userID)
            }
            guard let user = found else { throw .tokenRevoked }
            core.directory.keep(user, readAt: generation)
            // The session may have ended while the user was read, or just before the generation was: what is kept below
            // would then count as derived after that.
            guard !core.directory.isRevoked(access.sessionID, of: access.userID, epoch: access.epoch) else {
                throw .tokenRevoked
            }
            let outcome = admit(access, user, generation: generation)
            if case .success(let principal) = outcome { keep(principal, for: token) }
            return try outcome.get()
        }
    }

    /// Checks that the caller meets `requirement`.
    ///
    /// While one of `duties` is pending, the requirements `.anyone` and `.authenticated` are met; any other is not, as
    /// such a user has no scope.
    ///
    /// - Throws: `.denied`; `.passwordChangeRequired` or `.emailNotVerified` if the user must do that first.
    public func authorize(
        _ principal: Principal, _ requirement: AccessRequirement, whilePending duties: Set<PendingDuty> = []
    ) throws(AuthError) {
        if let duty = principal.pendingDuty, !duties.contains(duty) {
            switch duty {
            case .passwordChange: throw .passwordChangeRequired
            case .emailVerification: throw .emailNotVerified
            }
        }
        switch core.policy.decide(requirement, for: principal.subject) {
        case .allow: return
        case .deny(let denial): throw .denied(denial)
        }
    }

    /// A token whose signature, claims and revocation have been checked.
    private struct VerifiedAccess {
        let claims: AccessTokenClaims
        let userID: UserID
        let sessionID: SessionID
        let epoch: UserEpoch
        let scope: Scope
    }

    private enum Check {
        case known(Principal)
        case verified(VerifiedAccess)
        case refused(AuthError)
    }

    private func check(_ token: String) -> Check {
        let now = core.clock.now
        if core.directory.isStale(patience: core.settings.feedPatience) {
            staleness.count(isAccepted: core.settings.acceptsTokensOnSilentFeed)
            guard core.settings.acceptsTokensOnSilentFeed else { return .refused(.unavailable) }
        }
        let generation = core.directory.generation
        // Before its issue and past its expiry a token is verified each time, so that the leeway is the same for kept and
        // new ones, and a clock that is set back refuses both.
        if let principal = principals.principal(for: token), principal.generation == generation,
            principal.isCurrent(at: now)
        {
            return .known(principal)
        }
        let access: VerifiedAccess
        do throws(AuthError) {
            access = try verify(token, at: now)
        } catch {
            principals.remove(token)
            return .refused(error)
        }
        guard let user = core.directory.user(withID: access.userID) else { return .verified(access) }
        switch admit(access, user, generation: generation) {
        case .success(let principal):
            keep(principal, for: token)
            return .known(principal)
        case .failure(let error):
            principals.remove(token)
            return .refused(error)
        }
    }

    private func verify(_ token: String, at now: Timestamp) throws(AuthError) -> VerifiedAccess {
        let claims: AccessTokenClaims
        do throws(TokenError) {
            claims = try keys.verifier.verify(token, at: now).claims
        } catch {
            if error == .issuedInFuture || error == .notYetValid,
                core.clockGuard.metFutureToken(at: core.bootClock.sinceBoot)
            {
                core.observe(.tokenFromFuture)
            }
            if case .wrongIssuer = error, core.clockGuard.metOtherIssuer(at: core.bootClock.sinceBoot) {
                core.observe(.tokenOfOtherIssuer)
            }
            // This says nothing about the token: the client can present it again.
            throw error == .uncheckable ? .unavailable : .badToken(error)
        }
        guard let userID = UserID(parsing: claims.subject) else { throw .badToken(.badClaim("sub")) }
        guard let session = claims.sessionID, let sessionID = SessionID(parsing: session) else {
            throw .badToken(.badClaim("sid"))
        }
        guard let scope = Scope(parsing: claims.scope) else { throw .badToken(.badClaim("scope")) }
        let epoch = UserEpoch(claims.epoch)
        guard !core.directory.isRevoked(sessionID, of: userID, epoch: epoch) else { throw .tokenRevoked }
        return VerifiedAccess(
            claims: claims, userID: userID, sessionID: sessionID, epoch: epoch, scope: scope)
    }

    /// Remembers a principal, unless its user has much metadata: their tokens are checked anew each time, still without a query.
    private func keep(_ principal: Principal, for token: String) {
        guard !principal.user.hasLargeMetadata else { return }
        principals.keep(principal, for: token)
    }

    /// Decides on the current record of the user.
    private func admit(_ access: VerifiedAccess, _ user: User, generation: UInt64) -> Result<Principal, AuthError> {
        guard access.epoch >= user.epoch, user.mayHoldSession(at: core.clock.now) else {
            return .failure(.tokenRevoked)
        }
        return .success(
            Principal(
                user: user, sessionID: access.sessionID, claims: access.claims, tokenScope: access.scope,
                pendingDuty: core.pendingDuty(of: user), generation: generation))
    }
}
