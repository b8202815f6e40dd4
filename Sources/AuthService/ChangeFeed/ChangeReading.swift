// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore
import Synchronization

/// The result of following the change feed.
public enum ChangeFollowing: Hashable, Sendable {
    /// Entries, and the cursor of the next request.
    case page(ChangePage)
    /// The feed no longer has the entry that the cursor names, by age or because the database was restored or a fail-over
    /// lost commits: start again without one.
    case gone
}

extension ChangeFeedService {
    /// Whether the text is a secret by which a service may follow the change feed.
    public func isValidSecret(_ secret: String) -> Bool {
        core.feedSecrets.withLock { $0 }.contains(secret)
    }

    /// Admits followers by these secrets from the next request on, and no longer by those that were valid before.
    public func replaceSecrets(by secrets: ChangeFeedSecrets) {
        core.feedSecrets.withLock { $0 = secrets }
    }

    /// Reads the change feed for a follower elsewhere.
    ///
    /// Without a cursor, answers at once with every revocation that an unexpired token may collide with. With one,
    /// waits until there is an entry behind it. A wait holds no thread and asks the store for nothing; it ends at once
    /// where the caller is cancelled, and does not begin in a service that is not run.
    ///
    /// - Parameters:
    ///   - cursor: The cursor of the page before; `nil` to begin, and after `.gone`.
    ///   - limit: How many entries at most; at least 1.
    ///   - patience: How long to wait at most.
    ///   - client: The follower. Where as many wait as may, waits end first of the source that has most of them.
    /// - Returns: An empty page where there is nothing to report, or nothing came in time; `.gone` where the follower must
    ///   begin again.
    /// - Throws: `.unavailable`, also where this process has not heard the feed for too long itself: its silence would
    ///   pass for news; `.overloaded` where too many wait; `.internalFailure`, `.cancelled`.
    public func changes(
        after cursor: ChangeFeedCursor?, limit: Int, waitingUpTo patience: Duration,
        from client: ClientContext = ClientContext()
    ) async throws(AuthError) -> ChangeFollowing {
        let asked = core.clock.now
        let start = core.bootClock.sinceBoot
        guard isFresh else { throw .unavailable }
        let limit = max(limit, 1)
        guard let cursor else { return .page(try await revocations(limit: limit, at: asked)) }
        guard asked - cursor.readAt <= core.settings.revocationHorizon else { return .gone }
        // A clock that was ahead gave it out: how long ago that was, and what was forgotten since, it does not tell.
        guard cursor.readAt - asked <= core.settings.clockLeeway else { return .gone }
        while true {
            let seen = tail.version
            // One more than asked for, to know whether there are more. Another process may have read further than this one,
            // or another history: the store is asked about a place that this one does not hold.
            let found: [StoreChange]
            if core.directory.isFollowing, let held = tail.entries(after: cursor.place, limit: limit + 1) {
                found = held
            } else {
                let answer = try await core.inStore { store throws(StoreError) in
                    try await store.changes(after: cursor.place, limit: limit + 1)
                }
                switch answer {
                case .continued(let entries): found = entries
                case .historyChanged: return .gone
                }
            }
            if !found.isEmpty || core.bootClock.sinceBoot - start >= patience || Task.isCancelled || !tail.isOpen {
                return .page(page(found, behind: cursor.place, limit: limit, at: core.clock.now))
            }
            switch await tail.wait(since: seen, until: start + patience, for: client.sourceGroup ?? "") {
            case .look: break
            case .full: throw .overloaded(retryAfter: .seconds(5))
            }
            guard isFresh else { throw .unavailable }
        }
    }

    /// Answers every waiting follower, and admits no more: for when a server begins to stop.
    public func endWaiting() {
        tail.close()
    }

    /// Ends the waits that have lasted long enough; all of them where there is nothing to wait for.
    func releaseWaiters() {
        tail.release(at: core.bootClock.sinceBoot, all: !isFresh)
    }

    /// What a follower takes in before it follows.
    private func revocations(limit: Int, at now: Timestamp) async throws(AuthError) -> ChangePage {
        let snapshot = try await core.inStore { store throws(StoreError) in
            try await store.changeSnapshot(since: now - core.settings.revocationHorizon)
        }
        let revocations = snapshot.changes.filter(\.kind.isRevocation)
        // What does not fit is read from the feed, behind the last entry that does.
        let isWhole = revocations.count <= limit
        let shown = revocations.prefix(limit)
        return ChangePage(
            shown, place: isWhole ? snapshot.place : shown.last?.place ?? .start, hasMore: !isWhole, at: now,
            retention: core.settings.revocationHorizon)
    }

    private func page(_ found: [StoreChange], behind place: FeedPlace, limit: Int, at now: Timestamp) -> ChangePage {
        let shown = found.prefix(limit)
        return ChangePage(
            shown, place: shown.last?.place ?? place, hasMore: found.count > limit, at: now,
            retention: core.settings.revocationHorizon)
    }
}

extension ChangePage {
    fileprivate init(
        _ changes: ArraySlice<StoreChange>, place: FeedPlace, hasMore: Bool, at now: Timestamp, retention: Duration
    ) {
        self.init(
            cursor: ChangeFeedCursor(place: place, readAt: now).text,
            entries: changes.map { Entry(at: $0.at, kind: $0.kind) }, hasMore: hasMore,
            retentionSeconds: retention.secondsRoundedUp)
    }
}
