// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == SupabaseExchangeOutcome {
    /// Exchanges a code on the locked rows of its user and itself, as X7 says.
    package static func exchange(
        _ code: SupabaseCode?, of user: User?, verifierDigest: [UInt8], session: Session, limit: SessionLimit?,
        alive: [Session], context: OperationContext
    ) -> StorePlan {
        func refuse(
            _ outcome: SupabaseExchangeOutcome, _ reason: String, _ writes: [StoreWrite] = []
        ) -> StorePlan {
            let event = AuditEvent(.signIn, refusal: reason, target: code?.userID, in: context)
            return StorePlan(outcome, writes + [.appendAudit(event)])
        }
        // A stranger can make up as many as they like: the caller audits those within the share of their source.
        guard let code, let user, code.userID == user.id else { return StorePlan(.unknown) }
        switch code.redeem(verifierDigest: verifierDigest, at: context.now) {
        case .void: return refuse(.void, "void_code")
        case .expired: return refuse(.expired, "expired")
        case .wrongVerifier:
            return refuse(.wrongVerifier, "wrong_verifier", [.countWrongSupabaseVerifier(code.digest)])
        case .accepted: break
        }
        guard user.mayHoldSession(at: context.now) else { return refuse(.userDisabled, "user_disabled") }
        let effect = code.effect(on: user)
        let changed = user.withMailboxBound(effect, at: context.now)
        let opened = session.ofSupabase(userID: user.id, .supabase(code.method, at: context.now))
        let opening = StorePlan<SessionOpening>.openSession(
            opened, for: changed, expecting: changed.epoch, limit: limit, alive: alive, replacing: nil,
            context: context)
        switch opening.outcome {
        case .opened(let user, let evicted):
            var writes: [StoreWrite] = [.removeSupabaseCode(code.digest)]
            if effect != .keep {
                writes.append(.updateUser(changed))
                writes += StoreWrite.identities(effect, of: user.id)
                writes.append(.appendChange(.userChanged(user.id)))
            }
            return StorePlan(.opened(user, opened, evicted: evicted), writes + opening.writes)
        case .limitReached: return StorePlan(.limitReached, opening.writes)
        case .stale: return StorePlan(.userDisabled, opening.writes)
        }
    }
}

extension User {
    /// The user with what an exchange does to the credentials.
    fileprivate func withMailboxBound(_ effect: BindingEffect, at now: Timestamp) -> User {
        var changed = self
        changed.apply(effect, at: now)
        if changed != self { changed.updatedAt = now }
        return changed
    }
}
