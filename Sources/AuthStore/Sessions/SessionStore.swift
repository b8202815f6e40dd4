// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Sessions and their rotation.
public protocol SessionStore: Sendable {
    /// Opens a session for a user whose password was checked outside the transaction.
    ///
    /// **S1.** Done only if the user's epoch is still `epoch` and they may hold a session, under the row's lock: a
    /// password change, ban or deletion that commits first makes it `.stale`, one that commits later ends the session.
    /// **S2.** `lastLoginAt` becomes `context.now` in the same transaction.
    /// **S9.** With a limit, the decision is `SessionLimit.decide` on the sessions that are alive, under the user's lock, so
    /// that sign-ins that race do not exceed it. Sessions that give way end (`.evicted`) in the same transaction, each
    /// appended to the feed and audited; at most 1,000 of them, where many were open before there was a limit.
    /// **S10.** The session of the same user that this one replaces ends (`.signedOut`) in the same transaction, appended
    /// to the feed and audited, and does not count for the limit. Where no session is opened, it goes on. One that has
    /// ended, or that is another user's, is as good as none.
    func openSession(
        _ session: Session, expecting epoch: UserEpoch, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<SessionOpening>

    /// Presents the refresh token with this counter, whose authenticity has been checked.
    ///
    /// **S3.** The decision is `RefreshRotation.decide`. Of any number of concurrent calls with one counter, one moves
    /// the session and all others observe its successor.
    /// **S4.** A rotation is one indexed update; it writes no audit event and no feed entry.
    /// **S5.** Reuse ends the session (`.refreshReused`), appended to the feed and audited.
    /// Other refusals write nothing: the caller audits them.
    /// **S6.** A session that has ended, by whatever operation, is never refreshed after that operation has returned.
    func refresh(
        _ presented: RefreshPresentation, context: OperationContext
    ) async throws(StoreError) -> Committed<RefreshOutcome>

    /// The session with this id, ended or not; `nil` where there is none.
    func session(withID id: SessionID) async throws(StoreError) -> Session?

    /// The sessions of a user that are alive at `now`, the one refreshed last first; at most 1,000.
    func sessions(of userID: UserID, aliveAt now: Timestamp) async throws(StoreError) -> [Session]

    /// How many sessions alive at `now` were opened or refreshed at `since` or later.
    ///
    /// **S11.** One query, which may read every session: for an operator, now and then.
    func sessionCount(usedSince since: Timestamp, aliveAt now: Timestamp) async throws(StoreError) -> Int64

    /// Ends one session of a user.
    ///
    /// **S7.** Idempotent: a session that has ended stays as it is. Another user's session is as good as none.
    /// - Returns: Whether this call ended it.
    func endSession(
        _ id: SessionID, of userID: UserID, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool>

    /// Ends all sessions of a user, or all but one.
    ///
    /// **S8.** Without `kept`, the epoch is raised and the feed gets one entry however many sessions there were. With
    /// it, the epoch stays and each ended session gets its entry.
    func endSessions(
        of userID: UserID, except kept: SessionID?, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<SessionsEnded>
}

extension SessionStore {
    /// Opens a session beside those of the user, however many.
    public func openSession(
        _ session: Session, expecting epoch: UserEpoch, context: OperationContext
    ) async throws(StoreError) -> Committed<SessionOpening> {
        try await openSession(session, expecting: epoch, limit: nil, replacing: nil, context: context)
    }
}

/// What opening a session came to.
public enum SessionOpening: Hashable, Sendable {
    /// The session is open for the user, who is now so; these sessions gave way to it or were replaced.
    case opened(User, evicted: [SessionID])
    /// The user has as many sessions as they may.
    case limitReached
    /// The user changed since the password was checked: the caller should begin again or refuse.
    case stale
}

/// A refresh token as it reaches the store: authentic, but of unknown standing.
public struct RefreshPresentation: Hashable, Sendable {
    /// The session that the token names.
    public let sessionID: SessionID
    /// The user that the token names; a session of another user counts as not found.
    public let userID: UserID
    /// The counter in the token.
    public let counter: Int64
    /// The grace time, as in `RefreshRotation.decide`.
    public let grace: Duration

    /// Describes a presented token.
    public init(sessionID: SessionID, userID: UserID, counter: Int64, grace: Duration) {
        self.sessionID = sessionID
        self.userID = userID
        self.counter = counter
        self.grace = grace
    }
}

/// What presenting a refresh token came to.
public enum RefreshOutcome: Hashable, Sendable {
    /// Answer with the token of `session.rotation.counter` and an access token for `user` as they are now.
    case accepted(Session, User, RefreshAcceptance)
    /// There is no such session of that user.
    case unknown
    /// The session is over, or is so from now on.
    case refused(RefreshRefusal)
}

/// How an accepted refresh token stood.
public enum RefreshAcceptance: String, Hashable, Sendable, CaseIterable {
    /// It was current.
    case rotated
    /// It had been spent just before.
    case replayed
    /// It had been spent a while before, and is forgiven.
    case replayedLate = "replayed_late"
    /// It was ahead of the row.
    case caughtUp = "caught_up"
}

/// Why a refresh token is refused.
public enum RefreshRefusal: Hashable, Sendable {
    /// It had been spent: the session ended by this.
    case reused
    /// The session had ended before.
    case ended(SessionEnd)
    /// The session is past one of its limits.
    case expired
    /// The user may not hold a session.
    case userDisabled
}

/// What ending several sessions came to.
public struct SessionsEnded: Hashable, Sendable {
    /// How many sessions were ended by it.
    public let count: Int
    /// The user's epoch afterwards; `nil` where there is no such user.
    public let epoch: UserEpoch?

    /// Describes the result.
    public init(count: Int, epoch: UserEpoch?) {
        self.count = count
        self.epoch = epoch
    }
}
