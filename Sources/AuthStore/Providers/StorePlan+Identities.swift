// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == ProviderCodeOutcome {
    /// Redeems a code on its locked row, as P3 says.
    package static func redeem(
        _ code: ProviderCode?, verifierDigest: [UInt8]?, by session: (UserID, SessionID)?, at now: Timestamp
    ) -> StorePlan {
        guard let code, code.isFor(session) else { return StorePlan(.unknown) }
        switch code.redeem(verifierDigest: verifierDigest, at: now) {
        case .accepted: return StorePlan(.accepted(code), [.removeProviderCode(code.digest)])
        case .wrongVerifier: return StorePlan(.wrongVerifier, [.countWrongVerifier(code.digest)])
        case .refused: return StorePlan(.unknown)
        }
    }
}

extension ProviderCode {
    /// Whether it may be redeemed in a session, or without one.
    fileprivate func isFor(_ session: (UserID, SessionID)?) -> Bool {
        switch purpose {
        case .signIn: session == nil
        case .link(let userID, let sessionID): session.map { $0.0 == userID && $0.1 == sessionID } ?? false
        }
    }
}

/// The locked rows that a link is decided on.
package struct LinkRows: Sendable {
    /// The user of the identity that is to be linked.
    package let user: User?
    /// The session that links.
    package let session: Session?
    /// The identities of the user.
    package let identities: [Identity]
    /// The stored identity of the same issuer and subject, whose ever it is.
    package let holding: Identity?

    /// Gathers rows.
    package init(user: User?, session: Session?, identities: [Identity], holding: Identity?) {
        self.user = user
        self.session = session
        self.identities = identities
        self.holding = holding
    }
}

extension StorePlan where Outcome == LinkOutcome {
    /// Links an identity on locked rows, as P9 and P10 say.
    package static func link(_ identity: Identity, _ rows: LinkRows, context: OperationContext) -> StorePlan {
        func audit(_ refusal: String?) -> StoreWrite {
            .appendAudit(
                AuditEvent(
                    .identityLinked, refusal: refusal, target: rows.user?.id, sessionID: rows.session?.id, in: context))
        }
        guard let user = rows.user, let session = rows.session, session.userID == user.id, session.ended == nil,
            context.now < session.expiresAt, user.mayHoldSession(at: context.now)
        else { return StorePlan(.sessionOver, [audit("session_over")]) }
        if let holding = rows.holding {
            guard holding.userID == user.id else { return StorePlan(.taken, [audit("identity_taken")]) }
            return StorePlan(.alreadyYours)
        }
        guard rows.identities.count < ProviderLimits.identitiesPerUser else {
            return StorePlan(.tooMany, [audit("too_many_identities")])
        }
        var linked = identity
        linked.isBound = user.isBound || identity.isBound && identity.provesAddress(of: user)
        return StorePlan(
            .linked(linked),
            [.putIdentity(linked), audit(nil)] + StoreWrite.identityNotice(.identityLinked, linked, to: user, context))
    }
}

extension StorePlan where Outcome == UnlinkOutcome {
    /// Unlinks an identity on the locked rows of its user, as P11 says.
    package static func unlink(
        _ id: IdentityID, of user: User?, hasPassword: Bool, identities: [Identity], enabled: Set<ProviderName>,
        signsInByMail: Bool, context: OperationContext
    ) -> StorePlan {
        func audit(_ refusal: String?) -> StoreWrite {
            .appendAudit(AuditEvent(.identityUnlinked, refusal: refusal, target: user?.id, in: context))
        }
        guard let user, let identity = identities.first(where: { $0.id == id }) else {
            return StorePlan(.unknown, [audit("not_found")])
        }
        let isLast = !WaysIn.remain(
            afterRemoving: identity, of: user, hasPassword: hasPassword, identities: identities, enabled: enabled,
            signsInByMail: signsInByMail)
        guard !isLast else { return StorePlan(.lastWayIn, [audit("last_way_in")]) }
        return StorePlan(.unlinked(identity), [.removeIdentity(user.id, id), audit(nil)])
    }
}

extension StoreWrite {
    /// What a proof of the mailbox does to the identities of its user, as P12 says.
    static func identities(_ effect: BindingEffect, of userID: UserID) -> [StoreWrite] {
        switch effect {
        case .keep: []
        case .bind: [.bindIdentities(userID)]
        case .void: [.removeUnboundIdentities(userID)]
        }
    }

    /// What another address does to the identities: bound to one, they are not bound to another (P13).
    static func unbinding(from user: User, to changed: User) -> [StoreWrite] {
        guard !changed.isBound, changed.email?.canonical != user.email?.canonical else { return [] }
        return [.unbindIdentities(user.id)]
    }

    /// What undoing a change of address does to the identities, as P13 says.
    ///
    /// Where the credentials were not bound at the change, a stranger may have bound them to the other address since.
    static func undoIdentities(since change: AddressChange) -> [StoreWrite] {
        let start = change.wasBound ? change.changedAt : Timestamp(microseconds: .min)
        return [.removeIdentities(change.userID, linkedSince: start)]
    }

    /// The notice to a user about an identity, which says whose provider it is.
    static func identityNotice(
        _ notice: SecurityNotice, _ identity: Identity, to user: User, _ context: OperationContext
    ) -> [StoreWrite] {
        OutboxEntry.notice(notice, to: user, details: ["provider": identity.provider.text], context)
            .map { [.enqueue($0)] } ?? []
    }
}

extension Identity {
    /// Whether its address is that of a user, so that a provider which proves it proves the user's.
    fileprivate func provesAddress(of user: User) -> Bool {
        guard emailIsVerified, let email, let own = user.email else { return false }
        return email.canonical.utf8.elementsEqual(own.canonical.utf8)
    }
}
