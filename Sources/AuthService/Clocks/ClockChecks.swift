// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Compares this host's clocks with each other and with the database's.
struct ClockChecks: Sendable {
    let core: ServiceCore

    /// Checks whether the system clock was set; if so, loads the revocations that it had hidden.
    ///
    /// A clock that was ahead hid revocations of tokens that are valid again now. A failure is retried at the next
    /// check.
    func lookForSteps() async throws(StoreError) {
        if let step = core.clockGuard.look(core.clockReading) { core.observe(.clockSet(ahead: step)) }
        guard core.clockGuard.mustReload else { return }
        let snapshot = try await core.store.changeSnapshot(since: core.clock.now - core.settings.revocationHorizon)
        for change in snapshot.changes { core.directory.apply(change.kind, at: change.at) }
        core.clockGuard.reloaded()
    }

    /// Compares the clock with the database's own.
    ///
    /// - Returns: Whether they agree; `nil` where the database has none of its own.
    @discardableResult
    func compareWithStore() async throws(AuthError) -> Bool? {
        let time = try await core.inStore { store throws(StoreError) in try await store.storeTime() }
        guard let time else { return nil }
        guard let gap = core.clockGuard.compare(withStore: time, at: core.clockReading) else { return true }
        core.observe(.clockDiffersFromStore(ahead: gap))
        return false
    }

    /// Compares the clock at the start with the database's own, or else with the newest stored event, the only other
    /// reference.
    func compareAtStart() async throws(AuthError) {
        if try await compareWithStore() == true { return }
        let newest = try await core.inStore { store throws(StoreError) in
            try await store.auditEvents(matching: AuditQuery(limit: 1)).first
        }
        guard let newest, let gap = core.clockGuard.compare(withNewest: newest.event.at, at: core.clockReading) else {
            return
        }
        core.observe(.clockDoubtful(ahead: gap))
    }
}
