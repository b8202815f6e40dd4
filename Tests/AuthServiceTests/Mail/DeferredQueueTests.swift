// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Synchronization
import Testing

@testable import AuthService

@Suite("Mail queue")
struct DeferredQueueTests {
    @Test("work that fails is tried four times in all")
    func attempts() async {
        let queue = DeferredQueue(capacity: 2)
        let seen = Mutex<[Int]>([])
        #expect(
            queue.enqueue { attempt in
                seen.withLock { $0.append(attempt) }
                return .again
            })

        var rounds = 0
        while await queue.clear() > 0, rounds < 10 { rounds += 1 }

        #expect(seen.withLock { $0 } == [0, 1, 2, 3])
        #expect(queue.count == 0)
    }

    @Test("a full or closed queue accepts no work")
    func bounds() async {
        let queue = DeferredQueue(capacity: 1)
        #expect(queue.enqueue { _ in .done })
        #expect(!queue.enqueue { _ in .done })
        await queue.clear()
        #expect(queue.enqueue { _ in .done })
        await queue.clear()
        queue.close()
        #expect(!queue.enqueue { _ in .done })
    }

    @Test("closing lets waiting work finish", .timeLimit(.minutes(10)))
    func closing() async {
        let queue = DeferredQueue(capacity: 10)
        let done = Mutex(0)
        for _ in 0..<5 {
            _ = queue.enqueue { _ in
                done.withLock { $0 += 1 }
                return .done
            }
        }
        queue.close()

        await queue.run()

        #expect(done.withLock { $0 } == 5)
    }

    @Test("failed work is retried after 1, 4 and 16 pauses")
    func rests() async {
        let queue = DeferredQueue(capacity: 2)
        let pauses = Mutex(0)
        let tried = Mutex<[Int]>([])
        _ = queue.enqueue { _ in
            tried.withLock { $0.append(pauses.withLock(\.self)) }
            return .again
        }

        await queue.doWaiting()
        for _ in 0..<30 {
            pauses.withLock { $0 += 1 }
            queue.passPause()
            await queue.doWaiting()
        }

        #expect(tried.withLock(\.self) == [0, 1, 5, 21])
        #expect(queue.count == 0)
    }

    @Test("work that keeps failing does not delay later work", .timeLimit(.minutes(10)))
    func failureHoldsUpNothing() async {
        let queue = DeferredQueue(capacity: 10)
        let (failures, failed) = AsyncStream<Void>.makeStream()
        let (successes, succeeded) = AsyncStream<Void>.makeStream()
        let running = Task { await queue.run() }

        // Were the rest to wait for the pauses of what fails, this would take longer than the test may.
        for _ in 0..<3 {
            _ = queue.enqueue { _ in
                failed.yield()
                return .again
            }
            for await _ in failures { break }
            _ = queue.enqueue { _ in
                succeeded.yield()
                return .done
            }
            for await _ in successes { break }
        }

        running.cancel()
        await running.value
    }

    @Test(
        "slow work leaves a worker to other work, within its limit of concurrency",
        .timeLimit(.minutes(10)))
    func concurrency() async {
        let queue = DeferredQueue(capacity: 100)
        let (begun, began) = AsyncStream<Void>.makeStream()
        let (releases, release) = AsyncStream<Void>.makeStream()
        let gate = Gate(releases)
        let busy = Mutex((now: 0, most: 0))
        let running = Task { await queue.run() }

        for _ in 0..<20 {
            _ = queue.enqueue { _ in
                busy.withLock { busy in
                    busy.now += 1
                    busy.most = max(busy.most, busy.now)
                }
                began.yield()
                await gate.pass()
                busy.withLock { $0.now -= 1 }
                return .done
            }
        }
        var beginnings = begun.makeAsyncIterator()
        for _ in 0..<DeferredQueue.concurrency { _ = await beginnings.next() }
        #expect(busy.withLock { $0.now } == DeferredQueue.concurrency)
        release.finish()
        for _ in DeferredQueue.concurrency..<20 { _ = await beginnings.next() }

        running.cancel()
        await running.value
        #expect(busy.withLock { $0.most } == DeferredQueue.concurrency)
    }

    @Test("new work begins after a delay, together with work that arrives meanwhile", .timeLimit(.minutes(10)))
    func jitter() async {
        let asked = Mutex(0)
        let late = Mutex<DeferredQueue?>(nil)
        let (done, did) = AsyncStream<String>.makeStream()
        @Sendable func enqueue(_ name: String, on queue: DeferredQueue?) {
            _ = queue?.enqueue { _ in
                did.yield(name)
                return .done
            }
        }
        let queue = DeferredQueue(capacity: 10) {
            asked.withLock { $0 += 1 }
            enqueue("during the jitter", on: late.withLock { $0.take() })
            return .microseconds(1)
        }
        late.withLock { $0 = queue }
        enqueue("before it", on: queue)
        let running = Task { await queue.run() }

        var names: Set<String> = []
        for await name in done {
            names.insert(name)
            if names.count == 2 { break }
        }

        #expect(names == ["before it", "during the jitter"])
        #expect(asked.withLock(\.self) == 1)
        running.cancel()
        await running.value
    }

    @Test("cancellation lets waiting work finish, and then accepts no more", .timeLimit(.minutes(10)))
    func cancelling() async {
        let queue = DeferredQueue(capacity: 10)
        let outcomes = Mutex<[Bool]>([])
        for _ in 0..<3 {
            _ = queue.enqueue { _ in
                outcomes.withLock { $0.append(Task.isCancelled) }
                return .done
            }
        }

        let running = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await queue.run()
        }
        await running.value

        #expect(outcomes.withLock(\.self) == [false, false, false])
        #expect(!queue.enqueue { _ in .done })
    }

    @Test("at shutdown, a store that is down is not tried for every piece of work")
    func givesUp() async {
        let lost = Mutex<[MailLoss]>([])
        let queue = DeferredQueue(capacity: 100, lost: { _, loss in lost.withLock { $0.append(loss) } })
        let tries = Mutex(0)
        for _ in 0..<50 {
            _ = queue.enqueue { _ in
                tries.withLock { $0 += 1 }
                return .again
            }
        }
        let running = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await queue.run()
        }
        await running.value

        #expect(tries.withLock(\.self) == DeferredQueue.failuresAtTheEnd)
        #expect(lost.withLock(\.self) == [MailLoss](repeating: .givenUp, count: 50))
        #expect(queue.count == 0)
    }

    @Test("work that was tried four times is reported as given up")
    func reportsGivingUp() async {
        let lost = Mutex<[MailLoss]>([])
        let queue = DeferredQueue(capacity: 2, lost: { _, loss in lost.withLock { $0.append(loss) } })
        #expect(queue.enqueue { _ in .again })

        var rounds = 0
        while await queue.clear() > 0, rounds < 10 { rounds += 1 }

        #expect(rounds == 3)
        #expect(lost.withLock(\.self) == [.givenUp])
    }
}

extension DeferredQueue {
    /// Enqueues work that concerns no user.
    fileprivate func enqueue(_ job: @escaping Job) -> Bool {
        enqueue(Matter(kind: .passwordReset, user: nil, context: OperationContext(now: Timestamp(seconds: 0))), job)
    }
}

/// Closed until the stream that it is made of ends.
private struct Gate: Sendable {
    private let opened: Task<Void, Never>

    init(_ stream: AsyncStream<Void>) {
        opened = Task { for await _ in stream {} }
    }

    func pass() async {
        await opened.value
    }
}
