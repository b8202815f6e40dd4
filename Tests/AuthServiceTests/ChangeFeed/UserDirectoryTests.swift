// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTesting
import Testing

@testable import AuthService

@Suite("Revocations and users in memory")
struct UserDirectoryTests {
    let user = UserID(UUIDv7(high: 2, low: 2))
    let now = Timestamp(seconds: 1_000)

    let clock = ManualClock()

    private func place(_ cursor: Int64) -> FeedPlace { FeedPlace(cursor: cursor, at: now + .seconds(cursor)) }

    private func directory() -> UserDirectory { UserDirectory(capacity: 10, clock: clock) }

    @Test("a silent feed is detected once it is followed, and recovers when it is read")
    func staleness() {
        let directory = directory()
        clock.advance(by: .seconds(1_000))
        #expect(!directory.isStale(patience: .seconds(10)))

        directory.beginFollowing()
        clock.advance(by: .seconds(10))
        #expect(!directory.isStale(patience: .seconds(10)))
        clock.advance(by: .seconds(1))
        #expect(directory.isStale(patience: .seconds(10)))
        directory.heard(upTo: place(5), from: .start, at: clock.sinceBoot)
        clock.advance(by: .seconds(9))
        #expect(!directory.isStale(patience: .seconds(10)))
        #expect(directory.place == place(5))
    }

    @Test("a partly read feed still counts as silent")
    func backlog() {
        let directory = directory()
        directory.beginFollowing()

        directory.heard(upTo: place(500), from: .start, at: nil)

        #expect(directory.place == place(500))
        clock.advance(by: .seconds(11))
        #expect(directory.isStale(patience: .seconds(10)))
    }

    @Test("a feed whose history changed is stale at once, and until the process has caught up")
    func changedHistory() {
        for isFollowed in [true, false] {
            let directory = directory()
            if isFollowed { directory.beginFollowing() }
            directory.heard(upTo: place(5), from: .start, at: clock.sinceBoot)
            #expect(!directory.isStale(patience: .seconds(10)))

            #expect(directory.lost(place(5)))
            #expect(directory.isStale(patience: .seconds(10)) && directory.mustCatchUp)
            // Readers that were on their way cannot undo it, nor count it twice.
            directory.heard(upTo: place(6), from: place(5), at: clock.sinceBoot)
            #expect(!directory.lost(place(5)))
            #expect(directory.isStale(patience: .seconds(10)) && directory.historyChanges == 1)

            directory.caughtUp(at: place(3), heard: clock.sinceBoot)
            #expect(!directory.isStale(patience: .seconds(10)) && !directory.mustCatchUp)
            #expect(directory.place == place(3))
            #expect(!directory.lost(place(5)))
            directory.heard(upTo: place(6), from: place(5), at: clock.sinceBoot)
            #expect(directory.place == place(3))
        }
    }

    @Test("users are dropped with a history, also those that were read before the process caught up; revocations stay")
    func droppedUsers() {
        let directory = directory()
        let session = SessionID(UUIDv7(high: 3, low: 3))
        directory.heard(upTo: place(5), from: .start, at: clock.sinceBoot)
        directory.apply(.sessionEnded(session, userID: user), at: now)
        directory.keep(User(id: user, createdAt: now), readAt: directory.generation)
        let generation = directory.generation

        _ = directory.lost(place(5))
        #expect(directory.user(withID: user) == nil && directory.generation > generation)
        directory.keep(User(id: user, createdAt: now), readAt: directory.generation)
        directory.caughtUp(at: place(3), heard: clock.sinceBoot)

        #expect(directory.user(withID: user) == nil)
        #expect(directory.isRevoked(session, of: user, epoch: .first))
    }

    @Test("a user that was read before a change is not cached after it")
    func lateFill() {
        let directory = directory()
        let read = User(id: user, createdAt: now)
        let generation = directory.generation
        directory.apply(.userChanged(user), at: now)

        directory.keep(read, readAt: generation)
        #expect(directory.user(withID: user) == nil)
        directory.keep(read, readAt: directory.generation)
        #expect(directory.user(withID: user) == read)
        directory.apply(.epochRaised(user, UserEpoch(1)), at: now)
        #expect(directory.user(withID: user) == nil)
    }
}
