// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == SessionOpening {
    /// Opens a session on the locked row of its user, as S1, S2, S9 and S10 say.
    ///
    /// `alive` are the user's sessions that are alive, the one opened first in front, no more of them than
    /// ``evictable(_:)`` says; they are only looked at where there is a limit. `replaced` is the locked row of the
    /// session that makes room, even if it has ended or belongs to another user.
    package static func openSession(
        _ session: Session, for user: User?, expecting epoch: UserEpoch, limit: SessionLimit?, alive: [Session],
        replacing replaced: Session?, context: OperationContext
    ) -> StorePlan {
        guard var user, user.epoch == epoch, user.mayHoldSession(at: context.now) else {
            return StorePlan(
                .stale,
                [
                    .appendAudit(
                        AuditEvent(
                            .signIn, refusal: "stale", target: session.userID, sessionID: session.id, in: context))
                ])
        }
        var evicted: [Session] = []
        switch limit?.decide(alive: alive.filter { $0.id != replaced?.id }) {
        case nil: break
        case .open(let evicting): evicted = evicting
        case .refuse:
            return StorePlan(
                .limitReached,
                [
                    .appendAudit(
                        AuditEvent(
                            .signIn, refusal: "session_limit_reached", target: user.id, sessionID: session.id,
                            in: context))
                ])
        }
        user.lastLoginAt = context.now
        var endings = evicted.map { ($0, SessionEnd.evicted, AuditAction.sessionRevoked) }
        if let replaced, replaced.userID == user.id, replaced.ended == nil {
            endings.append((replaced, .signedOut, .signOut))
        }
        var ended: [StoreWrite] = []
        var changes: [StoreWrite] = []
        var events: [StoreWrite] = []
        var audit = [AuditEvent(.signIn, target: user.id, sessionID: session.id, in: context)]
        for (var other, reason, action) in endings {
            other.ended = Session.Ended(at: context.now, reason: reason)
            ended.append(.updateSession(other))
            changes.append(.appendChange(.sessionEnded(other.id, userID: user.id)))
            audit.append(AuditEvent(action, target: user.id, sessionID: other.id, in: context))
            events += StoreWrite.sessionsEnded(.one(other.id), of: user.id, context)
        }
        return StorePlan(
            .opened(user, evicted: endings.map(\.0.id)),
            [.recordSignIn(user)] + ended + [.openSession(session)] + changes + audit.map(StoreWrite.appendAudit)
                + events)
    }

    /// How many sessions have to be read to decide on one more beside the one that is replaced, and to evict up to
    /// 1,000 beyond the limit.
    package static func evictable(_ limit: SessionLimit) -> Int {
        min(limit.perUser, 1_000_000) + 1_000
    }
}

extension StorePlan where Outcome == RefreshOutcome {
    /// Decides on a refresh token on the locked rows of its user and its session, as S3 to S5 say.
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
            let rotated: [StoreWrite] = state == session.rotation ? [] : [.updateSession(moved)]
            return StorePlan(
                .accepted(moved, user, acceptance), rotated + (event.map { [.appendAudit($0)] } ?? []))
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
            return StorePlan(
                .refused(.reused),
                [
                    .updateSession(ended), .appendChange(.sessionEnded(session.id, userID: user.id)),
                    .appendAudit(audit(.refreshReused)),
                ] + StoreWrite.notice(.refreshReused, to: user, context)
                    + StoreWrite.sessionsEnded(.one(session.id), of: user.id, context))
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
        case .revoked, .refreshReused, .passwordChanged, .userDisabled, .evicted, .credentialsVoided:
            action = .sessionRevoked
        }
        return StorePlan(
            true,
            [
                .updateSession(session), .appendChange(.sessionEnded(session.id, userID: userID)),
                .appendAudit(AuditEvent(action, target: userID, sessionID: session.id, in: context)),
            ] + StoreWrite.sessionsEnded(.one(session.id), of: userID, context))
    }
}

extension StorePlan where Outcome == SessionsEnded {
    /// Ends the sessions of a user on the locked row, as S8 says.
    ///
    /// `open` are the user's sessions that have not ended, in the order of their ids; the user's lock keeps others from
    /// opening more.
    package static func endSessions(
        of user: User?, open: [SessionID], except kept: SessionID?, reason: SessionEnd, context: OperationContext
    ) -> StorePlan {
        guard var user else { return StorePlan(SessionsEnded(count: 0, epoch: nil)) }
        let ended = open.filter { $0 != kept }
        var writes: [StoreWrite] = []
        if kept == nil {
            user.epoch = user.epoch.next(at: context.now)
            user.updatedAt = context.now
            writes.append(.updateUser(user))
        }
        writes.append(.endSessions(user.id, except: kept, Session.Ended(at: context.now, reason: reason)))
        if kept == nil {
            writes.append(.appendChange(.epochRaised(user.id, user.epoch)))
        } else {
            writes += ended.map { .appendChange(.sessionEnded($0, userID: user.id)) }
        }
        writes.append(
            .appendAudit(AuditEvent(.sessionsRevoked, target: user.id, sessionID: kept, in: context)))
        if kept == nil || !ended.isEmpty {
            writes += StoreWrite.sessionsEnded(kept.map { .allBut($0) } ?? .all, of: user.id, context)
        }
        return StorePlan(SessionsEnded(count: ended.count, epoch: user.epoch), writes)
    }
}
