// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import Synchronization

/// The threads of a ``HashingPool`` and the queue between them and those who wait.
///
/// The queue's lock is taken by callers and by the delivery thread, never by a worker; nothing is resumed under it.
final class HashingEngine: Sendable {
    private struct State {
        var queue: HashingQueue<HashingJob>
        var lastTicket: UInt64 = 0
        var hasEnded = false
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    /// Not a worker: tells the delivery thread that the pool was closed.
    private static let closing: Int32 = -1

    private let state: Mutex<State>
    private let workers: [HashingWorker]
    private let reportsOut: Descriptor
    private let reportsIn: Descriptor
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Starts the threads.
    ///
    /// They hold the engine until ``close()``.
    init(
        configuration: HashingPool.Configuration, now: @escaping @Sendable () -> ContinuousClock.Instant
    ) throws(CryptoError) {
        self.now = now
        (reportsOut, reportsIn) = try Descriptor.pipe()
        state = Mutex(State(queue: HashingQueue(workers: configuration.threads, limit: configuration.queueLimit)))
        var workers: [HashingWorker] = []
        for _ in 0..<configuration.threads { workers.append(try HashingWorker()) }
        self.workers = workers
        try startThreads(niceness: configuration.niceness)
    }

    private func startThreads(niceness: Int32) throws(CryptoError) {
        var started = 0
        do throws(CryptoError) {
            let reports = reportsIn
            for (index, worker) in workers.enumerated() {
                try Self.startThread("authd-hash-\(index)", niceness: niceness) {
                    worker.work { reports.post(Int32(index)) }
                }
                started += 1
            }
            try Self.startThread("authd-hash-out", niceness: 0) { self.deliver() }
        } catch {
            for worker in workers.prefix(started) { worker.stop() }
            throw error
        }
    }

    private static func startThread(
        _ name: String, niceness: Int32, _ body: @escaping @Sendable () -> Void
    ) throws(CryptoError) {
        do throws(SystemThread.StartError) {
            try SystemThread.detached(name, niceness: niceness, body)
        } catch {
            throw .resourcesExhausted
        }
    }

    var counters: HashingCounters { state.withLock { $0.queue.counters } }

    /// A number that names one job to be submitted.
    func nextTicket() -> UInt64 {
        state.withLock { state in
            state.lastTicket &+= 1
            return state.lastTicket
        }
    }

    /// Queues, starts or refuses `job`.
    ///
    /// Until `timeout` from now, or `deadline` if that is earlier, it may wait.
    func submit(
        _ job: HashingJob, ticket: UInt64, lane: HashingLane, timeout: Duration, deadline: ContinuousClock.Instant?
    ) {
        let now = now()
        let latest = now.advanced(by: timeout)
        let deadline = deadline.map { min($0, latest) } ?? latest
        let (admission, dropped, retryAfter) = state.withLock { state in
            let offer = state.queue.offer(job, ticket: ticket, lane: lane, deadline: deadline, at: now)
            return (offer.admission, offer.dropped, state.queue.retryAfter)
        }
        switch admission {
        case .start(let worker): workers[worker].give(job)
        case .refuse(let error): job.refuse(error)
        case .wait: break
        }
        for job in dropped { job.refuse(.overloaded(retryAfter: retryAfter)) }
    }

    /// Why a job would not be admitted now; `nil` if it would be.
    func refusal(mayBeReserved: Bool) -> HashingError? {
        let now = now()
        let (refusal, dropped, retryAfter) = state.withLock { state in
            let vacancy = state.queue.vacancy(mayBeReserved: mayBeReserved, at: now)
            return (vacancy.refusal, vacancy.dropped, state.queue.retryAfter)
        }
        for job in dropped { job.refuse(.overloaded(retryAfter: retryAfter)) }
        return refusal
    }

    /// Drops the job if it has not begun.
    func cancel(_ ticket: UInt64) {
        let job = state.withLock { $0.queue.cancel(ticket) }
        job?.refuse(.cancelled)
    }

    /// Admits nothing more; the threads end when what was admitted is done.
    ///
    /// Calling again has no effect.
    func close() {
        guard let idle = state.withLock({ $0.queue.close() }) else { return }
        for worker in idle { workers[worker].stop() }
        reportsIn.post(Self.closing)
    }

    /// Waits until the last job is delivered and the threads are told to end.
    func ended() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waitingForEnd.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// Hands results over and workers their next jobs, on a thread of normal priority, until closed and drained.
    private func deliver() {
        var isClosing = false
        while let report = reportsOut.receive() {
            if report == Self.closing {
                isClosing = true
            } else {
                takeResult(of: Int(report))
            }
            if isClosing, state.withLock({ $0.queue.isDrained }) { break }
        }
        let waiting = state.withLock { state in
            state.hasEnded = true
            let waiting = state.waitingForEnd
            state.waitingForEnd = []
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func takeResult(of index: Int) {
        let worker = workers[index]
        let deliverResult = worker.takeResult()
        let now = now()
        let (assignment, dropped, retryAfter) = state.withLock { state in
            let next = state.queue.finished(index, at: now)
            return (next.assignment, next.dropped, state.queue.retryAfter)
        }
        // The worker goes on before anyone is told.
        switch assignment {
        case .perform(let job): worker.give(job)
        case .stop: worker.stop()
        case .rest: break
        }
        deliverResult?()
        for job in dropped { job.refuse(.overloaded(retryAfter: retryAfter)) }
    }
}
