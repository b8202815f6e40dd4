// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import AuthSystem
import Synchronization

/// A ``WorkerQueue`` of operations between the tasks that await and the threads that work.
final class OperationQueue: Sendable {
    private let state: Mutex<WorkerQueue<any PendingWork>>
    private let wakeups: [Wakeup]
    private let lastTicket = Atomic<UInt64>(0)

    /// Makes a queue for as many workers as there are wake-ups.
    init(capacity: Int, wakeups: [Wakeup]) {
        state = Mutex(WorkerQueue(capacity: capacity))
        self.wakeups = wakeups
    }

    /// How many operations wait.
    var count: Int { state.withLock { $0.count } }

    /// How many workers wait for an operation.
    var idleWorkers: Int { state.withLock { $0.idleCount } }

    /// Whether no more is taken.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Waits for an operation to be done; a cancelled caller stops waiting where it has not begun.
    func perform<Output: Sendable>(_ operation: SQLOperation<Output>) async throws(StoreError) -> Output {
        let ticket = lastTicket.add(1, ordering: .relaxed).newValue
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                submit(PendingOperation(operation: operation, continuation: continuation), ticket: ticket)
                // A handler that ran before the operation was in the queue did not find it.
                if Task.isCancelled { cancel(ticket) }
            }
        } onCancel: {
            cancel(ticket)
        }
        return try result.get()
    }

    /// What a worker does next.
    func next(for worker: Int) -> WorkerQueue<any PendingWork>.Step {
        let now = ContinuousClock.now
        return state.withLock { $0.next(for: worker, at: now) }
    }

    /// Hands out the operations that waited longest.
    func take(atMost limit: Int) -> [any PendingWork] {
        state.withLock { $0.take(atMost: limit) }
    }

    /// Blocks a worker until it is woken.
    func rest(_ worker: Int) {
        wakeups[worker].wait()
    }

    /// Wakes a worker without giving it an operation.
    func wake(_ worker: Int) {
        wakeups[worker].signal()
    }

    /// Takes no more operations; those that wait are worked on until the deadline.
    func close(by deadline: ContinuousClock.Instant) {
        for worker in state.withLock({ $0.close(by: deadline) }) { wakeups[worker].signal() }
    }

    /// Refuses everything that waits.
    func refuseAll(_ error: StoreError) {
        for work in take(atMost: .max) { work.refuse(error) }
    }

    private func submit(_ work: any PendingWork, ticket: UInt64) {
        switch state.withLock({ $0.add(work, ticket: ticket) }) {
        case .accepted(let worker):
            if let worker { wakeups[worker].signal() }
        case .full:
            work.refuse(.unavailable("too many operations wait for the database"))
        case .closed:
            work.refuse(.unavailable("the database is closed"))
        }
    }

    private func cancel(_ ticket: UInt64) {
        state.withLock { $0.remove(ticket) }?.refuse(.cancelled)
    }
}
