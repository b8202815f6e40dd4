// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension AuthService {
    /// What was noticed of the clocks, for metrics.
    public var clockHealth: ClockHealth { clockGuard.health(at: bootClock.sinceBoot) }

    /// Both clocks, as they are now.
    var clockReading: ClockReading { ClockReading(wall: clock.now, boot: bootClock.sinceBoot) }

    /// Looks whether the system clock was set; if so, what was out of its sight before is taken in.
    ///
    /// A clock that was ahead hid revocations of tokens that are good again now. What fails is tried again at the next look.
    func lookAtClock() async throws(StoreError) {
        if let step = clockGuard.look(clockReading) { observe(.clockSet(ahead: step)) }
        guard clockGuard.mustReload else { return }
        let snapshot = try await store.changeSnapshot(since: clock.now - settings.revocationHorizon)
        for change in snapshot.changes { directory.apply(change.kind, at: change.at) }
        clockGuard.reloaded()
    }

    /// Compares the clock with the database's own.
    ///
    /// - Returns: Whether they agree; `nil` where the database has none of its own.
    @discardableResult
    func compareClockWithStore() async throws(AuthError) -> Bool? {
        let time = try await inStore { () throws(StoreError) in try await store.storeTime() }
        guard let time else { return nil }
        guard let gap = clockGuard.compare(withStore: time, at: clockReading) else { return true }
        observe(.clockDiffersFromStore(ahead: gap))
        return false
    }

    /// Compares the clock at the start with the database's own, or else with the newest event that is stored, which is all
    /// there is to compare with.
    func compareClockAtStart() async throws(AuthError) {
        if try await compareClockWithStore() == true { return }
        let newest = try await inStore { () throws(StoreError) in
            try await store.auditEvents(matching: AuditQuery(limit: 1)).first
        }
        guard let newest, let gap = clockGuard.compare(withNewest: newest.event.at, at: clockReading) else { return }
        observe(.clockDoubtful(ahead: gap))
    }
}
