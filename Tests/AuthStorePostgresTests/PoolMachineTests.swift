// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthTestSupport
import Testing

@testable import AuthStorePostgres

@Suite("Pool machine")
struct PoolMachineTests {
    private let start = ContinuousClock.now
    private let down = StoreError.unavailable("down")

    private func machine(size: Int = 2, overflow: Int = 1, queue: Int = 100) -> PoolMachine {
        PoolMachine(
            limits: PoolLimits(
                size: size, overflow: overflow, timeout: .seconds(30), recycle: .seconds(3600), queueLength: queue))
    }

    private func id(_ number: UInt64) -> ConnectionID { ConnectionID(number: number) }

    /// A pool with connections 1 to `count`, all idle.
    private func opened(_ count: UInt64, size: Int, overflow: Int = 1) -> PoolMachine {
        var pool = machine(size: size, overflow: overflow)
        for job in 1...count { _ = pool.arrived(job, at: start) }
        for connection in 1...count { _ = pool.opened(id(connection), at: start) }
        for connection in 1...count { _ = pool.released(id(connection), at: start) }
        return pool
    }

    @Test("opens a connection for each operation up to its size, and no more until one has waited")
    func growth() {
        var pool = machine()

        #expect(pool.arrived(1, at: start) == [.open(id(1))])
        #expect(pool.arrived(2, at: start) == [.open(id(2))])
        #expect(pool.arrived(3, at: start) == [])
        #expect(pool.opened(id(1), at: start) == [.lease(id(1), 1)])
        #expect(pool.opened(id(2), at: start) == [.lease(id(2), 2)])
        #expect(pool.deadline == start + PoolMachine.patience)
        #expect(pool.passed(start + PoolMachine.patience) == [.open(id(3))])
        #expect(pool.opened(id(3), at: start) == [.lease(id(3), 3)])
    }

    @Test("never has more connections than size and overflow")
    func limit() {
        var pool = opened(2, size: 2)
        for job in 10...30 { _ = pool.arrived(UInt64(job), at: start) }

        let later = start + .seconds(1)
        #expect(pool.passed(later) == [.open(id(3))])
        #expect(pool.passed(later) == [])
        _ = pool.opened(id(3), at: later)
        #expect(pool.passed(later + .seconds(1)) == [])
        #expect(pool.counts.inUse == 3)
    }

    @Test("serves operations in the order in which they came")
    func order() {
        var pool = opened(1, size: 1, overflow: 0)

        #expect(pool.arrived(10, at: start) == [.lease(id(1), 10)])
        #expect(pool.arrived(11, at: start) == [])
        #expect(pool.arrived(12, at: start) == [])
        #expect(pool.released(id(1), at: start) == [.lease(id(1), 11)])
        #expect(pool.released(id(1), at: start) == [.lease(id(1), 12)])
        #expect(pool.released(id(1), at: start) == [])
        #expect(pool.counts.idle == 1)
    }

    @Test("gives an operation that lost its connection the next turn")
    func returnedFirst() {
        var pool = opened(1, size: 1, overflow: 0)
        _ = pool.arrived(10, at: start)
        _ = pool.arrived(11, at: start)
        _ = pool.arrived(9, at: start, isFirst: true)

        #expect(pool.released(id(1), at: start) == [.lease(id(1), 9)])
        #expect(pool.released(id(1), at: start) == [.lease(id(1), 11)])
    }

    @Test("refuses an operation that waited too long, at the instant and not before")
    func waitingTimeout() {
        var pool = opened(1, size: 1, overflow: 0)
        _ = pool.arrived(10, at: start)
        _ = pool.arrived(11, at: start)

        #expect(pool.deadline == start + .seconds(30))
        #expect(pool.passed(start + .seconds(30) - .nanoseconds(1)) == [])
        #expect(pool.passed(start + .seconds(30)) == [.refuse(11, .unavailable("no connection became free in time"))])
        #expect(pool.counts.waiting == 0)
    }

    @Test("closes idle connections if the server was silent on another, and keeps those in use")
    func silence() {
        var pool = opened(4, size: 4)
        _ = pool.arrived(10, at: start)
        _ = pool.arrived(11, at: start)

        #expect(pool.wentSilent(id(4), at: start) == [.close(id(1)), .close(id(2))])
        #expect(pool.counts.inUse == 1)
        #expect(pool.arrived(12, at: start) == [.open(id(5))])
    }

    @Test("lets a waiting operation be cancelled")
    func leaving() {
        var pool = opened(1, size: 1, overflow: 0)
        for job in 10...12 { _ = pool.arrived(UInt64(job), at: start) }

        pool.left(11)
        pool.left(11)
        #expect(pool.counts.waiting == 1)
        #expect(pool.released(id(1), at: start) == [.lease(id(1), 12)])
    }

    @Test("refuses operations beyond the length of its queue")
    func queueLength() {
        var pool = machine(size: 1, overflow: 0, queue: 2)
        _ = pool.arrived(1, at: start)
        _ = pool.arrived(2, at: start)

        #expect(pool.arrived(3, at: start) == [.refuse(3, .unavailable("too many operations wait for a connection"))])
    }

    @Test("closes a spare connection when it has been idle for a while, and keeps its size")
    func linger() {
        var pool = opened(2, size: 2)
        for job in 10...12 { _ = pool.arrived(UInt64(job), at: start) }
        _ = pool.passed(start + .seconds(1))
        _ = pool.opened(id(3), at: start + .seconds(1))
        for connection in 1...3 { _ = pool.released(id(UInt64(connection)), at: start + .seconds(2)) }

        let end = start + .seconds(2) + PoolMachine.linger
        #expect(pool.deadline == end)
        #expect(pool.passed(end) == [.close(id(1))])
        #expect(pool.deadline == nil)
        #expect(pool.counts.idle == 2)
    }

    @Test("replaces a connection that has reached its age, when it is released or asked for")
    func recycle() {
        var pool = opened(2, size: 2, overflow: 0)
        let old = start + .seconds(3600)
        #expect(pool.arrived(10, at: start) == [.lease(id(2), 10)])

        #expect(pool.released(id(2), at: old) == [.close(id(2))])
        #expect(pool.arrived(11, at: old) == [.close(id(1)), .open(id(3))])
        #expect(pool.opened(id(3), at: old) == [.lease(id(3), 11)])
    }

    @Test("refuses at once while the database is down, and tries again after growing pauses")
    func outage() {
        var pool = machine(size: 2)
        #expect(pool.arrived(1, at: start) == [.open(id(1))])
        #expect(pool.openingFailed(id(1), down, at: start) == [.refuse(1, down)])

        #expect(pool.arrived(2, at: start) == [.refuse(2, down)])
        var now = start
        for pause in [100, 200, 400, 800, 1600, 3000, 3000] {
            let early = now + .milliseconds(pause) - .nanoseconds(1)
            #expect(pool.arrived(3, at: early) == [.refuse(3, down)])
            now = now + .milliseconds(pause)
            let actions = pool.arrived(4, at: now)
            guard case .open(let connection) = actions.first else {
                Issue.record("nothing was opened after \(pause) ms")
                return
            }
            #expect(actions.count == 1)
            #expect(pool.openingFailed(connection, down, at: now) == [.refuse(4, down)])
        }
    }

    @Test("makes one attempt at a time while the database is down")
    func oneAttempt() {
        var pool = machine(size: 2)
        _ = pool.arrived(1, at: start)
        _ = pool.openingFailed(id(1), down, at: start)
        let later = start + .seconds(1)

        #expect(pool.arrived(2, at: later) == [.open(id(2))])
        #expect(pool.arrived(3, at: later) == [])
        #expect(pool.opened(id(2), at: later) == [.lease(id(2), 2)])
        #expect(pool.arrived(4, at: later) == [.open(id(3))])
    }

    @Test("lets operations wait for the connections that are left when another cannot be opened")
    func partialOutage() {
        var pool = opened(1, size: 2)
        _ = pool.arrived(10, at: start)
        #expect(pool.arrived(11, at: start) == [.open(id(2))])

        #expect(pool.openingFailed(id(2), down, at: start) == [])
        #expect(pool.deadline == start + PoolMachine.shortestPause)
        #expect(pool.released(id(1), at: start) == [.lease(id(1), 11)])
    }

    @Test("ends the pause when the database was reached by other means")
    func reached() {
        var pool = machine()
        _ = pool.arrived(1, at: start)
        _ = pool.openingFailed(id(1), down, at: start)

        pool.databaseWasReached()
        #expect(pool.arrived(2, at: start) == [.open(id(2))])
    }

    @Test("opens another connection for waiting operations when one is lost")
    func lost() {
        var pool = opened(1, size: 1, overflow: 0)
        _ = pool.arrived(10, at: start)
        _ = pool.arrived(11, at: start)

        #expect(pool.closed(id(1), at: start) == [.open(id(2))])
        #expect(pool.closed(id(1), at: start) == [])
    }

    @Test("closing rejects waiting operations and closes idle connections at once, the others when they are released")
    func closing() {
        var pool = opened(2, size: 2)
        _ = pool.arrived(10, at: start)

        #expect(pool.close() == [.close(id(1))])
        #expect(pool.arrived(11, at: start) == [.refuse(11, .unavailable("the database driver is closing"))])
        #expect(!pool.isEmpty)
        #expect(pool.released(id(2), at: start) == [.close(id(2))])
        #expect(pool.isEmpty)
    }

    @Test("closes a connection that opens after the pool gave it up")
    func lateOpening() {
        var pool = machine()
        _ = pool.arrived(1, at: start)
        #expect(pool.close() == [.refuse(1, .unavailable("the database driver is closing")), .close(id(1))])

        #expect(pool.opened(id(1), at: start) == [.close(id(1))])
        #expect(pool.isEmpty)
    }

    @Test("never leases twice, exceeds its limit or forgets an operation, whatever happens in whatever order")
    func anyOrder() {
        for seed in 1...200 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var pool = machine(size: 2, overflow: 2, queue: 5)
            var now = start
            var opening: Set<ConnectionID> = []
            var leased: [ConnectionID: UInt64] = [:]
            var idle: Set<ConnectionID> = []
            var waiting: Set<UInt64> = []
            var nextJob: UInt64 = 1

            func perform(_ actions: [PoolMachine.Action]) {
                for action in actions {
                    switch action {
                    case .open(let id): #expect(opening.insert(id).inserted)
                    case .lease(let id, let job):
                        #expect(leased.updateValue(job, forKey: id) == nil)
                        idle.remove(id)
                        #expect(waiting.remove(job) != nil)
                    case .close(let id):
                        #expect(leased[id] == nil)
                        idle.remove(id)
                        opening.remove(id)
                    case .refuse(let job, _): #expect(waiting.remove(job) != nil)
                    }
                }
            }

            for _ in 0..<300 {
                now += .milliseconds(Int.random(in: 0...40, using: &generator))
                switch Int.random(in: 0..<8, using: &generator) {
                case 0...2:
                    waiting.insert(nextJob)
                    perform(pool.arrived(nextJob, at: now))
                    nextJob += 1
                case 3:
                    guard let id = opening.min(by: { $0.number < $1.number }) else { continue }
                    opening.remove(id)
                    idle.insert(id)
                    perform(pool.opened(id, at: now))
                case 4:
                    guard let id = opening.randomElement(using: &generator) else { continue }
                    opening.remove(id)
                    perform(pool.openingFailed(id, down, at: now))
                case 5:
                    guard let id = leased.keys.min(by: { $0.number < $1.number }) else { continue }
                    leased[id] = nil
                    idle.insert(id)
                    perform(pool.released(id, at: now))
                case 6:
                    guard let id = leased.keys.max(by: { $0.number < $1.number }) else { continue }
                    leased[id] = nil
                    perform(pool.closed(id, at: now))
                default:
                    if let job = waiting.randomElement(using: &generator), Bool.random(using: &generator) {
                        waiting.remove(job)
                        pool.left(job)
                    }
                    perform(pool.passed(now))
                }
                var counts = PoolCounts()
                counts.inUse = leased.count
                counts.idle = idle.count
                counts.opening = opening.count
                counts.waiting = waiting.count
                #expect(pool.counts == counts, "seed \(seed)")
                #expect(leased.count + idle.count + opening.count <= 4, "seed \(seed)")
                if let deadline = pool.deadline, deadline <= now {
                    perform(pool.passed(now))
                    #expect(pool.deadline.map { $0 > now } ?? true, "the deadline does not move, seed \(seed)")
                }
            }
        }
    }
}
