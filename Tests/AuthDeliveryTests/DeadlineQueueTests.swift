// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthDelivery

@Suite("Deadline queue")
struct DeadlineQueueTests {
    private let start = ContinuousClock.now
    private var deadline: ContinuousClock.Instant { start.advanced(by: .seconds(10)) }

    @Test("hands work out in order until it is empty")
    func order() {
        var queue = DeadlineQueue<Int>(capacity: 3)
        for work in 1...3 { #expect(queue.admit(work, ticket: WorkTicket(), startBy: deadline) == .admitted) }

        #expect((0..<4).map { _ in queue.next(at: start).started } == [1, 2, 3, nil])
    }

    @Test("admits no more than it holds")
    func capacity() {
        var queue = DeadlineQueue<Int>(capacity: 1)

        #expect(queue.admit(1, ticket: WorkTicket(), startBy: deadline) == .admitted)
        #expect(queue.admit(2, ticket: WorkTicket(), startBy: deadline) == .full)
    }

    @Test("refuses work at its deadline and not before")
    func lateness() {
        var queue = DeadlineQueue<Int>(capacity: 2)
        _ = queue.admit(1, ticket: WorkTicket(), startBy: deadline)
        _ = queue.admit(2, ticket: WorkTicket(), startBy: deadline)

        #expect(queue.next(at: deadline.advanced(by: .nanoseconds(-1))).started == 1)
        guard case .late(2) = queue.next(at: deadline) else {
            Issue.record("work at its deadline was not refused")
            return
        }
    }

    @Test("cancelled work is not handed out")
    func cancellation() {
        var queue = DeadlineQueue<Int>(capacity: 2)
        let (early, late) = (WorkTicket(), WorkTicket())
        early.cancel()

        #expect(queue.admit(1, ticket: early, startBy: deadline) == .cancelled)
        #expect(queue.admit(2, ticket: late, startBy: deadline) == .admitted)
        #expect(queue.remove(late) == 2)
        #expect(queue.remove(late) == nil)
        #expect(queue.next(at: start).started == nil)
    }

    @Test("a destination with its share running is passed over until one of its pieces has finished")
    func runningShare() {
        var queue = DeadlineQueue<Int>(capacity: 9, share: WorkShare(running: 2, waiting: 9))
        for (work, name) in [(1, "a"), (2, "a"), (3, "a"), (4, "b"), (5, "a")] {
            #expect(queue.admit(work, for: name, ticket: WorkTicket(), startBy: deadline) == .admitted)
        }
        #expect(queue.admit(6, ticket: WorkTicket(), startBy: deadline) == .admitted)

        #expect((0..<5).map { _ in queue.next(at: start).started } == [1, 2, 4, 6, nil])
        #expect(queue.finished(for: nil) == false)
        #expect(queue.finished(for: "b") == true)
        #expect(queue.next(at: start).started == nil)
        #expect(queue.finished(for: "a") == true)
        #expect((0..<2).map { _ in queue.next(at: start).started } == [3, nil])
        #expect(queue.finished(for: "a") == true)
        #expect(queue.next(at: start).started == 5)
        #expect(queue.finished(for: "a") == false)
    }

    @Test("work that was passed over until its deadline is refused")
    func lateShare() {
        var queue = DeadlineQueue<Int>(capacity: 9, share: WorkShare(running: 1, waiting: 9))
        for work in 1...2 { _ = queue.admit(work, for: "a", ticket: WorkTicket(), startBy: deadline) }

        #expect(queue.next(at: start).started == 1)
        guard case .late(2) = queue.next(at: deadline) else {
            Issue.record("work at its deadline was not refused")
            return
        }
        #expect(queue.finished(for: "a") == false)
    }

    @Test("a destination fills its share of the places, and leaves the others")
    func waitingShare() {
        var queue = DeadlineQueue<Int>(capacity: 3, share: WorkShare(running: 1, waiting: 2))
        func admit(_ name: String) -> DeadlineQueue<Int>.Admission {
            queue.admit(1, for: name, ticket: WorkTicket(), startBy: deadline)
        }

        #expect(
            [admit("a"), admit("a"), admit("a"), admit("b"), admit("c")] == [
                .admitted, .admitted, .full, .admitted, .full,
            ])
    }

    @Test("closing returns waiting work and admits no more")
    func closing() {
        var queue = DeadlineQueue<Int>(capacity: 2)
        _ = queue.admit(1, ticket: WorkTicket(), startBy: deadline)

        #expect(queue.close() == [1])
        #expect(queue.close() == [])
        #expect(queue.admit(2, ticket: WorkTicket(), startBy: deadline) == .closed)
    }
}

extension DeadlineQueue.Next {
    fileprivate var started: Work? {
        guard case .start(let work) = self else { return nil }
        return work
    }
}
