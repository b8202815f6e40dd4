// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == SessionOpening {
    /// Opens a session on the locked row of its user, as S1, S2, S9 and S10 say.
    ///
    /// - Parameters:
    ///   - alive: The user's sessions that are alive, the one opened first in front, no more of them than
    ///     ``displaceable(_:)`` says; only looked at where there is a limit.
    ///   - replaced: The locked row of the session that makes room, be it over or somebody else's.
    package static func openSession(
        _ session: Session, for user: User?, expecting epoch: UserEpoch, limit: SessionLimit?, alive: [Session],
        replacing replaced: Session?, context: OperationContext
    ) -> StorePlan {
        guard var user, user.epoch == epoch, user.mayHoldSession(at: context.now) else {
            return StorePlan(
                .stale,
                audit: AuditEvent(
                    .signIn, refusal: "stale", target: session.userID, sessionID: session.id, in: context))
        }
        var displaced: [Session] = []
        switch limit?.decide(alive: alive.filter { $0.id != replaced?.id }) {
        case nil: break
        case .open(let displacing): displaced = displacing
        case .refuse:
            return StorePlan(
                .limitReached,
                audit: AuditEvent(
                    .signIn, refusal: "session_limit_reached", target: user.id, sessionID: session.id, in: context))
        }
        user.lastLoginAt = context.now
        var plan = StorePlan(
            .opened(user, displaced: []),
            audit: AuditEvent(.signIn, target: user.id, sessionID: session.id, in: context))
        plan.writtenLogin = user
        plan.openedSession = session
        var endings = displaced.map { ($0, SessionEnd.displaced, AuditAction.sessionRevoked) }
        if let replaced, replaced.userID == user.id, replaced.ended == nil {
            endings.append((replaced, .signedOut, .signOut))
        }
        for (var other, reason, action) in endings {
            other.ended = Session.Ended(at: context.now, reason: reason)
            plan.displacedSessions.append(other)
            plan.changes.append(.sessionEnded(other.id, userID: user.id))
            plan.audit.append(AuditEvent(action, target: user.id, sessionID: other.id, in: context))
        }
        plan.outcome = .opened(user, displaced: plan.displacedSessions.map(\.id))
        return plan
    }

    /// How many sessions have to be looked at to decide on one more beside the one that is replaced, and to end up to
    /// 1,000 that are too many.
    package static func displaceable(_ limit: SessionLimit) -> Int {
        min(limit.perUser, 1_000_000) + 1_000
    }
}

extension StorePlan where Outcome == RefreshOutcome {
    /// Answers a refresh token on the locked rows of its user and its session, as S3 to S5 say.
    package static func refresh(
        _ presented: RefreshPresentation, session: Session?, user: User?, context: OperationContext
    ) -> StorePlan {
        func audit(_ action: AuditAction) -> AuditEvent {
            AuditEvent(action, target: presented.userID, sessionID: presented.sessionID, in: context)
        }
        guard let session, let user, session.userID == presented.userID else {
            return StorePlan(.unknown)
        }
        func accept(_ state: RefreshState, _ acceptance: RefreshAcceptance, _ event: AuditEvent?) -> StorePlan {
            guard user.mayHoldSession(at: context.now) else {
                return StorePlan(.refused(.userDisabled))
            }
            var moved = session
            moved.rotation = state
            var plan = StorePlan(.accepted(moved, user, acceptance), audit: event)
            if state != session.rotation { plan.writtenSession = moved }
            return plan
        }

        let decision = RefreshRotation.decide(
            session, presented: presented.counter, grace: presented.grace, at: context.now)
        switch decision {
        case .rotate(let state):
            return accept(state, .rotated, nil)
        case .replay:
            return accept(session.rotation, .replayed, nil)
        case .replayLate(let state):
            return accept(state, .replayedLate, audit(.refreshReplayedLate))
        case .catchUp(let state):
            return accept(state, .caughtUp, audit(.refreshCaughtUp))
        case .reuse:
            var ended = session
            ended.ended = Session.Ended(at: context.now, reason: .refreshReused)
            var plan = StorePlan(.refused(.reused), audit: audit(.refreshReused))
            plan.writtenSession = ended
            plan.changes = [.sessionEnded(session.id, userID: user.id)]
            return plan
        case .ended(let reason):
            return StorePlan(.refused(.ended(reason)))
        case .expired:
            return StorePlan(.refused(.expired))
        }
    }
}

extension StorePlan where Outcome == Bool {
    /// Ends one session on its locked row, as S7 says.
    package static func endSession(
        _ session: Session?, of userID: UserID, reason: SessionEnd, context: OperationContext
    ) -> StorePlan {
        guard var session, session.userID == userID, session.ended == nil else { return StorePlan(false) }
        session.ended = Session.Ended(at: context.now, reason: reason)
        let action: AuditAction
        switch reason {
        case .signedOut: action = .signOut
        case .revoked, .refreshReused, .passwordChanged, .userDisabled, .displaced: action = .sessionRevoked
        }
        var plan = StorePlan(
            true, audit: AuditEvent(action, target: userID, sessionID: session.id, in: context))
        plan.writtenSession = session
        plan.changes = [.sessionEnded(session.id, userID: userID)]
        return plan
    }
}

extension StorePlan where Outcome == UserEpoch? {
    /// Ends the sessions of a user on the locked row, as S8 says; where one is kept, whoever carries the plan out
    /// appends an entry for each session that ends.
    package static func endSessions(
        of user: User?, except kept: SessionID?, reason: SessionEnd, context: OperationContext
    ) -> StorePlan {
        guard var user else { return StorePlan(nil) }
        var plan = StorePlan(nil, audit: AuditEvent(.sessionsRevoked, target: user.id, sessionID: kept, in: context))
        plan.endedSessions = EndedSessions(of: user.id, except: kept, reason: reason, at: context.now)
        if kept == nil {
            user.epoch = user.epoch.next(at: context.now)
            user.updatedAt = context.now
            plan.writtenUser = user
            plan.changes = [.epochRaised(user.id, user.epoch)]
        }
        plan.outcome = user.epoch
        return plan
    }
}
