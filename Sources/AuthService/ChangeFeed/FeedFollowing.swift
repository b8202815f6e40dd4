// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension AuthService {
    /// How often the feed is read even if nothing wakes.
    static let feedInterval = Duration.milliseconds(250)
    /// How often what is slow to come due is looked at.
    static let houseInterval = Duration.seconds(60)

    /// Takes in every revocation that an unexpired token may collide with, and where the feed stands.
    func catchUp() async throws(AuthError) {
        let asked = bootClock.sinceBoot
        let snapshot = try await inStore { () throws(StoreError) in
            try await store.changeSnapshot(since: clock.now - settings.revocationHorizon)
        }
        for change in snapshot.changes { directory.apply(change.kind, at: change.at) }
        directory.heard(upTo: snapshot.cursor, at: asked)
        tail.begin(behind: snapshot.cursor)
    }

    /// Reads what is new in the feed and takes it in; also the heartbeat that ``isFeedFresh`` looks at.
    ///
    /// - Returns: Whether there may be more.
    @discardableResult
    func readFeed() async throws(StoreError) -> Bool {
        let limit = 500
        try await lookAtClock()
        let asked = bootClock.sinceBoot
        let changes = try await store.changes(after: directory.cursor, limit: limit)
        for change in changes { directory.apply(change.kind, at: change.at) }
        if changes.contains(where: { $0.kind == .keysChanged }) { try await readKeys() }
        // Before the cursor moves: whoever reads on from there finds all that came before in the tail. And after the keys
        // were read, so that a follower who fetches them because of the entry gets those.
        tail.append(changes)
        let mayHaveMore = changes.count == limit
        // Whoever is in the middle of a backlog knows less than is promised, however recently it asked.
        directory.heard(upTo: changes.last?.cursor ?? 0, at: mayHaveMore ? nil : asked)
        return mayHaveMore
    }

    /// Takes over keys that another process changed.
    ///
    /// - Throws: Where the store does not give them: the entry then counts as unread, so that a revoked key is not
    ///   forgotten, and a store that stays silent is noticed.
    private func readKeys() async throws(StoreError) {
        do throws(AuthError) {
            try await keys.update(
                context: context(ClientContext()), trustsClock: clockGuard.isTrusted(at: bootClock.sinceBoot))
        } catch .unavailable {
            throw .unavailable("the signing keys could not be read")
        } catch .cancelled {
            throw .cancelled
        } catch {
            // Keys that cannot be opened were reported, and are tried again with the housekeeping.
        }
        // What was verified by the old keys meanwhile must not pass for verified by these.
        directory.apply(.keysChanged, at: clock.now)
        principals.removeAll()
    }

    /// Reads the feed at every signal, and by itself every quarter of a second, until the task is cancelled.
    func followFeed() async {
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask { [store] in
                for await _ in store.changeSignals() { wake.yield() }
            }
            group.addTask {
                while (try? await Task.sleep(for: Self.feedInterval)) != nil {
                    self.releaseWaiters()
                    wake.yield()
                }
                wake.finish()
            }
            for await _ in wakes where !Task.isCancelled {
                do throws(StoreError) {
                    while try await readFeed() {}
                } catch {
                    observe(.feedInterrupted(error))
                }
            }
        }
    }

    /// Looks after what comes due slowly, until the task is cancelled.
    func runMaintenance() async {
        while (try? await Task.sleep(for: Self.houseInterval)) != nil {
            await tick()
        }
    }

    /// One round of housekeeping: keys, memory, expired rows, the mix of hashes, a checkpoint of the audit log.
    ///
    /// While the system clock is not to be trusted, nothing is deleted and no key is moved by it.
    func tick() async {
        // Whatever fails was reported where it failed, and is tried again in the next round.
        try? await lookAtClock()
        _ = try? await compareClockWithStore()
        let context = context(ClientContext())
        let isTrusted = clockGuard.isTrusted(at: bootClock.sinceBoot)
        if let changes = try? await keys.update(context: context, trustsClock: isTrusted) {
            directory.apply(changes, at: context.now)
        }
        directory.forget(olderThan: settings.revocationHorizon, at: context.now)
        try? await learnHashMix()
        try? await signCheckpointIfDue()
        guard isTrusted else { return }
        let horizon = context.now - settings.changeRetention
        for _ in 0..<20 {
            let removed = try? await inStore { () throws(StoreError) in
                try await store.purge(expiredAt: context.now, endedBefore: horizon, limit: 500)
            }
            guard let removed, removed > 0 else { break }
        }
    }

    func learnHashMix() async throws(AuthError) {
        let shares = try await inStore { () throws(StoreError) in try await store.passwordHashMix() }
        dummies.learn(shares)
    }
}
