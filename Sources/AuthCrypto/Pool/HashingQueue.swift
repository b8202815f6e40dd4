// SPDX-License-Identifier: Apache-2.0

/// Decides which job a worker does next and which jobs are refused: the rules of ``HashingPool`` without its threads.
///
/// A job is in one place only: refused at once, handed to an idle worker, or waiting here until a worker is free, its
/// deadline passes or it is cancelled. Jobs wait only while every worker is busy. First come, first served.
struct HashingQueue<Job> {
    /// Names a job for cancelling it.
    typealias Ticket = UInt64

    /// What became of a job that was offered.
    enum Admission {
        /// `worker` was idle and does it now.
        case start(worker: Int)
        case wait
        case refuse(HashingError)
    }

    /// What a worker does that has finished a job.
    enum Assignment {
        case perform(Job)
        case rest
        /// There will be no more work.
        case stop
    }

    private struct Waiting {
        let job: Job
        let ticket: Ticket
        let deadline: ContinuousClock.Instant
    }

    private let workerCount: Int
    private let limit: Int
    private var idle: [Int]
    private var waiting: [Waiting] = []
    /// No waiting job has an earlier deadline: before it there is no need to look through them.
    private var earliestDeadline: ContinuousClock.Instant?
    /// When each worker began its job; `nil` while it rests.
    private var began: [ContinuousClock.Instant?]
    private var averageWork = Duration.milliseconds(20)
    private var isClosed = false
    private(set) var counters = HashingCounters()

    /// Makes a queue of at most `limit` waiting jobs for workers 0 to `workers` − 1, all idle.
    init(workers: Int, limit: Int) {
        workerCount = workers
        self.limit = limit
        // The last is taken first: worker 0 before the others.
        idle = (0..<workers).reversed()
        began = Array(repeating: nil, count: workers)
    }

    /// Whether the queue is closed and no job is waiting or being done.
    var isDrained: Bool { isClosed && idle.count == workerCount }

    /// Offers a job.
    ///
    /// Jobs that are `expired` make room first and have to be told so.
    mutating func offer(
        _ job: Job, ticket: Ticket, lane: HashingLane = .open, deadline: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) -> (admission: Admission, expired: [Job]) {
        let expired = removeExpired(at: now)
        return (admit(job, ticket: ticket, lane: lane, deadline: deadline, at: now), expired)
    }

    /// Says why a job of this lane would be refused now, and counts it as refused; `nil` if it would be admitted.
    ///
    /// Jobs that are `expired` make room first and have to be told so.
    mutating func vacancy(
        in lane: HashingLane, at now: ContinuousClock.Instant
    ) -> (refusal: HashingError?, expired: [Job]) {
        let expired = removeExpired(at: now)
        updateGauges()
        let refusal = refusal(in: lane)
        if refusal != nil { counters.refused += 1 }
        return (refusal, expired)
    }

    /// Takes note that `worker` has finished its job and says what it does next.
    mutating func finished(
        _ worker: Int, at now: ContinuousClock.Instant
    ) -> (assignment: Assignment, expired: [Job]) {
        if let start = began[worker] {
            averageWork += (now - start - averageWork) / 8
            counters.completed += 1
        }
        began[worker] = nil
        let expired = removeExpired(at: now)
        guard !waiting.isEmpty else {
            idle.append(worker)
            updateGauges()
            return (isClosed ? .stop : .rest, expired)
        }
        let next = waiting.removeFirst()
        began[worker] = now
        updateGauges()
        return (.perform(next.job), expired)
    }

    /// Takes a waiting job out; `nil` if it is not waiting (any more).
    mutating func cancel(_ ticket: Ticket) -> Job? {
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        counters.cancelled += 1
        defer { updateGauges() }
        return waiting.remove(at: index).job
    }

    /// Admits no more jobs.
    ///
    /// Those that wait are still done, within their deadlines.
    ///
    /// - Returns: The workers that rest and can stop; `nil` if the queue was closed before.
    mutating func close() -> [Int]? {
        guard !isClosed else { return nil }
        isClosed = true
        return idle
    }

    /// How long the jobs at hand will take, in whole seconds from 1 to 30: long enough to be worth another try.
    var retryAfter: Duration {
        let backlog = averageWork * (waiting.count + workerCount - idle.count) / max(workerCount, 1)
        return .seconds(min(max(backlog.components.seconds + 1, 1), 30))
    }

    private mutating func admit(
        _ job: Job, ticket: Ticket, lane: HashingLane, deadline: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) -> Admission {
        defer { updateGauges() }
        if !isClosed, deadline <= now {
            counters.expired += 1
            return .refuse(.overloaded(retryAfter: retryAfter))
        }
        if let refusal = refusal(in: lane) {
            counters.refused += 1
            return .refuse(refusal)
        }
        if let worker = idle.popLast() {
            began[worker] = now
            return .start(worker: worker)
        }
        waiting.append(Waiting(job: job, ticket: ticket, deadline: deadline))
        earliestDeadline = earliestDeadline.map { min($0, deadline) } ?? deadline
        return .wait
    }

    /// Why no job of this lane is admitted as things stand.
    private func refusal(in lane: HashingLane) -> HashingError? {
        if isClosed { return .shutDown }
        guard idle.isEmpty, waiting.count >= room(in: lane) else { return nil }
        return .overloaded(retryAfter: retryAfter)
    }

    /// How many jobs may wait when one of this lane comes to wait too.
    private func room(in lane: HashingLane) -> Int {
        switch lane {
        case .open: limit - limit / 4
        case .reserved: limit
        }
    }

    private mutating func removeExpired(at now: ContinuousClock.Instant) -> [Job] {
        guard let earliestDeadline, earliestDeadline <= now else { return [] }
        let expired = waiting.filter { $0.deadline <= now }.map(\.job)
        waiting.removeAll { $0.deadline <= now }
        self.earliestDeadline = waiting.map(\.deadline).min()
        counters.expired += expired.count
        return expired
    }

    private mutating func updateGauges() {
        counters.waiting = waiting.count
        counters.running = workerCount - idle.count
    }
}
