// SPDX-License-Identifier: Apache-2.0

/// The revocations that may concern an unexpired access token: a pure value.
///
/// No entry is evicted before the last token that it concerns has expired, whatever the pressure on memory: without it
/// a revoked token would be accepted. A token counts as expired only when both clocks say so: the system clock may be
/// ahead for a while and then be set right.
package struct RevocationState: Sendable {
    private var endedSessions: [SessionID: ClockReading] = [:]
    private var epochs: [UserID: (epoch: UserEpoch, at: ClockReading)] = [:]
    private var deletedUsers: [UserID: ClockReading] = [:]
    private var roles: [Role: (epoch: RoleEpoch, at: ClockReading)] = [:]

    /// Knows of nothing.
    package init() {}

    /// Takes in the effect of a change on tokens.
    ///
    /// `instant` is the time of the change by the writer's system clock, and `heard` the time at which this process
    /// read it.
    package mutating func apply(_ change: StoreChange.Kind, at instant: Timestamp, heard: BootInstant) {
        let reading = ClockReading(wall: instant, boot: heard)
        switch change {
        case .sessionEnded(let id, userID: _):
            endedSessions[id] = reading.latest(with: endedSessions[id])
        case .epochRaised(let id, let epoch):
            if let known = epochs[id], known.epoch >= epoch { return }
            epochs[id] = (epoch, reading)
        case .userDeleted(let id):
            deletedUsers[id] = reading.latest(with: deletedUsers[id])
        case .roleNarrowed(let role, let epoch):
            if let known = roles[role], known.epoch >= epoch { return }
            roles[role] = (epoch, reading)
        case .userChanged, .keysChanged, .rolesChanged:
            break
        }
    }

    /// Whether a token of this session, user and epoch has been revoked; a token without a session is checked by its
    /// user.
    package func isRevoked(_ session: SessionID?, of user: UserID, epoch: UserEpoch) -> Bool {
        if let session, endedSessions[session] != nil { return true }
        if deletedUsers[user] != nil { return true }
        guard let current = epochs[user] else { return false }
        return epoch < current.epoch
    }

    /// Whether tokens of a role with this epoch of it have been revoked.
    package func isRevoked(_ role: Role, epoch: RoleEpoch) -> Bool {
        guard let current = roles[role] else { return false }
        return epoch < current.epoch
    }

    /// Drops entries that were both written and read more than `retention` before `now`: every token they concern has
    /// expired.
    package mutating func forget(olderThan retention: Duration, at now: ClockReading) {
        let horizon = ClockReading(wall: now.wall - retention, boot: now.boot - retention)
        endedSessions = endedSessions.filter { !$0.value.isBefore(horizon) }
        epochs = epochs.filter { !$0.value.at.isBefore(horizon) }
        deletedUsers = deletedUsers.filter { !$0.value.isBefore(horizon) }
        roles = roles.filter { !$0.value.at.isBefore(horizon) }
    }

    /// How many entries are held.
    package var count: Int { endedSessions.count + epochs.count + deletedUsers.count + roles.count }
}

extension ClockReading {
    /// On each clock the later of two readings.
    fileprivate func latest(with other: ClockReading?) -> ClockReading {
        guard let other else { return self }
        return ClockReading(wall: max(wall, other.wall), boot: max(boot, other.boot))
    }

    /// Whether it is earlier on both clocks.
    fileprivate func isBefore(_ horizon: ClockReading) -> Bool {
        wall < horizon.wall && boot < horizon.boot
    }
}
