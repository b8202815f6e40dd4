// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Admission control for work that keeps a processor busy: password hashes.
///
/// A fixed number of low-priority threads take jobs from a bounded queue; beyond it, and beyond each job's deadline, the
/// answer is `.overloaded` at once. Memory is at most threads × the memory of one hash. Nothing else waits behind a
/// hash: workers hold no lock that a caller takes, and a thread of normal priority delivers their results.
///
/// The threads end some time after the pool is let go; ``shutdown()`` waits for that.
public final class HashingPool: Sendable {
    /// The size and patience of a pool.
    public struct Configuration: Hashable, Sendable {
        /// How many hashes are computed at once, from 1 to 256.
        public let threads: Int
        /// How many jobs may wait, from 0 to 65,536.
        public let queueLimit: Int
        /// How long a job may wait before it is dropped without work.
        public let queueTimeout: Duration
        /// How much the threads yield to others, from 0 (not at all) to 19.
        ///
        /// At 10, a thread that is always busy gets a tenth of a processor that others keep busy, too, and takes as little from
        /// them; at 19 it would get one part in seventy, and sign-ins fail wherever another program works beside authd.
        public let niceness: Int32

        /// Makes a configuration; values out of range are brought into it.
        public init(
            threads: Int = HashingPool.availableProcessors, queueLimit: Int = 256,
            queueTimeout: Duration = .seconds(3), niceness: Int = 10
        ) {
            self.threads = min(max(threads, 1), 256)
            self.queueLimit = min(max(queueLimit, 0), 65_536)
            self.queueTimeout = queueTimeout
            self.niceness = Int32(min(max(niceness, 0), 19))
        }
    }

    /// How many processors this process may run on: its affinity mask, not the size of the machine.
    public static var availableProcessors: Int {
        max(Int(authd_available_processors()), 1)
    }

    private let engine: HashingEngine
    private let queueTimeout: Duration

    /// Starts the threads.
    ///
    /// Deadlines and waiting times are measured by the clock `now`.
    /// - Throws: `.resourcesExhausted` if the system refuses threads or descriptors.
    public init(
        configuration: Configuration = Configuration(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) throws(CryptoError) {
        engine = try HashingEngine(configuration: configuration, now: now)
        queueTimeout = configuration.queueTimeout
    }

    deinit {
        engine.close()
    }

    /// What the pool is doing and has done.
    ///
    /// Takes the queue's lock for an instant.
    public var counters: HashingCounters { engine.counters }

    /// Does `work` on one of the threads.
    ///
    /// Once begun, work is finished and its result returned, even if the task is cancelled meanwhile. A job whose deadline
    /// has passed is dropped when the queue is next looked at: when a job ends or another is offered.
    ///
    /// It begins no later than `deadline`, and no later than the configured patience allows. A job that waits in a
    /// reserved place may be refused later, when it gives way to that of a holder who was served less recently.
    ///
    /// - Returns: What `work` returned.
    /// - Throws: `.overloaded`, `.cancelled` or `.shutDown`; then `work` was not begun and will not be.
    public func run<T: Sendable>(
        lane: HashingLane = .open, deadline: ContinuousClock.Instant? = nil, _ work: @escaping @Sendable () -> T
    ) async throws(HashingError) -> T {
        let ticket = engine.nextTicket()
        let result: Result<T, HashingError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let job = HashingJob(
                    perform: {
                        let value = work()
                        return { continuation.resume(returning: .success(value)) }
                    },
                    refuse: { continuation.resume(returning: .failure($0)) })
                engine.submit(job, ticket: ticket, lane: lane, timeout: queueTimeout, deadline: deadline)
                // If the task was cancelled before the job was queued, the handler below found nothing to cancel.
                if Task.isCancelled { engine.cancel(ticket) }
            }
        } onCancel: {
            engine.cancel(ticket)
        }
        return try result.get()
    }

    /// Does nothing, unless a job would be refused at this moment; takes the queue's lock for an instant.
    ///
    /// - Parameter mayBeReserved: Whether the job may turn out to be one of a holder of reserved places; it is then
    ///   refused only where no holder would be admitted.
    /// - Throws: `.overloaded` or `.shutDown`.
    public func checkRoom(mayBeReserved: Bool) throws(HashingError) {
        if let refusal = engine.refusal(mayBeReserved: mayBeReserved) { throw refusal }
    }

    /// Refuses new jobs, finishes those admitted and returns when the last result is delivered.
    ///
    /// Takes no longer than the waiting jobs' deadlines and one job more. May be called more than once.
    public func shutdown() async {
        engine.close()
        await engine.ended()
    }
}
