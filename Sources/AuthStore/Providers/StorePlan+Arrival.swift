// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// The locked rows that an arrival is decided on.
package struct ArrivalRows: Sendable {
    /// The known identity; it is one of ``identities``.
    package let identity: Identity?
    /// The user of the identity, or the one who has the address.
    package let user: User?
    /// The identities of that user.
    package let identities: [Identity]
    /// The sessions of that user that are alive, as `openSession` takes them.
    package let alive: [Session]
    /// The session of that user that is to be replaced.
    package let replaced: Session?

    /// Nothing is known of the person.
    package static let none = ArrivalRows(user: nil, for: nil, identities: [], alive: [], replaced: nil)

    /// Gathers the rows of a user, in which the identity with a subject is looked for.
    package init(
        user: User?, for subject: ProviderSubject?, identities: [Identity], alive: [Session], replaced: Session?
    ) {
        identity = identities.first { $0.subject == subject }
        self.user = user
        self.identities = identities
        self.alive = alive
        self.replaced = replaced
    }
}

/// What an arrival comes to.
package enum ArrivalPlan: Sendable {
    /// These writes.
    case write(StorePlan<ProviderArrivalOutcome>)
    /// A user whose row and identifiers are to be made first, and then these writes; or others, where the address is reserved.
    case create(User, StorePlan<ProviderArrivalOutcome>, ifReserved: StorePlan<ProviderArrivalOutcome>)
}

extension ProviderArrivalRequest {
    /// Decides on locked rows, as P4 to P7 say.
    package func plan(_ rows: ArrivalRows, context: OperationContext) -> ArrivalPlan {
        let isKnown = rows.identity != nil
        let decision = ProviderArrival.decide(
            profile, from: provider, identity: rows.identity, user: isKnown ? rows.user : nil,
            holder: isKnown ? nil : rows.user, holderHasFactors: holderHasFactors, registration: registration,
            requiresVerifiedEmail: requiresVerifiedEmail, at: context.now)
        switch decision {
        case .refuse(let error):
            return .write(refuse(error, rows.user?.id, context))
        case .signIn(let user, let identity):
            guard factorsChecked == user.id else { return .write(StorePlan(.needsFactors(user))) }
            return .write(signIn(user, identity, rows, context))
        case .link(let user, let effect):
            guard factorsChecked == user.id else { return .write(StorePlan(.needsFactors(user))) }
            return .write(link(user, effect, rows, context))
        case .register(let address):
            return register(address, context)
        }
    }

    private func refuse(
        _ error: ProviderFlowError, _ target: UserID?, _ context: OperationContext
    ) -> StorePlan<ProviderArrivalOutcome> {
        let event = AuditEvent(.signIn, refusal: error.rawValue, target: target, in: context)
        return StorePlan(.refused(error), [.appendAudit(event)])
    }

    /// P5.
    private func signIn(
        _ user: User, _ identity: Identity, _ rows: ArrivalRows, _ context: OperationContext
    ) -> StorePlan<ProviderArrivalOutcome> {
        var used = identity
        used.email = profile.email
        used.emailIsVerified = profile.emailIsVerified
        used.lastUsedAt = context.now
        return open(for: user, .keep, isNew: false, alive: rows.alive, replacing: rows.replaced, context) {
            [StoreWrite.putIdentity(used)] + $0
        }
    }

    /// P6.
    private func link(
        _ user: User, _ effect: BindingEffect, _ rows: ArrivalRows, _ context: OperationContext
    ) -> StorePlan<ProviderArrivalOutcome> {
        let isVoid = effect == .void
        let kept = isVoid ? rows.identities.filter(\.isBound) : rows.identities
        guard kept.count < ProviderLimits.identitiesPerUser else { return refuse(.signInToLink, user.id, context) }
        let changed = user.withMailboxProven(effect, at: context.now)
        let identity = identity(of: user.id, isBound: true, context)
        let linked = AuditEvent(.identityLinked, target: user.id, sessionID: session?.id, in: context)
        return open(
            for: changed, effect, isNew: false, alive: isVoid ? [] : rows.alive,
            replacing: isVoid ? nil : rows.replaced, context
        ) { opening in
            var writes = StoreWrite.redeem(.emailVerification, effect, of: user, becoming: changed, context)
            writes += [.putIdentity(identity), .appendAudit(linked)]
            writes += opening
            writes += StoreWrite.consequences(effect, of: user, context)
            writes += StoreWrite.identityNotice(.identityLinked, identity, to: changed, context)
            return writes
        }
    }

    /// P7.
    private func register(_ address: EmailAddress?, _ context: OperationContext) -> ArrivalPlan {
        var user = newUser
        user.email = address
        user.emailVerifiedAt = address == nil ? nil : context.now
        user.isBound = address != nil
        let identity = identity(of: user.id, isBound: user.isBound, context)
        let linked = AuditEvent(.identityLinked, target: user.id, sessionID: session?.id, in: context)
        let made = StorePlan<UserCreation>.createUser(
            user, passwordHash: nil, verification: nil, action: .userRegistered, context: context
        ).writes
        let verified = address == nil ? [] : StoreWrite.event(.addressVerified, of: user.id, context)
        let plan = open(for: user, .keep, isNew: true, alive: [], replacing: nil, context) { opening in
            var writes = made
            // The count stays the last write: other creations wait for it.
            let count = writes.removeLast()
            writes += [.putIdentity(identity), .appendAudit(linked)]
            writes += opening
            writes += verified
            writes.append(count)
            return writes
        }
        // What was made to find that the address is reserved is taken back.
        var reserved = refuse(.signInToLink, nil, context)
        reserved.writes.insert(.removeUser(user), at: 0)
        return .create(user, plan, ifReserved: reserved)
    }

    private func identity(of userID: UserID, isBound: Bool, _ context: OperationContext) -> Identity {
        Identity(
            id: identityID, userID: userID, provider: provider.name, subject: profile.subject, email: profile.email,
            emailIsVerified: profile.emailIsVerified, isBound: isBound, createdAt: context.now, lastUsedAt: context.now)
    }

    /// Opens the session of a user, with writes around those of it; where the limit is reached, nothing is done.
    private func open(
        for user: User, _ effect: BindingEffect, isNew: Bool, alive: [Session], replacing replaced: Session?,
        _ context: OperationContext, _ writes: ([StoreWrite]) -> [StoreWrite]
    ) -> StorePlan<ProviderArrivalOutcome> {
        guard let session = session?.owned(by: user.id) else {
            return StorePlan(.signedIn(user, effect, isNew: isNew, evicted: []), writes([]))
        }
        let opening = StorePlan<SessionOpening>.openSession(
            session, for: user, expecting: user.epoch, limit: limit, alive: alive, replacing: replaced,
            context: context)
        switch opening.outcome {
        case .opened(let opened, let evicted):
            return StorePlan(
                .signedIn(opened, effect, isNew: isNew, evicted: evicted), writes(opening.writes))
        case .limitReached:
            return StorePlan(.limitReached, opening.writes)
        case .stale:
            // The epoch is that of the locked row: it is the user who may not hold a session.
            return StorePlan(.refused(.userDisabled), opening.writes)
        }
    }
}
