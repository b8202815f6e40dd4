// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == ReauthenticationOutcome {
    /// Decides on the locked rows of a user, a session and, for a code, of its flow and token, as S13 and S14 say.
    package static func reauthenticate(
        _ session: Session?, of user: User?, by proof: ReauthenticationProof, flow: MailedFlow?, token: OneTimeToken?,
        context: OperationContext
    ) -> StorePlan {
        guard var session, let user, session.userID == user.id, session.ended == nil,
            context.now < session.expiresAt, user.mayHoldSession(at: context.now)
        else { return StorePlan(.sessionOver, [audit("session_over", user, session, context)]) }
        switch proof {
        case .password(let generation):
            guard user.credentialGeneration == generation else {
                return StorePlan(.stale, [audit("stale", user, session, context)])
            }
            session.reauthenticate(by: .password(at: context.now))
            return StorePlan(
                .accepted(session, user), [.renewSession(session), audit(nil, user, session, context)])
        case .code(let id, let typed):
            let rows = RedemptionRows(.code(id, typed), flow: flow, token: token, user: user)
            return byCode(rows, session, user, context)
        }
    }

    private static func byCode(
        _ rows: RedemptionRows, _ session: Session, _ user: User, _ context: OperationContext
    ) -> StorePlan {
        func refuse(_ refusal: RedemptionRows.Refusal) -> StorePlan {
            StorePlan(
                .refused(refusal.reason, triesLeft: refusal.triesLeft),
                refusal.counting + [audit(refusal.reason.rawValue, user, session, context)])
        }
        func refuse(_ reason: OneTimeTokenRefusal) -> StorePlan {
            refuse(RedemptionRows.Refusal(reason: reason, triesLeft: nil, counting: []))
        }
        // A flow of another user, or for another purpose, is as good as none, and its code is not touched.
        if let flow = rows.flow {
            guard flow.purpose == .reauthentication, flow.token?.userID ?? user.id == user.id else {
                return refuse(.unknown)
            }
        }
        // The live session is a credential of the user's: a proof of the mailbox in it binds what is not bound.
        switch rows.decide(for: .reauthentication, showing: user.credentialGeneration, at: context.now) {
        case .refuse(let refusal):
            return refuse(refusal)
        case .accept(_, let redeemed):
            guard user.isVerified, case .prove(let changed, let effect) = redeemed else {
                return refuse(.addressChanged)
            }
            var renewed = session
            renewed.reauthenticate(by: .mailedCode(at: context.now))
            let isChanged = !changed.isStoredLike(user)
            return StorePlan(
                .accepted(renewed, changed),
                (isChanged ? [.updateUser(changed)] : []) + StoreWrite.identities(effect, of: user.id)
                    + [.renewSession(renewed), .voidTokens(user.id, .reauthentication)]
                    + (isChanged ? [.appendChange(.userChanged(user.id))] : [])
                    + [audit(nil, user, renewed, context)])
        }
    }

    private static func audit(
        _ refusal: String?, _ user: User?, _ session: Session?, _ context: OperationContext
    ) -> StoreWrite {
        .appendAudit(
            AuditEvent(.reauthenticated, refusal: refusal, target: user?.id, sessionID: session?.id, in: context))
    }
}
