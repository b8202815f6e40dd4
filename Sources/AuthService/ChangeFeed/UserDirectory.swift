// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthSystem
import Synchronization

/// Revocations and cached users of this process, and how far it has read the change feed.
///
/// Every lock is held for a few dictionary look-ups and never across an `await`.
final class UserDirectory: Sendable {
    private struct State {
        var revocations = RevocationState()
        /// How far the feed has been read.
        var place = FeedPlace.start
        /// Whether the feed no longer has the entry at the place: nothing is known of what was written since.
        var mustCatchUp = false
        /// How often that happened.
        var historyChanges: UInt64 = 0
        /// When the feed was last read, even without new entries.
        var heardAt: BootInstant?
        var users: BoundedCache<UserID, User>
        /// Those with much metadata, of whom fewer are held.
        var largeUsers: BoundedCache<UserID, User>
        /// Rises with every change that could make cached data stale.
        var generation: UInt64 = 0
        var isFollowing = false

        mutating func remove(_ id: UserID) {
            users.remove(id)
            largeUsers.remove(id)
        }

        mutating func hear(at instant: BootInstant) {
            heardAt = max(heardAt ?? instant, instant)
        }

        /// Drops what was derived from entries that may be of another history; revocations stay.
        mutating func forgetUsers() {
            users.removeAll()
            largeUsers.removeAll()
            generation &+= 1
        }
    }

    private let state: Mutex<State>
    /// A copy of the state's generation that readers look at without taking the lock.
    private let published = Atomic<UInt64>(0)

    private let clock: any BootClock
    private let measuresSilenceFromStart: Bool

    /// Sets up a directory that knows nothing.
    ///
    /// It caches up to `capacity` users, and beside them a sixteenth as many with much metadata. `clock` measures the feed's silence, from the first time that the feed was heard on
    /// or else from ``beginFollowing()``, and the retention of revocations.
    init(capacity: Int, clock: any BootClock, measuresSilenceFromStart: Bool = true) {
        self.clock = clock
        self.measuresSilenceFromStart = measuresSilenceFromStart
        state = Mutex(
            State(users: BoundedCache(capacity: capacity), largeUsers: BoundedCache(capacity: capacity / 16)))
    }

    /// Rises with every change; data derived at an equal generation is still current.
    var generation: UInt64 { published.load(ordering: .acquiring) }

    /// Applies a change that this process wrote or read from the feed.
    ///
    /// `instant` is the time of the change by the writer's system clock. Applying one twice does no harm.
    func apply(_ change: StoreChange.Kind, at instant: Timestamp) {
        let heard = clock.sinceBoot
        state.withLock { state in
            state.revocations.apply(change, at: instant, heard: heard)
            switch change {
            case .userChanged(let id), .epochRaised(let id, _), .userDeleted(let id):
                state.remove(id)
            case .sessionEnded, .keysChanged, .rolesChanged, .roleNarrowed:
                break
            }
            state.generation &+= 1
            published.store(state.generation, ordering: .releasing)
        }
    }

    /// Applies the changes of a commit of this process, written at `instant`, before the process answers.
    func apply(_ changes: [CommittedChange], at instant: Timestamp) {
        for change in changes {
            switch change {
            case .appended(let change): apply(change, at: instant)
            // Decides nothing, so cached principals may stay.
            case .signedIn(let id): state.withLock { $0.remove(id) }
            case .enqueued: break
            }
        }
    }

    /// Records that the feed was read on from `previous`, how far, and when; without an instant there was more to read.
    ///
    /// Does nothing where another reader has moved on from there meanwhile.
    func heard(upTo place: FeedPlace, from previous: FeedPlace, at instant: BootInstant?) {
        state.withLock { state in
            guard state.place == previous, !state.mustCatchUp else { return }
            state.place = place
            if let instant { state.hear(at: instant) }
        }
    }

    /// Records that the feed no longer has the entry at `place`, and drops the cached users.
    ///
    /// Until ``caughtUp(at:heard:)`` the feed is stale. Revocations stay: they only add up, and one that was acknowledged
    /// is rejected here although the store has lost it.
    ///
    /// - Returns: Whether this is news: false where another reader has moved on from there meanwhile.
    func lost(_ place: FeedPlace) -> Bool {
        state.withLock { state in
            guard state.place == place, !state.mustCatchUp else { return false }
            state.mustCatchUp = true
            state.historyChanges &+= 1
            state.forgetUsers()
            published.store(state.generation, ordering: .releasing)
            return true
        }
    }

    /// Records that everything up to `place` is known, as the store had it at `instant`.
    func caughtUp(at place: FeedPlace, heard instant: BootInstant) {
        state.withLock { state in
            state.place = place
            if state.mustCatchUp {
                state.mustCatchUp = false
                // Cached while the feed was not known.
                state.forgetUsers()
                published.store(state.generation, ordering: .releasing)
            }
            state.hear(at: instant)
        }
    }

    /// Whether the process must catch up before it reads on.
    var mustCatchUp: Bool { state.withLock { $0.mustCatchUp } }

    /// How often the feed no longer had the entry that was read last.
    var historyChanges: UInt64 { state.withLock { $0.historyChanges } }

    /// Starts to follow the feed: silence is measured from now on, unless it is since the feed was first heard.
    func beginFollowing() {
        let instant = clock.sinceBoot
        state.withLock { state in
            state.isFollowing = true
            // Beginning is not hearing: what was revoked since the start is not known yet.
            if state.heardAt == nil || !measuresSilenceFromStart { state.hear(at: instant) }
        }
    }

    /// Whether the feed has been silent for longer than `patience`, or its history has changed and this process has not
    /// caught up yet.
    func isStale(patience: Duration) -> Bool {
        let now = clock.sinceBoot
        return state.withLock { state in
            if state.mustCatchUp { return true }
            guard state.isFollowing || measuresSilenceFromStart, let heard = state.heardAt else { return false }
            return now - heard > patience
        }
    }

    /// For how long the feed has been silent; `nil` where it is not followed.
    var silence: Duration? {
        let now = clock.sinceBoot
        return state.withLock { state in
            guard state.isFollowing, let heard = state.heardAt else { return nil }
            return now - heard
        }
    }

    /// Whether the feed is followed.
    var isFollowing: Bool { state.withLock { $0.isFollowing } }

    /// The last entry that was read.
    var place: FeedPlace { state.withLock { $0.place } }

    /// Whether a token of this session, user and epoch has been revoked.
    func isRevoked(_ session: SessionID, of user: UserID, epoch: UserEpoch) -> Bool {
        state.withLock { $0.revocations.isRevoked(session, of: user, epoch: epoch) }
    }

    /// The cached user, where there is one.
    func user(withID id: UserID) -> User? {
        state.withLock { $0.users.value(for: id) ?? $0.largeUsers.value(for: id) }
    }

    /// Caches a user that was read when ``generation`` was `generation`, unless something changed since: the read may
    /// have been from before the change.
    func keep(_ user: User, readAt generation: UInt64) {
        state.withLock { state in
            guard state.generation == generation else { return }
            if user.hasLargeMetadata {
                state.largeUsers.insert(user, for: user.id)
            } else {
                state.users.insert(user, for: user.id)
            }
        }
    }

    /// Drops revocations that both clocks show to be older than `retention`.
    func forget(olderThan retention: Duration, at now: Timestamp) {
        let reading = ClockReading(wall: now, boot: clock.sinceBoot)
        state.withLock { $0.revocations.forget(olderThan: retention, at: reading) }
    }

    /// How many revocations and users are held, for metrics.
    var counts: (revocations: Int, users: Int) {
        state.withLock { ($0.revocations.count, $0.users.count + $0.largeUsers.count) }
    }
}
