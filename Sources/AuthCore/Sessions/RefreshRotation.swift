// SPDX-License-Identifier: Apache-2.0

/// The part of a session that refreshing moves.
public struct RefreshState: Hashable, Sendable {
    /// The counter of the one refresh token that is current.
    public var counter: Int64
    /// When the counter last moved, or the session was opened.
    public var rotatedAt: Timestamp
    /// How many times the token before the current one was presented after the grace time.
    public var lateReplays: Int64
    /// How many rotations in a row have passed since the last late replay; 0 where none is remembered.
    public var rotationsSinceReplay: Int64

    /// Describes the state as stored; the defaults are those of a session just opened.
    public init(counter: Int64 = 0, rotatedAt: Timestamp, lateReplays: Int64 = 0, rotationsSinceReplay: Int64 = 0) {
        self.counter = counter
        self.rotatedAt = rotatedAt
        self.lateReplays = lateReplays
        self.rotationsSinceReplay = rotationsSinceReplay
    }
}

/// The decision about a presented refresh token.
///
/// The successor of a token is derived from its session and counter, so that a retry gets the same bytes and no two
/// live tokens can come from one.
public enum RefreshRotation: Hashable, Sendable {
    /// The current token was presented: it is spent, and its successor is current.
    case rotate(RefreshState)
    /// The token before the current one, within the grace time: the same successor, and nothing is written.
    case replay
    /// The token before the current one, after the grace time: the client probably never received the answer. The same
    /// successor, counted and audited.
    case replayLate(RefreshState)
    /// A token ahead of this row, which only a restored database explains: the row catches up, audited.
    case catchUp(RefreshState)
    /// A superseded token: one of its two holders is a thief, so the session is revoked, audited.
    case reuse
    /// The session had ended before.
    case ended(SessionEnd)
    /// The session is past one of its limits.
    case expired

    /// Late replays of one token that are forgiven before two successive rotations have passed without one.
    public static let forgivenLateReplays: Int64 = 3

    /// How far the clocks of two processes may be apart: a rotation from further in the future was written by a clock that
    /// was ahead, and says nothing of how long ago it was.
    public static let clockLeeway = Duration.seconds(5)

    /// Decides on the locked row of the session.
    ///
    /// `presented` is the counter in the presented token, whose authenticity has been checked.
    ///
    /// For `grace` after a rotation, the token before the current one is answered again without further conditions.
    /// Zero is strict: every second use is reuse. Where the clock was set back beyond the rotation, the grace time is
    /// over: the replay is counted as a late one.
    ///
    /// - Source: RFC 9700 §4.14.2, with the bounded forgiveness that is described in `docs/decisions`.
    public static func decide(
        _ session: Session, presented: Int64, grace: Duration, at now: Timestamp
    ) -> RefreshRotation {
        if let ended = session.ended { return .ended(ended.reason) }
        guard now < session.expiresAt else { return .expired }
        let state = session.rotation
        if presented == state.counter {
            return .rotate(state.rotated(at: now))
        }
        if presented > state.counter {
            return .catchUp(RefreshState(counter: presented, rotatedAt: now).rotated(at: now))
        }
        guard presented == state.counter - 1, grace > .zero else { return .reuse }
        if state.rotatedAt <= now + clockLeeway, now < state.rotatedAt + grace { return .replay }
        guard state.lateReplays < forgivenLateReplays else { return .reuse }
        var counted = state
        counted.lateReplays &+= 1
        counted.rotationsSinceReplay = 0
        return .replayLate(counted)
    }
}

extension RefreshState {
    /// The state after the current token has been spent at `now`.
    ///
    /// The first rotation after a late replay proves nothing, as the thief may be the one who rotates; the second one in
    /// a row shows a single holder, and the past is forgotten.
    func rotated(at now: Timestamp) -> RefreshState {
        var next = self
        next.counter = counter == .max ? counter : counter + 1
        next.rotatedAt = now
        guard lateReplays > 0 else { return next }
        next.rotationsSinceReplay &+= 1
        if next.rotationsSinceReplay >= 2 {
            next.lateReplays = 0
            next.rotationsSinceReplay = 0
        }
        return next
    }
}
