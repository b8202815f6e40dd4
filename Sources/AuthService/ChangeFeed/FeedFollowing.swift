// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension ChangeFeedService {
    /// How often the feed is read even if nothing wakes.
    static let interval = Duration.milliseconds(250)

    /// Takes in every revocation that an unexpired token may collide with, and where the feed stands.
    func catchUp() async throws(AuthError) {
        let asked = core.bootClock.sinceBoot
        let snapshot = try await core.inStore { store throws(StoreError) in
            try await store.changeSnapshot(since: core.clock.now - core.settings.revocationHorizon)
        }
        for change in snapshot.changes { core.directory.apply(change.kind, at: change.at) }
        core.directory.heard(upTo: snapshot.cursor, at: asked)
        tail.begin(behind: snapshot.cursor)
    }

    /// Begins to count silence, and lets followers wait: for when the feed is about to be followed.
    func beginFollowing() {
        core.directory.beginFollowing()
        tail.open()
    }

    /// Reads what is new in the feed and takes it in; also the heartbeat that ``isFresh`` looks at.
    ///
    /// - Returns: Whether there may be more.
    @discardableResult
    func readFeed() async throws(StoreError) -> Bool {
        let limit = 500
        try await clocks.lookForSteps()
        let asked = core.bootClock.sinceBoot
        let changes = try await core.store.changes(after: core.directory.cursor, limit: limit)
        for change in changes { core.directory.apply(change.kind, at: change.at) }
        if changes.contains(where: { $0.kind == .keysChanged }) { try await readKeys() }
        // Before the cursor moves: a follower that continues from it finds all earlier entries in the tail. And after
        // the keys were read, so that a follower who fetches them because of the entry gets those.
        tail.append(changes)
        let mayHaveMore = changes.count == limit
        // A process in the middle of a backlog knows less than is promised, however recently it read the feed.
        core.directory.heard(upTo: changes.last?.cursor ?? 0, at: mayHaveMore ? nil : asked)
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
