// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import Dispatch
import Synchronization

/// Why work was not run.
enum WorkRefusal: Error, Equatable {
    /// The queue was full, or the work waited too long in it.
    case overloaded
    /// The waiting task was cancelled before the work began, or the threads were closed.
    case cancelled
}

/// A few threads that run blocking work, each with a resource of its own that never leaves it.
///
/// This is what keeps blocking calls off Swift's cooperative threads.
final class WorkerThreads<Resource>: Sendable {
    private let shared: Shared
    private let patience: Duration

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - threads: How many pieces of work run at once; at least one.
    ///   - capacity: How many may wait.
    ///   - patience: How long one may wait before it is refused.
    ///   - share: How much of both one destination may have; `nil` for all.
    ///   - makeResource: Called once on each thread.
    /// - Throws: The system's error if it refuses a thread.
    init(
        threads: Int, capacity: Int, patience: Duration, share: WorkShare? = nil,
        makeResource: @escaping @Sendable () -> Resource
    ) throws(SystemThread.StartError) {
        let shared = Shared(capacity: capacity, share: share)
        self.shared = shared
        self.patience = patience
        let count = max(1, threads)
        for _ in 0..<count {
            do throws(SystemThread.StartError) {
                try SystemThread.detached("authd-delivery") { shared.serve(with: makeResource()) }
            } catch {
                shared.close(threads: count)
                throw error
            }
        }
        shared.threads.store(count, ordering: .relaxed)
    }

    deinit { close() }

    /// Runs `body` on one of the threads and waits for its value.
    ///
    /// When the calling task is cancelled, waiting work is withdrawn at once; running work is told by its ticket and
    /// waited for. `destination` is what the work has a share of.
    func run<Value: Sendable>(
        for destination: String? = nil, _ body: @escaping @Sendable (Resource, WorkTicket) -> Value
    ) async -> Result<Value, WorkRefusal> {
        let ticket = WorkTicket()
        let startBy = ContinuousClock.now.advanced(by: patience)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let work = Work(
                    destination: destination,
                    run: { resource in continuation.resume(returning: .success(body(resource, ticket))) },
                    refuse: { refusal in continuation.resume(returning: .failure(refusal)) })
                shared.admit(work, ticket: ticket, startBy: startBy)
            }
        } onCancel: {
            shared.cancel(ticket)
        }
    }

    /// Refuses what waits and what comes, and lets the threads end after the work they are at.
    func close() {
        shared.close(threads: shared.threads.load(ordering: .relaxed))
    }
}

extension WorkerThreads {
    /// Exactly one of the two closures is called, once.
    private struct Work: Sendable {
        let destination: String?
        let run: @Sendable (Resource) -> Void
        let refuse: @Sendable (WorkRefusal) -> Void
    }

    /// What the threads hold, so that they do not keep the owner from going away.
    private final class Shared: Sendable {
        let threads = Atomic(0)
        private let queue: Mutex<DeadlineQueue<Work>>
        private let waiting = DispatchSemaphore(value: 0)

        init(capacity: Int, share: WorkShare?) {
            queue = Mutex(DeadlineQueue(capacity: capacity, share: share))
        }

        func admit(_ work: Work, ticket: WorkTicket, startBy: ContinuousClock.Instant) {
            let admission = queue.withLock {
                $0.admit(work, for: work.destination, ticket: ticket, startBy: startBy)
            }
            switch admission {
            case .admitted: waiting.signal()
            case .full: work.refuse(.overloaded)
            case .closed, .cancelled: work.refuse(.cancelled)
            }
        }

        func cancel(_ ticket: WorkTicket) {
            ticket.cancel()
            queue.withLock { $0.remove(ticket) }?.refuse(.cancelled)
        }

        func close(threads: Int) {
            let unstarted = queue.withLock { $0.close() }
            for work in unstarted { work.refuse(.cancelled) }
            for _ in 0..<threads { waiting.signal() }
        }

        func serve(with resource: Resource) {
            while true {
                waiting.wait()
                switch queue.withLock({ $0.next(at: .now) }) {
                case .start(let work):
                    work.run(resource)
                    // What was passed over took its wake-up with it.
                    if queue.withLock({ $0.finished(for: work.destination) }) { waiting.signal() }
                case .late(let work): work.refuse(.overloaded)
                case .nothing: continue
                case .closed: return
                }
            }
        }
    }
}
