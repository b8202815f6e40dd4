// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

@testable import AuthStoreSQLite

@Suite("Worker queue")
struct WorkerQueueTests {
    private let start = ContinuousClock.now

    @Test("hands out in the order of coming, as many as are asked for")
    func order() {
        var queue = WorkerQueue<Int>(capacity: 10)
        for number in 0..<10 { _ = queue.add(number, ticket: UInt64(number)) }

        let first = queue.take(atMost: 3)
        _ = queue.add(10, ticket: 10)
        let rest = queue.take(atMost: .max)

        #expect(first == [0, 1, 2])
        #expect(rest == Array(3...10))
        #expect(queue.take(atMost: 1).isEmpty)
    }

    @Test("refuses more than its capacity, and takes again once there is room")
    func capacity() {
        var queue = WorkerQueue<Int>(capacity: 2)
        _ = queue.add(1, ticket: 1)
        _ = queue.add(2, ticket: 2)

        #expect(queue.add(3, ticket: 3) == .full)
        _ = queue.take(atMost: 1)
        #expect(queue.add(3, ticket: 3) == .accepted(wake: nil))
        #expect(queue.count == 2)
    }

    @Test("wakes each sleeping worker once")
    func waking() {
        var queue = WorkerQueue<Int>(capacity: 10)
        #expect(queue.next(for: 0, at: start) == .rest)
        #expect(queue.next(for: 1, at: start) == .rest)
        #expect(queue.next(for: 1, at: start) == .rest)

        #expect(queue.add(1, ticket: 1) == .accepted(wake: 1))
        #expect(queue.add(2, ticket: 2) == .accepted(wake: 0))
        #expect(queue.add(3, ticket: 3) == .accepted(wake: nil))
    }

    @Test("does not wake a worker that woke by itself and works")
    func workingWorker() {
        var queue = WorkerQueue<Int>(capacity: 10)
        _ = queue.next(for: 0, at: start)
        _ = queue.next(for: 1, at: start)
        _ = queue.add(1, ticket: 1)

        #expect(queue.next(for: 0, at: start) == .work)
        #expect(queue.add(2, ticket: 2) == .accepted(wake: nil))
    }

    @Test("takes an item back once, and only while it waits")
    func removal() {
        var queue = WorkerQueue<Int>(capacity: 10)
        for number in 1...4 { _ = queue.add(number, ticket: UInt64(number)) }
        _ = queue.take(atMost: 1)

        #expect(queue.remove(1) == nil)
        #expect(queue.remove(3) == 3)
        #expect(queue.remove(3) == nil)
        #expect(queue.take(atMost: .max) == [2, 4])
    }

    @Test("works on what waits after closing, and stops when nothing is left")
    func drain() {
        var queue = WorkerQueue<Int>(capacity: 10)
        _ = queue.next(for: 0, at: start)
        _ = queue.next(for: 1, at: start)
        _ = queue.add(1, ticket: 1)

        #expect(queue.close(by: start + .seconds(5)) == [0])
        #expect(queue.add(2, ticket: 2) == .closed)
        #expect(queue.next(for: 1, at: start) == .work)
        #expect(queue.take(atMost: 1) == [1])
        #expect(queue.next(for: 1, at: start) == .stop)
    }

    @Test("stops at the deadline although something waits", arguments: [(4_999, false), (5_000, true), (5_001, true)])
    func deadline(_ milliseconds: Int, _ isOver: Bool) {
        var queue = WorkerQueue<Int>(capacity: 10)
        _ = queue.add(1, ticket: 1)
        _ = queue.close(by: start + .seconds(5))
        _ = queue.close(by: start + .seconds(9))

        #expect(queue.next(for: 0, at: start + .milliseconds(milliseconds)) == (isOver ? .stop : .work))
    }

    @Test("keeps order through many rounds of adding, taking and removing")
    func rounds() {
        var queue = WorkerQueue<UInt64>(capacity: 1_000)
        var model: [UInt64] = []
        var generator = SeededGenerator(seed: 7)
        for ticket in UInt64(0)..<5_000 {
            switch generator.next() % 4 {
            case 0, 1:
                _ = queue.add(ticket, ticket: ticket)
                model.append(ticket)
            case 2:
                let limit = Int(generator.next() % 5)
                #expect(queue.take(atMost: limit) == Array(model.prefix(limit)))
                model.removeFirst(min(limit, model.count))
            default:
                let victim = generator.next() % (ticket + 1)
                #expect(queue.remove(victim) == model.first { $0 == victim })
                model.removeAll { $0 == victim }
            }
            #expect(queue.count == model.count)
        }
    }
}
