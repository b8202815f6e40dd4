// SPDX-License-Identifier: Apache-2.0

/// What is known of revocations that an unexpired access token may still collide with: a pure value.
///
/// Nothing is evicted before the last token that it concerns has expired, whatever the pressure on memory: an entry lost
/// would be a door open.
package struct RevocationState: Sendable {
    private var endedSessions: [SessionID: Timestamp] = [:]
    private var epochs: [UserID: (epoch: UserEpoch, at: Timestamp)] = [:]
    private var deletedUsers: [UserID: Timestamp] = [:]

    /// Knows of nothing.
    package init() {}

    /// Takes in what a change means for tokens.
    package mutating func apply(_ change: StoreChange.Kind, at instant: Timestamp) {
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

    /// Whether a token of this session, user and epoch has been revoked; a token of no session is told by its user.
    package func isRevoked(_ session: SessionID?, of user: UserID, epoch: UserEpoch) -> Bool {
        if let session, endedSessions[session] != nil { return true }
        if deletedUsers[user] != nil { return true }
        guard let current = epochs[user] else { return false }
        return epoch < current.epoch
    }

    /// Forgets what happened before `horizon`: every token it concerns has expired.
    package mutating func forget(before horizon: Timestamp) {
        endedSessions = endedSessions.filter { $0.value >= horizon }
        epochs = epochs.filter { $0.value.at >= horizon }
        deletedUsers = deletedUsers.filter { $0.value >= horizon }
    }

    /// How many entries are held.
    package var count: Int { endedSessions.count + epochs.count + deletedUsers.count }
}
