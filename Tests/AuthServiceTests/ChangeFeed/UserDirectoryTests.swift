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

    @Test("a silent feed is noticed once it is followed, and heals by being heard")
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

    @Test("a feed of which only a part was read is as silent as before")
    func backlog() {
        let directory = directory()
        directory.beginFollowing()

        directory.heard(upTo: 500, at: nil)

        #expect(directory.cursor == 500)
        clock.advance(by: .seconds(11))
        #expect(directory.isStale(patience: .seconds(10)))
    }

    @Test("a user that was read before a change is not kept after it")
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

@Suite("Bounded cache")
struct BoundedCacheTests {
    @Test("never holds more than its capacity, and keeps what is asked for")
    func bound() {
        var cache = BoundedCache<Int, Int>(capacity: 100)
        cache.insert(-1, for: -1)
        for number in 0..<1_000 {
            cache.insert(number, for: number)
            #expect(cache.count <= 100)
            #expect(cache.value(for: -1) == -1)
        }
        #expect(cache.value(for: 0) == nil && cache.value(for: 999) == 999)
    }

    @Test("what is removed is gone from both generations")
    func removal() {
        var cache = BoundedCache<Int, Int>(capacity: 4)
        for number in 0..<4 { cache.insert(number, for: number) }
        for number in 0..<4 { cache.remove(number) }
        #expect(cache.count == 0)
        cache.insert(1, for: 1)
        cache.removeAll()
        #expect(cache.value(for: 1) == nil)
    }
}
