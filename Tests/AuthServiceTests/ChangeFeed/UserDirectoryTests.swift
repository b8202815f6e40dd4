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
        directory.heard(upTo: 5, at: clock.sinceBoot)
        clock.advance(by: .seconds(9))
        #expect(!directory.isStale(patience: .seconds(10)))
        #expect(directory.cursor == 5)
    }

    @Test("a partly read feed still counts as silent")
    func backlog() {
        let directory = directory()
        directory.beginFollowing()

        directory.heard(upTo: 500, at: nil)

        #expect(directory.cursor == 500)
        clock.advance(by: .seconds(11))
        #expect(directory.isStale(patience: .seconds(10)))
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
