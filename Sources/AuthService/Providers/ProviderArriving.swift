// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// A person of whom a provider has told who they are, on the way to a session.
struct ProviderArriving: Sendable {
    let profile: ProviderProfile
    let provider: IdentityProvider
    /// The requested scope.
    let scope: Scope?
    /// The device token of an earlier sign-in, if presented.
    let device: DeviceToken?
    /// The session that the client holds, which the new one replaces.
    let held: RefreshTokenContent?
    /// The profile of the session, which says whose tokens it has.
    var tokenProfile = "authd"
}

/// What an arrival comes to.
enum ProviderArrived: Sendable {
    /// The session is open, of a user whose known device is this one, if any.
    case opened(Session, User, device: DeviceTokens.DeviceID?)
    /// A second factor must be answered first.
    case pending(PendingSignIn)
}

extension ProviderService {
    /// How often an arrival begins again where users have changed meanwhile.
    private static let attempts = 3

    /// Signs a person in, links the identity to the user who has the address, or makes a user, and opens the session in the
    /// same transaction; the rule is `ProviderArrival`, which the store asks.
    ///
    /// Second factors are looked at before: a user who has one is asked for it, and none is linked to by an address.
    ///
    /// - Throws: `.providerRefused`, `.scopeNotGranted`, `.sessionLimitReached`, `.unavailable`, `.internalFailure`,
    ///   `.cancelled`.
    func arrive(_ arriving: ProviderArriving, _ context: OperationContext) async throws(AuthError) -> SignInOutcome {
        switch try await open(arriving, context) {
        case .pending(let pending): return .pending(pending)
        case .opened(let session, let user, let device):
            var pair = try await issuer.pair(of: session, user, leaving: arriving.held, context)
            pair.deviceToken = devices.token(for: device, of: user, at: context.now, random: core.random)
            return .signedIn(pair)
        }
    }

    /// The same without tokens, which depend on the API.
    ///
    /// - Throws: As ``arrive(_:_:)``.
    func open(_ arriving: ProviderArriving, _ context: OperationContext) async throws(AuthError) -> ProviderArrived {
        for _ in 0..<Self.attempts {
            if let outcome = try await attempt(arriving, context) { return outcome }
        }
        throw .unavailable
    }

    /// Makes one attempt; `nil` where it turned out to be about another user than was looked at.
    private func attempt(
        _ arriving: ProviderArriving, _ context: OperationContext
    ) async throws(AuthError) -> ProviderArrived? {
        let profile = arriving.profile
        let look = try await core.inStore { store throws(StoreError) in
            try await store.look(profile.subject, address: profile.email)
        }
        let known = look.user ?? look.holder
        let method = AuthenticationMethod.provider(at: context.now)
        let factors = try await factors(of: known?.id)
        let device = known.flatMap { devices.device(arriving.device, of: $0, at: context.now) }
        if let owner = look.user,
            case .needs(let needed, of: let user) = SignInFlow.decide(
                SignInProofs(first: .proven(method)), of: owner, factors: factors,
                requiresVerifiedEmail: core.settings.requiresVerifiedEmail, at: context.now)
        {
            return .pending(
                PendingSignIn(
                    factors: needed, expiresAt: context.now + PendingSignIn.lifetime, first: method,
                    origin: SignInOrigin(scope: arriving.scope, device: device, replaced: arriving.held),
                    userID: user.id, epoch: user.epoch))
        }
        let template = newUser(as: profile, context)
        guard issuer.grants(arriving.scope, to: known ?? template) else {
            let error = AuthError.scopeNotGranted
            try await core.record(.signIn, refusal: error.reason, target: known?.id, in: context)
            throw error
        }
        let session = issuer.newSession(
            of: template.id, arriving.scope, methods: [method], profile: arriving.tokenProfile, context)
        let request = ProviderArrivalRequest(
            profile: profile, provider: arriving.provider, registration: core.settings.registration,
            requiresVerifiedEmail: core.settings.requiresVerifiedEmail, newUser: template,
            identityID: IdentityID(core.makeID(at: context.now)), session: session, limit: core.settings.sessionLimit,
            replacing: arriving.held?.sessionID, factorsChecked: known?.id, holderHasFactors: !factors.isEmpty)
        switch try await commit(request, context) {
        case .signedIn(let user, _, isNew: _, evicted: _):
            let before = known?.id == user.id ? known : nil
            let isKnownDevice = before != nil && device != nil
            // There is nothing to compare the first sign-in of a user with.
            await newDevices.noteSignIn(of: before ?? template, isKnownDevice: isKnownDevice, context)
            // Where the credentials were voided, the device is a new one.
            let isSame = isKnownDevice && before?.credentialGeneration == user.credentialGeneration
            return .opened(session.owned(by: user.id), user, device: isSame ? device : nil)
        case .refused(let answer): throw .providerRefused(answer)
        case .limitReached: throw .sessionLimitReached
        case .needsFactors: return nil
        }
    }

    /// The store's answer; a conflict with another arrival is one to look again after.
    private func commit(
        _ request: ProviderArrivalRequest, _ context: OperationContext
    ) async throws(AuthError) -> ProviderArrivalOutcome {
        try await core.commit(at: context.now) {
            (store) async throws(StoreError) -> Committed<ProviderArrivalOutcome> in
            do throws(StoreError) {
                return try await store.arrive(request, context: context)
            } catch .conflict {
                return Committed(.needsFactors(request.newUser), changes: [])
            }
        }
    }

    /// The user who is made where there is none; the store gives them the address that the provider proves.
    private func newUser(as profile: ProviderProfile, _ context: OperationContext) -> User {
        User(
            id: UserID(core.makeID(at: context.now)), fullName: profile.fullName.flatMap { try? FullName($0) },
            createdAt: context.now, origin: .provider)
    }

    /// The second factors of a user; none if the service requires none.
    private func factors(of user: UserID?) async throws(AuthError) -> [SignInFactor] {
        guard let user, let secondFactors else { return [] }
        return try await secondFactors.factors(of: user)
    }
}
