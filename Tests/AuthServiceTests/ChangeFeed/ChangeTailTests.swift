// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@testable import AuthService

@Suite("Waiting for changes", .timeLimit(.minutes(10)))
struct ChangeTailTests {
    let now = BootInstant(microseconds: 1_000_000_000)
    let tail = ChangeTail()

    init() {
        tail.begin(behind: change(10).place)
        tail.open()
    }

    private func change(_ cursor: Int64) -> StoreChange {
        StoreChange(cursor: cursor, at: Timestamp(seconds: 1_000), kind: .keysChanged)
    }

    /// Begins a wait and returns once it lasts.
    private func waiting(
        until deadline: Duration = .seconds(25), for holder: String = ""
    ) async -> Task<ChangeTail.Wake, Never> {
        let before = tail.waiterCount
        let seen = tail.version
        let task = Task { await tail.wait(since: seen, until: now + deadline, for: holder) }
        while tail.waiterCount == before { await Task.yield() }
        return task
    }

    @Test("an entry wakes every follower, who can then read it")
    func entries() async {
        let waits = [await waiting(), await waiting()]

        tail.append([change(11), change(12)], behind: change(10).place)

        for wait in waits { #expect(await wait.value == .look) }
        #expect(tail.entries(after: change(11).place, limit: 5)?.map(\.cursor) == [12])
        #expect(tail.waiterCount == 0)
    }

    @Test("a follower does not wait for an entry that is there already")
    func present() async {
        let seen = tail.version
        tail.append([change(11)], behind: change(10).place)
        #expect(await tail.wait(since: seen, until: now + .seconds(25)) == .look)
    }

    @Test("a new beginning wakes every follower, and only a known place is answered for afterwards")
    func beginning() async {
        tail.append([change(11)], behind: change(10).place)
        let wait = await waiting()

        let other = FeedPlace(cursor: 11, at: Timestamp(seconds: 2_000))
        tail.begin(behind: other)

        #expect(await wait.value == .look)
        #expect(tail.entries(after: change(11).place, limit: 5) == nil)
        #expect(tail.entries(after: other, limit: 5) == [])
    }

    @Test("a read that brought nothing wakes no follower")
    func emptyRead() async {
        let wait = await waiting()
        tail.append([], behind: change(10).place)
        #expect(tail.waiterCount == 1)
        tail.close()
        #expect(await wait.value == .look)
    }

    @Test("a wait ends at its deadline, without ending others")
    func deadlines() async {
        let short = await waiting(until: .seconds(5))
        let long = await waiting(until: .seconds(6))

        tail.release(at: now + .seconds(4), all: false)
        #expect(tail.waiterCount == 2)
        tail.release(at: now + .seconds(5), all: false)
        #expect(await short.value == .look)
        #expect(tail.waiterCount == 1)
        tail.release(at: now, all: true)
        #expect(await long.value == .look)
    }

    @Test("closing ends all waits, and none begins afterwards")
    func closing() async {
        let wait = await waiting()

        tail.close()

        #expect(await wait.value == .look)
        #expect(await tail.wait(since: tail.version, until: now + .seconds(25)) == .look)
    }

    @Test("a wait that is cancelled frees its place, whether it had begun or not")
    func cancelling() async {
        let wait = await waiting()
        wait.cancel()
        #expect(await wait.value == .look)
        #expect(tail.waiterCount == 0)

        let early = Task {
            while !Task.isCancelled { await Task.yield() }
            return await tail.wait(since: tail.version, until: now + .seconds(25))
        }
        early.cancel()
        #expect(await early.value == .look)
        #expect(tail.waiterCount == 0)
    }

    @Test("one follower beyond the limit is rejected")
    func bound() async {
        var waits: [Task<ChangeTail.Wake, Never>] = []
        for _ in 0..<ChangeTail.maximumWaiters { waits.append(await waiting()) }

        #expect(await tail.wait(since: tail.version, until: now + .seconds(25)) == .full)

        tail.append([change(11)], behind: change(10).place)
        for wait in waits { #expect(await wait.value == .look) }
    }

    @Test("a follower with too many waits loses its own oldest ones, and none of another's")
    func shares() async {
        let first = await waiting(for: "wild")
        var wild: [Task<ChangeTail.Wake, Never>] = []
        for _ in 1..<ChangeTail.maximumWaiters { wild.append(await waiting(for: "wild")) }

        let other = Task { await tail.wait(since: tail.version, until: now + .seconds(25), for: "other") }
        #expect(await first.value == .full)
        #expect(await tail.wait(since: tail.version, until: now + .seconds(25), for: "wild") == .full)
        #expect(tail.waiterCount == ChangeTail.maximumWaiters)

        tail.append([change(11)], behind: change(10).place)
        #expect(await other.value == .look)
        for wait in wild { #expect(await wait.value == .look) }
    }
}
