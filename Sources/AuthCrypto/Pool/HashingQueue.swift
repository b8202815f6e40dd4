// SPDX-License-Identifier: Apache-2.0

import AuthSystem

/// Decides which job a worker does next and which jobs are refused: the rules of ``HashingPool`` without its threads.
///
/// A job is in one place only: refused at once, handed to an idle worker, or waiting here until a worker is free, its
/// deadline passes, it is cancelled or it gives way to another. Jobs wait only while every worker is busy.
///
/// There are two lanes, each first come, first served: a quarter of the places are reserved (``ReservedPlaces``), the
/// others are open to every job. Where jobs wait in both lanes, the workers take from them by turns, so that neither
/// delays the other by more than one job for each of its own.
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
        /// Whose job it is, where that is known.
        let holder: HashingHolder?
    }

    private let workerCount: Int
    private var idle: [Int]
    private var open: BoundedQueue<Waiting>
    private var reserved: [Waiting] = []
    private var places: ReservedPlaces
    /// Whether the job that a worker took last came from the reserved lane.
    private var tookReserved = false
    /// No waiting job has an earlier deadline: before it there is no need to look through them.
    private var earliestDeadline: ContinuousClock.Instant?
    /// When each worker began its job; `nil` while it is idle.
    private var began: [ContinuousClock.Instant?]
    private var averageWork = Duration.milliseconds(20)
    private var isClosed = false
    private(set) var counters = HashingCounters()

    /// Makes a queue of at most `limit` waiting jobs for workers 0 to `workers` − 1, all idle.
    init(workers: Int, limit: Int) {
        workerCount = workers
        let reserve = limit / 4
        open = BoundedQueue(capacity: limit - reserve)
        places = ReservedPlaces(capacity: reserve)
        // The last is taken first: worker 0 before the others.
        idle = (0..<workers).reversed()
        began = Array(repeating: nil, count: workers)
    }

    /// Whether the queue is closed and no job is waiting or being done.
    var isDrained: Bool { isClosed && idle.count == workerCount }

    /// Offers a job.
    ///
    /// Jobs that are `dropped` made room, because their deadline has passed or they give way, and have to be told so.
    mutating func offer(
        _ job: Job, ticket: Ticket, lane: HashingLane = .open, deadline: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) -> (admission: Admission, dropped: [Job]) {
        var dropped = removeExpired(at: now)
        defer { updateGauges() }
        if !isClosed, deadline <= now {
            counters.expired += 1
            return (.refuse(.overloaded(retryAfter: retryAfter)), dropped)
        }
        let waiting = Waiting(job: job, ticket: ticket, deadline: deadline, holder: lane.holder)
        guard !isClosed else { return (refuse(.shutDown), dropped) }
        if let worker = idle.popLast() {
            begin(waiting, on: worker, at: now)
            return (.start(worker: worker), dropped)
        }
        if let holder = lane.holder, !places.isWaiting(holder) {
            if places.isFull, let other = places.givesWay(to: holder) { dropped += moveAside(other) }
            if !places.isFull {
                places.take(holder)
                reserved.append(waiting)
                return (wait(until: deadline), dropped)
            }
        }
        guard open.append(waiting) else {
            return (refuse(.overloaded(retryAfter: retryAfter)), dropped)
        }
        return (wait(until: deadline), dropped)
    }

    /// Says why a job would be refused now, and counts it as refused; `nil` if it would be admitted.
    ///
    /// Jobs that are `dropped` made room first and have to be told so. With `mayBeReserved`, the job may turn out to
    /// belong to a holder; it is then refused only where no holder would be admitted.
    mutating func vacancy(
        mayBeReserved: Bool, at now: ContinuousClock.Instant
    ) -> (refusal: HashingError?, dropped: [Job]) {
        let dropped = removeExpired(at: now)
        updateGauges()
        let refusal = refusal(mayBeReserved: mayBeReserved)
        if refusal != nil { counters.refused += 1 }
        return (refusal, dropped)
    }

    /// Takes note that `worker` has finished its job and says what it does next.
    mutating func finished(
        _ worker: Int, at now: ContinuousClock.Instant
    ) -> (assignment: Assignment, dropped: [Job]) {
        if let start = began[worker] {
            averageWork += (now - start - averageWork) / 8
            counters.completed += 1
        }
        began[worker] = nil
        let dropped = removeExpired(at: now)
        defer { updateGauges() }
        guard let next = takeNext() else {
            idle.append(worker)
            return (isClosed ? .stop : .rest, dropped)
        }
        begin(next, on: worker, at: now)
        return (.perform(next.job), dropped)
    }

    /// Takes a waiting job out; `nil` if it is not waiting (any more).
    mutating func cancel(_ ticket: Ticket) -> Job? {
        defer { updateGauges() }
        if let waiting = open.removeFirst(where: { $0.ticket == ticket }) {
            counters.cancelled += 1
            return waiting.job
        }
        guard let index = reserved.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        counters.cancelled += 1
        return removeReserved(at: index).job
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
        let backlog = averageWork * (waitingCount + workerCount - idle.count) / max(workerCount, 1)
        return .seconds(min(max(backlog.components.seconds + 1, 1), 30))
    }

    private func refusal(mayBeReserved: Bool) -> HashingError? {
        if isClosed { return .shutDown }
        if !idle.isEmpty || !open.isFull { return nil }
        return mayBeReserved && places.hasRoomForNewcomer ? nil : .overloaded(retryAfter: retryAfter)
    }

    private var waitingCount: Int { open.count + reserved.count }

    private mutating func refuse(_ error: HashingError) -> Admission {
        counters.refused += 1
        return .refuse(error)
    }

    private mutating func wait(until deadline: ContinuousClock.Instant) -> Admission {
        earliestDeadline = earliestDeadline.map { min($0, deadline) } ?? deadline
        return .wait
    }

    /// Notes that a worker does the job now.
    private mutating func begin(_ waiting: Waiting, on worker: Int, at now: ContinuousClock.Instant) {
        began[worker] = now
        if let holder = waiting.holder { places.begin(holder) }
    }

    /// Takes the job that is done next: from the lanes by turns where jobs wait in both.
    ///
    /// Of the reserved ones it is that of the holder who was served longest ago. In the order of their arrival an owner
    /// would wait behind all users of an attacker, for longer than jobs may wait.
    private mutating func takeNext() -> Waiting? {
        guard !open.isEmpty || !reserved.isEmpty else { return nil }
        tookReserved = open.isEmpty || (!reserved.isEmpty && !tookReserved)
        guard tookReserved else { return open.popFirst() }
        let next = places.next
        return removeReserved(at: reserved.firstIndex { $0.holder == next } ?? 0)
    }

    private mutating func removeReserved(at index: Int) -> Waiting {
        let waiting = reserved.remove(at: index)
        if let holder = waiting.holder { places.leave(holder) }
        return waiting
    }

    /// Moves the waiting job of a holder that gives way to another into an open place.
    ///
    /// - Returns: The job, where there is none: it is refused.
    private mutating func moveAside(_ holder: HashingHolder) -> [Job] {
        guard let index = reserved.firstIndex(where: { $0.holder == holder }) else { return [] }
        let waiting = removeReserved(at: index)
        if open.append(waiting) { return [] }
        counters.refused += 1
        return [waiting.job]
    }

    private mutating func removeExpired(at now: ContinuousClock.Instant) -> [Job] {
        guard let earliestDeadline, earliestDeadline <= now else { return [] }
        let expired = open.removeAll { $0.deadline <= now } + reserved.filter { $0.deadline <= now }
        reserved.removeAll { $0.deadline <= now }
        places.keep(reserved.compactMap(\.holder))
        self.earliestDeadline = (open.elements + reserved).map(\.deadline).min()
        counters.expired += expired.count
        return expired.map(\.job)
    }

    private mutating func updateGauges() {
        counters.waiting = waitingCount
        counters.running = workerCount - idle.count
    }
}

extension HashingLane {
    /// The holder that a reserved place would count for.
    fileprivate var holder: HashingHolder? {
        switch self {
        case .open: nil
        case .reserved(let holder): holder
        }
    }
}
