// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// What is known of revocations that an unexpired access token may still collide with: a pure value.
///
/// Nothing is evicted before the last token that it concerns has expired, whatever the pressure on memory: an entry lost
/// would be a door open.
struct RevocationState: Sendable {
    private var endedSessions: [SessionID: Timestamp] = [:]
    private var epochs: [UserID: (epoch: UserEpoch, at: Timestamp)] = [:]
    private var deletedUsers: [UserID: Timestamp] = [:]
    private(set) var cursor: Int64 = 0
    private(set) var lastHeardAt: Timestamp?

    /// Takes in what a change means for tokens.
    mutating func apply(_ change: StoreChange.Kind, at instant: Timestamp) {
        switch change {
        case .sessionEnded(let id, userID: _):
            endedSessions[id] = max(endedSessions[id] ?? instant, instant)
        case .epochRaised(let id, let epoch):
            if let known = epochs[id], known.epoch >= epoch { return }
            epochs[id] = (epoch, instant)
        case .userDeleted(let id):
            deletedUsers[id] = max(deletedUsers[id] ?? instant, instant)
        case .userChanged, .keysChanged:
            break
        }
    }

    /// Notes that the feed has been read up to `cursor`, which was its end at `instant`; `nil` if that is unknown.
    mutating func heard(upTo cursor: Int64, at instant: Timestamp?) {
        self.cursor = max(self.cursor, cursor)
        guard let instant else { return }
        lastHeardAt = max(lastHeardAt ?? instant, instant)
    }

    /// Whether a token of this session, user and epoch has been revoked.
    func isRevoked(_ session: SessionID, of user: UserID, epoch: UserEpoch) -> Bool {
        if endedSessions[session] != nil || deletedUsers[user] != nil { return true }
        guard let current = epochs[user] else { return false }
        return epoch < current.epoch
    }

    /// Forgets what happened before `horizon`: every token it concerns has expired.
    mutating func forget(before horizon: Timestamp) {
        endedSessions = endedSessions.filter { $0.value >= horizon }
        epochs = epochs.filter { $0.value.at >= horizon }
        deletedUsers = deletedUsers.filter { $0.value >= horizon }
    }

    /// How many entries are held, for a metric.
    var count: Int { endedSessions.count + epochs.count + deletedUsers.count }
}
