// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import AuthSystem

/// The I/O thread's work: it waits for sockets and messages, sends batches, and resumes callers.
///
/// One thread serves all connections, so that a burst of results costs one wake-up. Programs run on it between their
/// batches: they are pure and short. Callers are resumed together when everything that was ready has been handled.
final class PostgresEngine {
    typealias Instant = ContinuousClock.Instant

    /// How much longer than the server the client waits before it asks to cancel, if the server has the limit.
    static let serverGrace: Duration = .seconds(1)
    /// How long a cancelled batch has to come back before its connection is closed.
    private static let cancelGrace: Duration = .seconds(2)
    private static let closed = OperationJob.Outcome.failure(.unavailable("the database driver is closed"))
    /// The first and the longest pause before looking again for octets that TLS holds back.
    static let shortestLook: Duration = .milliseconds(4)
    static let longestLook: Duration = .milliseconds(500)

    let configuration: PostgresConfiguration
    let poll: EventPoll
    let inbox: LoopInbox
    let worker: BlockingWorker
    private let counts: PublishedCounts
    private let clock = ContinuousClock()

    var now: Instant
    var pool: PoolMachine
    var links: [UInt64: ConnectionLink] = [:]
    var waiting: [UInt64: PendingOperation] = [:]
    var pendingActions: [PoolMachine.Action] = []
    var finished: [(job: OperationJob, outcome: OperationJob.Outcome)] = []
    var feed: FeedListener
    var hostOffset = 0
    private var drainDeadline: Instant?
    /// No later than the first deadline of a connection; it may be one that has been met since.
    private var linkDeadline: Instant?

    init(
        _ configuration: PostgresConfiguration, poll: EventPoll, inbox: LoopInbox, worker: BlockingWorker,
        counts: PublishedCounts, signals: Broadcast
    ) {
        self.configuration = configuration
        self.poll = poll
        self.inbox = inbox
        self.worker = worker
        self.counts = counts
        feed = FeedListener(subscribers: signals)
        now = clock.now
        pool = PoolMachine(limits: configuration.pool)
    }

    /// Runs until it was told to close and everything is finished, or the time for that is over.
    func run() {
        while !isDone {
            let deadline = deadline
            let mayWait = inbox.fallAsleep()
            let ready = poll.wait(mayWait ? deadline.map { $0 - clock.now } : .zero)
            now = clock.now
            for token in ready { socketIsReady(token) }
            for message in inbox.take() { handle(message) }
            if let deadline, now >= deadline { timeHasPassed() }
            counts.publish(pool.counts)
            resumeWaiters()
        }
        end()
    }

    // MARK: Messages

    private func handle(_ message: LoopMessage) {
        switch message {
        case .submit(let job):
            let run = OperationRun(
                job.kind, job.program, statementTimeout: configuration.statementTimeout,
                settings: SessionSettings.transaction(configuration))
            waiting[job.id] = PendingOperation(job: job, run: run)
            pendingActions += pool.arrived(job.id, at: now)
        case .leave(let job):
            if waiting.removeValue(forKey: job) != nil { pool.left(job) }
        case .resolved(let id, let outcome):
            guard let link = links[id.number] else { return }
            switch outcome {
            case .success(let targets): connect(link, targets)
            case .failure(let failure): lose(link, failure.diagnostic)
            }
        case .subscribed: feed.subscribed(at: now)
        case .close:
            guard drainDeadline == nil else { return }
            drainDeadline = now + configuration.drainTimeout
            feed.close()
            if let link = links[ConnectionID.listener.number] { discard(link) }
            pendingActions += pool.close()
        }
        performPendingActions()
    }

    // MARK: The pool's wishes

    /// Performs what the pool asked for, and what that leads to.
    func performPendingActions() {
        var position = 0
        // Performing an action may append further ones.
        while position < pendingActions.count {
            let action = pendingActions[position]
            position += 1
            switch action {
            case .open(let id): open(ConnectionLink(id, .operations))
            case .lease(let id, let job): lease(id, job)
            case .close(let id): if let link = links[id.number] { discard(link) }
            case .refuse(let job, let error):
                guard let pending = waiting.removeValue(forKey: job) else { continue }
                finished.append((pending.job, .failure(error)))
            }
        }
        pendingActions.removeAll(keepingCapacity: true)
    }

    private func lease(_ id: ConnectionID, _ job: UInt64) {
        guard let link = links[id.number] else { return }
        guard let pending = waiting.removeValue(forKey: job), pending.job.begin() else {
            pendingActions += pool.released(id, at: now)
            return
        }
        link.pending = pending
        if let action = link.pending?.run.start() { perform(action, on: link) }
    }

    // MARK: Time

    /// When there may be something to do without a request.
    private var deadline: Instant? {
        [pool.deadline, linkDeadline, feedOpeningTime, drainDeadline].compactMap(\.self).min()
    }

    private var feedOpeningTime: Instant? {
        configuration.pooler == .none ? feed.openingTime : nil
    }

    /// Sets the deadline for opening a connection, or for its batch.
    func setDeadline(_ instant: Instant, of link: ConnectionLink) {
        link.deadline = instant
        remind(instant)
    }

    /// Makes sure that a connection is looked at no later than then.
    func remind(_ instant: Instant) {
        if let linkDeadline, linkDeadline <= instant { return }
        linkDeadline = instant
    }

    private func timeHasPassed() {
        if let linkDeadline, now >= linkDeadline {
            self.linkDeadline = nil
            for link in Array(links.values) {
                if let look = link.tlsPoll, now >= look.at { lookAgain(link, after: look.pause) }
                if let deadline = link.deadline, now >= deadline { isOverdue(link) }
            }
            for link in links.values {
                if let deadline = link.deadline { remind(deadline) }
                if let look = link.tlsPoll { remind(look.at) }
            }
        }
        if let time = feedOpeningTime, now >= time {
            feed.opening()
            open(ConnectionLink(.listener, .listening))
        }
        if let time = pool.deadline, now >= time { pendingActions += pool.passed(now) }
        performPendingActions()
    }

    private func isOverdue(_ link: ConnectionLink) {
        guard link.isReady, link.role == .operations else {
            // A host that takes connections in and never answers would be tried first again.
            hostOffset &+= 1
            return lose(link, "the server did not answer in time")
        }
        switch link.patience {
        case .waiting:
            link.patience = .cancelling
            link.mustClose = true
            setDeadline(now + Self.cancelGrace, of: link)
            guard let cancellation = link.connection?.makeCancellation() else { return }
            worker.perform { cancellation.send() }
        case .cancelling:
            lose(link, "the server did not answer in time", isLate: true)
        }
    }

    /// Resumes the callers of finished operations, all together.
    private func resumeWaiters() {
        guard !finished.isEmpty else { return }
        for (job, outcome) in finished { job.finish(outcome) }
        finished.removeAll(keepingCapacity: true)
    }

    // MARK: The end

    private var isDone: Bool {
        guard let drainDeadline else { return false }
        return pool.isEmpty && pendingActions.isEmpty || now >= drainDeadline
    }

    private func end() {
        for message in inbox.close() {
            switch message {
            case .submit(let job): finished.append((job, Self.closed))
            case .leave, .resolved, .subscribed, .close: continue
            }
        }
        for link in Array(links.values) {
            if let pending = link.pending.take() { finished.append((pending.job, Self.closed)) }
            discard(link)
        }
        for pending in waiting.values { finished.append((pending.job, Self.closed)) }
        waiting = [:]
        feed.close()
        worker.close()
        counts.publish(PoolCounts())
        resumeWaiters()
    }
}

@available(*, unavailable)
extension PostgresEngine: Sendable {}

extension ConnectionID {
    /// The connection that only listens; the pool's numbers start at 1.
    static let listener = ConnectionID(number: 0)
}
