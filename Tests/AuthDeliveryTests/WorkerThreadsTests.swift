// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Testing

@testable import AuthDelivery

@Suite("Worker threads", .timeLimit(.minutes(10)))
struct WorkerThreadsTests {
    @Test("work runs on a thread's own resource and returns its value")
    func value() async throws {
        let workers = try WorkerThreads(threads: 2, capacity: 4, patience: .seconds(60)) { 40 }

        let values = await withTaskGroup(of: Int?.self) { group in
            for number in 0..<4 { group.addTask { try? await workers.run { base, _ in base + number }.get() } }
            return await group.reduce(into: []) { $0.append($1) }
        }

        #expect(Set(values) == [40, 41, 42, 43])
    }

    @Test("a full queue refuses at once, and a cancelled wait ends at once")
    func bounds() async throws {
        let workers = try WorkerThreads(threads: 1, capacity: 1, patience: .seconds(60)) {}
        let gate = Gate()

        let running = Task { await workers.run { _, _ in gate.pass() } }
        await gate.entered()
        // Of two more, one waits and one finds the queue full; which is which is up to the scheduler.
        let results = await withTaskGroup(of: WorkRefusal?.self) { group in
            for _ in 0..<2 { group.addTask { await workers.run { _, _ in }.refusal } }
            let first = await group.next()
            group.cancelAll()
            return [first, await group.next()]
        }
        gate.open()

        #expect(results == [.overloaded, .cancelled])
        #expect(await running.value.refusal == nil)
    }

    @Test("running work learns that its caller was cancelled")
    func cancelRunning() async throws {
        let workers = try WorkerThreads(threads: 1, capacity: 1, patience: .seconds(60)) {}
        let gate = Gate()

        let running = Task {
            await workers.run { _, ticket in
                gate.pass()
                return ticket.isCancelled
            }
        }
        await gate.entered()
        running.cancel()
        gate.open()

        #expect(try await running.value.get())
    }

    @Test("work for a busy destination leaves the other threads to others, and is run when its turn comes")
    func share() async throws {
        let workers = try WorkerThreads(
            threads: 2, capacity: 9, patience: .seconds(60), share: WorkShare(running: 1, waiting: 9)
        ) {}
        let gate = Gate()
        async let first: Result<Void, WorkRefusal> = workers.run(for: "a") { _, _ in gate.pass() }
        await gate.entered()
        async let second = workers.run(for: "a") { _, _ in 2 }

        // Twice, so that the thread that passed the second piece over is known to serve again.
        for number in 3...4 {
            #expect(await (try? workers.run(for: "b") { _, _ in number }.get()) == number)
        }
        gate.open()

        try await first.get()
        #expect(try await second.get() == 2)
    }

    @Test("closing rejects waiting and new work")
    func closing() async throws {
        let workers = try WorkerThreads(threads: 1, capacity: 1, patience: .seconds(60)) {}

        workers.close()

        #expect(await workers.run { _, _ in }.refusal == .cancelled)
    }
}

extension Result where Failure == WorkRefusal {
    fileprivate var refusal: WorkRefusal? {
        guard case .failure(let refusal) = self else { return nil }
        return refusal
    }
}

/// Holds a worker thread where the test wants it.
private final class Gate: Sendable {
    private let arrival = AsyncStream<Void>.makeStream()
    private let opening = DispatchSemaphore(value: 0)

    /// Called on the worker thread, which blocks until the gate opens.
    func pass() {
        arrival.continuation.yield()
        opening.wait()
    }

    func entered() async {
        for await _ in arrival.stream { return }
    }

    func open() { opening.signal() }
}
