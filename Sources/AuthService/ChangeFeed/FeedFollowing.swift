// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension ChangeFeedService {
    /// How often the feed is read even if nothing wakes.
    static let interval = Duration.milliseconds(250)

    /// Takes in every revocation that an unexpired token may collide with, and where the feed stands.
    ///
    /// For the start, which reads the keys afterwards.
    func catchUp() async throws(AuthError) {
        try await core.inStore { _ throws(StoreError) in
            try await takeSnapshot { () throws(StoreError) in }
        }
    }

    /// Takes in a snapshot, does what must be done before the process counts as up to date, and continues from there.
    private func takeSnapshot(
        beforeContinuing complete: () async throws(StoreError) -> Void
    ) async throws(StoreError) {
        let asked = core.bootClock.sinceBoot
        let snapshot = try await core.store.changeSnapshot(since: core.clock.now - core.settings.revocationHorizon)
        for change in snapshot.changes { core.directory.apply(change.kind, at: change.at) }
        // The roles after the feed's place, like the keys.
        try await core.readRoles()
        try await complete()
        tail.begin(behind: snapshot.place)
        core.directory.caughtUp(at: snapshot.place, heard: asked)
    }

    /// Begins anew after the feed's history has changed.
    ///
    /// - Throws: If the store does not return everything: the feed stays stale, and the next read tries again.
    private func catchUpAgain() async throws(StoreError) {
        // The keys after the feed's place, as at the start.
        try await takeSnapshot { () throws(StoreError) in try await readKeys() }
    }

    /// Begins to count silence, and lets followers wait: for when the feed is about to be followed.
    func beginFollowing() {
        core.directory.beginFollowing()
        tail.open()
    }

    /// Reads what is new in the feed and takes it in; also the heartbeat that ``isFresh`` looks at.
    ///
    /// Every read proves the place, also the first one on a new connection to another server. Where the entry at the place
    /// is gone or another one, the database was restored or a fail-over lost commits: what this process holds in memory may
    /// then be of the lost history, so it is dropped and read again, but for the revocations.
    ///
    /// - Returns: Whether there may be more.
    @discardableResult
    func readFeed() async throws(StoreError) -> Bool {
        let limit = 500
        try await clocks.lookForSteps()
        if core.directory.mustCatchUp { try await catchUpAgain() }
        let asked = core.bootClock.sinceBoot
        let place = core.directory.place
        let changes: [StoreChange]
        switch try await core.store.changes(after: place, limit: limit) {
        case .continued(let found): changes = found
        case .historyChanged:
            if core.directory.lost(place) {
                core.observe(.feedHistoryChanged(place))
                principals.removeAll()
                keys.beginNewHistory()
                try await catchUpAgain()
            }
            // The next read proves the new place. Not at once: a store that always answers so is not asked in a loop.
            return false
        }
        for change in changes { core.directory.apply(change.kind, at: change.at) }
        if changes.contains(where: { $0.kind == .keysChanged }) { try await readKeys() }
        // Should it fail, the entry counts as unread.
        if changes.contains(where: { $0.kind == .rolesChanged }) { try await core.readRoles() }
        // Before the place moves: a follower that continues from it finds all earlier entries in the tail. And after
        // the keys were read, so that a follower who fetches them because of the entry gets those.
        tail.append(changes, behind: place)
        let mayHaveMore = changes.count == limit
        // A process in the middle of a backlog knows less than is promised, however recently it read the feed.
        core.directory.heard(upTo: changes.last?.place ?? place, from: place, at: mayHaveMore ? nil : asked)
        return mayHaveMore
    }

    /// Takes over keys that another process changed.
    ///
    /// - Throws: If the store does not return them: the entry then counts as unread, so that a key revocation is not
    ///   missed, and a store that stays silent is detected.
    private func readKeys() async throws(StoreError) {
        do throws(TokenKeys.UpdateFailure) {
            try await keys.update(context: core.context(ClientContext()), trustsClock: core.isClockTrusted)
        } catch {
            switch error {
            case .store(let failure): throw failure
            // Keys that cannot be opened were reported, and are retried by maintenance.
            case .unusable: break
            }
        }
        // Tokens verified with the old keys meanwhile must not count as verified with these.
        core.directory.apply(.keysChanged, at: core.clock.now)
        principals.removeAll()
    }

    /// Reads the feed at every signal, and every quarter of a second, until the task is cancelled.
    func follow() async {
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in core.store.changeSignals() { wake.yield() }
            }
            group.addTask {
                while (try? await Task.sleep(for: Self.interval)) != nil {
                    self.releaseWaiters()
                    wake.yield()
                }
                wake.finish()
            }
            for await _ in wakes where !Task.isCancelled {
                do throws(StoreError) {
                    while try await readFeed() {}
                } catch {
                    core.observe(.feedInterrupted(error))
                }
            }
        }
    }
}
