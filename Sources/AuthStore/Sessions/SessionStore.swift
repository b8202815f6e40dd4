// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Sessions and their rotation.
public protocol SessionStore: Sendable {
    /// Opens a session for a user whose password was checked outside the transaction.
    ///
    /// **S1.** Done only if the user's epoch is still `epoch` and they may hold a session, under the row's lock: a
    /// password change, ban or deletion that commits first makes it `.stale`, one that commits later ends the session.
    /// **S2.** `lastLoginAt` becomes `context.now` in the same transaction.
    /// **S9.** With a limit, the decision is `SessionLimit.decide` on the sessions that are alive, under the user's
    /// lock, so that concurrent sign-ins do not exceed it. Evicted sessions end (`.evicted`) in the same transaction,
    /// each appended to the feed and audited; at most 1,000 of them, where many were open before there was a limit.
    /// **S10.** The session of the same user that this one replaces ends (`.signedOut`) in the same transaction,
    /// appended to the feed and audited, and does not count for the limit. If no session is opened, it stays. One that
    /// has ended, or that is another user's, is ignored.
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

    /// The session of a user with this id, ended or not; `nil` where the user has none.
    func session(_ id: SessionID, of userID: UserID) async throws(StoreError) -> Session?

    /// The sessions of a user that are alive at `now`, the most recently refreshed first; at most 1,000.
    func sessions(of userID: UserID, aliveAt now: Timestamp) async throws(StoreError) -> [Session]

    /// How many sessions alive at `now` were opened or refreshed at `since` or later.
    ///
    /// **S11.** One query, which may read every session: for occasional use by an operator.
    func sessionCount(usedSince since: Timestamp, aliveAt now: Timestamp) async throws(StoreError) -> Int64

    /// Ends one session of a user.
    ///
    /// **S7.** Idempotent: a session that has ended stays as it is. Another user's session counts as unknown.
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

    /// Remembers the place from which a user has signed in, and says whether the device is new to the user.
    ///
    /// **S12.** The decision is `NewDevice.decide` on the places of the user, under the lock on the user: of any number of
    /// concurrent sign-ins from one place, at most one is new. A sign-in from a new device writes one audit event
    /// (`.signInFromNewDevice`) in the same transaction, and the user's notice into the outbox, if it is mailed. A removed user
    /// leaves no place behind.
    /// `digests` are the keyed digests of the place, under the current key first and then under earlier ones.
    /// `isExpected` says that there is another reason not to count the device as new.
    ///
    /// - Returns: Whether the device is new; `false` for a user who does not exist.
    func rememberSignIn(
        at digests: [[UInt8]], of userID: UserID, isExpected: Bool, context: OperationContext
    ) async throws(StoreError) -> Bool

    /// Takes in that the user of a live session has proven again who they are.
    ///
    /// **S13.** The decision is made under the locks on the user and the session. Accepted: the session has `context.now` as
    /// its `authenticatedAt`, and the method of the proof with that time; id, scope, level, rotation and limits stay, and the
    /// event (`.reauthenticated`) is audited. A session that has ended or expired is never renewed, and neither is one whose
    /// user has replaced the password since it was checked.
    /// **S14.** A code is judged by `MailboxProof.judge` and its token by `OneTimeToken.redeem`, on locked rows. Of concurrent
    /// calls with one code, one is accepted; the user's other tokens of this purpose are void then, and credentials that were
    /// not bound are. A wrong code counts at its flow (M7). A flow of another user or purpose is refused and stays as it is.
    func reauthenticate(
        _ id: SessionID, of userID: UserID, by proof: ReauthenticationProof, context: OperationContext
    ) async throws(StoreError) -> Committed<ReauthenticationOutcome>
}

extension SessionStore {
    /// Opens a session beside those of the user, however many.
    public func openSession(
        _ session: Session, expecting epoch: UserEpoch, context: OperationContext
    ) async throws(StoreError) -> Committed<SessionOpening> {
        try await openSession(session, expecting: epoch, limit: nil, replacing: nil, context: context)
    }
}

/// The outcome of opening a session.
public enum SessionOpening: Hashable, Sendable {
    /// The session is open, and this is the user now; these sessions were evicted or replaced.
    case opened(User, evicted: [SessionID])
    /// The user has as many sessions as the limit allows.
    case limitReached
    /// The user changed since the password was checked: the caller should start again or reject.
    case stale
}

/// A refresh token as it reaches the store: authentic, but not yet compared with its session.
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

/// The outcome of presenting a refresh token.
public enum RefreshOutcome: Hashable, Sendable {
    /// Answer with the token of `session.rotation.counter` and an access token for this `user`.
    case accepted(Session, User, RefreshAcceptance)
    /// The user has no such session.
    case unknown
    /// The session has ended, or ends because of it.
    case refused(RefreshRefusal)
}

/// The state of an accepted refresh token.
public enum RefreshAcceptance: String, Hashable, Sendable, CaseIterable {
    /// It was current.
    case rotated
    /// It had been superseded just before.
    case replayed
    /// It had been superseded for a while, and is forgiven.
    case replayedLate = "replayed_late"
    /// It was ahead of the row.
    case caughtUp = "caught_up"
}

/// Why a refresh token is rejected.
public enum RefreshRefusal: Hashable, Sendable {
    /// It had been superseded for too long: the session was revoked because of it.
    case reused
    /// The session had ended before.
    case ended(SessionEnd)
    /// The session is past one of its limits.
    case expired
    /// The user may not sign in.
    case userDisabled
}

/// The outcome of ending several sessions.
public struct SessionsEnded: Hashable, Sendable {
    /// How many sessions were ended.
    public let count: Int
    /// The user's epoch afterwards; `nil` where there is no such user.
    public let epoch: UserEpoch?

    /// Describes the result.
    public init(count: Int, epoch: UserEpoch?) {
        self.count = count
        self.epoch = epoch
    }
}
