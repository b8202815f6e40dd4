// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL

/// Everything that the I/O thread does: it waits for sockets and messages, moves flights, and lets callers go on.
///
/// One thread serves all connections, so that a burst of results costs one wake-up. Programs run on it between their
/// flights: they are pure and short. Callers are resumed together when everything that was ready has been handled.
final class PostgresEngine {
    typealias Instant = ContinuousClock.Instant

    /// How much longer than the server the client waits before it asks to cancel, where the server knows the bound.
    private static let serverGrace: Duration = .seconds(1)
    /// How long a cancelled flight has to come back before its connection is closed.
    private static let cancelGrace: Duration = .seconds(2)
    private static let closed = OperationJob.Outcome.failure(.unavailable("the database driver is closed"))
    /// The first and the longest pause before looking again for octets that TLS holds back.
    private static let shortestLook: Duration = .milliseconds(4)
    private static let longestLook: Duration = .milliseconds(500)

    let configuration: PostgresConfiguration
    let poll: EventPoll
    let inbox: LoopInbox
    let worker: BlockingWorker
    private let counts: PublishedCounts
    private let clock = ContinuousClock()

    private(set) var now: Instant
    private var pool: PoolMachine
    private var links: [UInt64: ConnectionLink] = [:]
    private var waiting: [UInt64: Errand] = [:]
    private var agenda: [PoolMachine.Action] = []
    private var finished: [(job: OperationJob, outcome: OperationJob.Outcome)] = []
    private var feed = FeedListener()
    private var hostOffset = 0
    private var drainDeadline: Instant?
    /// No later than the first deadline of a connection; it may be one that has been met since.
    private var linkDeadline: Instant?

    init(
        _ configuration: PostgresConfiguration, poll: EventPoll, inbox: LoopInbox, worker: BlockingWorker,
        counts: PublishedCounts
    ) {
        self.configuration = configuration
        self.poll = poll
        self.inbox = inbox
        self.worker = worker
        self.counts = counts
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
            letCallersGo()
        }
        end()
    }

    // MARK: Messages

    private func handle(_ message: LoopMessage) {
        switch message {
        case .submit(let job):
            let run = OperationRun(job.kind, job.program, statementTimeout: configuration.statementTimeout)
            waiting[job.id] = Errand(job: job, run: run)
            agenda += pool.arrived(job.id, at: now)
        case .leave(let job):
            if waiting.removeValue(forKey: job) != nil { pool.left(job) }
        case .resolved(let id, let outcome):
            guard let link = links[id.number] else { return }
            switch outcome {
            case .success(let targets): connect(link, targets)
            case .failure(let failure): lose(link, failure.diagnostic)
            }
        case .subscribe(let subscriber, let continuation):
            guard drainDeadline == nil else { return continuation.finish() }
            feed.subscribe(subscriber, continuation, at: now)
        case .unsubscribe(let subscriber):
            feed.unsubscribe(subscriber)
        case .close:
            guard drainDeadline == nil else { return }
            drainDeadline = now + configuration.drainTimeout
            feed.close()
            if let link = links[ConnectionID.listener.number] { discard(link) }
            agenda += pool.close()
        }
        performAgenda()
    }

    // MARK: The pool's wishes

    private func performAgenda() {
        var position = 0
        // Performing an action may append further ones.
        while position < agenda.count {
            let action = agenda[position]
            position += 1
            switch action {
            case .open(let id): open(ConnectionLink(id, .operations))
            case .lease(let id, let job): lease(id, job)
            case .close(let id): if let link = links[id.number] { discard(link) }
            case .refuse(let job, let diagnostic):
                guard let errand = waiting.removeValue(forKey: job) else { continue }
                finished.append((errand.job, .failure(.unavailable(diagnostic))))
            }
        }
        agenda.removeAll(keepingCapacity: true)
    }

    private func lease(_ id: ConnectionID, _ job: UInt64) {
        guard let link = links[id.number] else { return }
        guard let errand = waiting.removeValue(forKey: job), errand.job.begin() else {
            agenda += pool.released(id, at: now)
            return
        }
        link.errand = errand
        if let action = link.errand?.run.start() { perform(action, on: link) }
    }

    // MARK: Opening

    private func open(_ link: ConnectionLink) {
        links[link.id.number] = link
        setDeadline(now + configuration.connectTimeout, of: link)
        let hosts = configuration.hosts.rotated(by: hostOffset)
        guard hosts.contains(where: \.needsResolving) else {
            return connect(link, hosts.map { ConnectTarget(host: $0.name, address: "", port: $0.port) })
        }
        let id = link.id
        worker.perform { [inbox] in _ = inbox.post(.resolved(id, hosts.resolved())) }
    }

    private func connect(_ link: ConnectionLink, _ targets: [ConnectTarget]) {
        guard link.connection == nil else { return }
        guard let connection = PostgresConnection(configuration, targets: targets) else {
            return lose(link, "no memory for a connection")
        }
        link.connection = connection
        advanceOpening(link, connection.firstStep)
    }

    private func advanceOpening(_ link: ConnectionLink, _ step: PostgresConnection.Opening) {
        switch step {
        case .waiting(let interest):
            // Each step may use another socket under the same number, of which epoll knows nothing yet.
            watch(link, interest, isNew: true)
        case .done:
            link.isOpen = true
            link.deadline = nil
            watch(link, .readable)
            switch link.role {
            case .operations:
                agenda += pool.opened(link.id, at: now)
            case .listening:
                send(Flight([Statement(TransactionSQL.listen)], timeout: configuration.statementTimeout), on: link)
            }
        case .failed(let diagnostic):
            lose(link, diagnostic)
        }
    }

    private func watch(_ link: ConnectionLink, _ interest: EventPoll.Interest, isNew: Bool = false) {
        guard let descriptor = link.connection?.descriptor, descriptor >= 0 else {
            return lose(link, "the connection has no socket")
        }
        if let watched = link.watched, watched.descriptor == descriptor, watched.interest == interest, !isNew { return }
        if let watched = link.watched, watched.descriptor != descriptor { poll.forget(watched.descriptor) }
        guard poll.watch(descriptor, for: interest, token: link.id.number) else {
            return lose(link, "the system cannot wait for another socket")
        }
        link.watched = (descriptor, interest)
    }

    // MARK: Sockets

    private func socketIsReady(_ token: UInt64) {
        guard let link = links[token], let connection = link.connection else { return }
        if link.isOpen {
            receive(link, connection)
        } else {
            advanceOpening(link, connection.open())
        }
        performAgenda()
    }

    private func receive(_ link: ConnectionLink, _ connection: PostgresConnection) {
        arrived(connection.receive(), on: link)
        if connection.takeNotifications() { feed.signal() }
        guard links[link.id.number] === link, link.isOpen else { return }
        watch(link, connection.wantsToWrite ? [.readable, .writable] : .readable)
        lookAgainLater(link, connection)
    }

    /// libpq hands TLS a buffer that may be smaller than what TLS has decrypted already, of which the socket shows
    /// nothing; so while an answer is outstanding, it is asked again after short and growing pauses.
    private func lookAgainLater(_ link: ConnectionLink, _ connection: PostgresConnection) {
        guard connection.isBusy, connection.isEncrypted else {
            link.secondLook = nil
            return
        }
        link.secondLook = (now + Self.shortestLook, Self.shortestLook)
        remind(now + Self.shortestLook)
    }

    private func lookAgain(_ link: ConnectionLink, after pause: Duration) {
        guard let connection = link.connection else { return }
        arrived(connection.receive(), on: link)
        guard links[link.id.number] === link, connection.isBusy else {
            link.secondLook = nil
            return
        }
        let longer = min(pause * 2, Self.longestLook)
        link.secondLook = (now + longer, longer)
    }

    private func arrived(_ arrival: PostgresConnection.Arrival, on link: ConnectionLink) {
        if case .pending = arrival { return }
        if case .disconnected(let diagnostic) = arrival { return lose(link, diagnostic) }
        link.deadline = nil
        let action: OperationRun.Action? =
            switch arrival {
            case .landed(let results): link.errand?.run.landed(results)
            case .failed(let failure): link.errand?.run.failed(failure)
            case .refused(let error): link.errand?.run.refused(error)
            case .pending, .disconnected: nil
            }
        if let action {
            perform(action, on: link)
        } else {
            listenerArrived(arrival, link)
        }
    }

    // MARK: Operations

    private func perform(_ action: OperationRun.Action, on link: ConnectionLink) {
        switch action {
        case .send(let flight):
            send(flight, on: link)
        case .finish(let outcome):
            finish(link, outcome)
            if link.isSpoiled || link.connection?.isBusy != false {
                discard(link)
                agenda += pool.closed(link.id, at: now)
            } else {
                agenda += pool.released(link.id, at: now)
            }
        case .elsewhere:
            let errand = link.errand.take()
            discard(link)
            agenda += pool.closed(link.id, at: now)
            if let errand { move(errand) }
        }
    }

    private func send(_ flight: Flight, on link: ConnectionLink) {
        guard let connection = link.connection else { return }
        let grace = configuration.pooler == .none ? Self.serverGrace : .zero
        setDeadline(now + flight.timeout + grace, of: link)
        let arrival = connection.send(flight)
        switch arrival {
        case .pending:
            if connection.wantsToWrite { watch(link, [.readable, .writable]) }
        case .landed, .failed, .refused, .disconnected:
            arrived(arrival, on: link)
        }
    }

    private func finish(_ link: ConnectionLink, _ outcome: OperationJob.Outcome) {
        guard let job = link.errand.take()?.job else { return }
        link.deadline = nil
        finished.append((job, outcome))
        if job.kind == .writeFeed, case .success = outcome { feed.ownCommit() }
    }

    private func move(_ errand: Errand) {
        waiting[errand.job.id] = errand
        agenda += pool.arrived(errand.job.id, at: now, isFirst: true)
    }

    /// A connection is gone, was never there, or must go.
    private func lose(_ link: ConnectionLink, _ diagnostic: StoreDiagnostic, isLate: Bool = false) {
        guard links[link.id.number] === link else { return }
        let wasOpen = link.isOpen
        var errand = link.errand.take()
        discard(link)
        switch link.role {
        case .listening:
            feed.lost(at: now)
        case .operations where wasOpen:
            agenda += pool.closed(link.id, at: now)
        case .operations:
            agenda += pool.openingFailed(link.id, diagnostic, at: now)
        }
        guard let action = errand?.run.disconnected(diagnostic, isLate: isLate), let errand else { return }
        switch action {
        case .elsewhere: move(errand)
        case .finish(let outcome): finished.append((errand.job, outcome))
        // There is nothing to send it on.
        case .send: finished.append((errand.job, .failure(.unavailable(diagnostic))))
        }
    }

    private func discard(_ link: ConnectionLink) {
        if let watched = link.watched { poll.forget(watched.descriptor) }
        links[link.id.number] = nil
        link.watched = nil
        link.connection = nil
        link.isOpen = false
    }

    private func letCallersGo() {
        guard !finished.isEmpty else { return }
        for (job, outcome) in finished { job.finish(outcome) }
        finished.removeAll(keepingCapacity: true)
    }

    // MARK: The feed

    private func listenerArrived(_ arrival: PostgresConnection.Arrival, _ link: ConnectionLink) {
        switch arrival {
        case .landed:
            pool.databaseWasReached()
            feed.listening()
        case .failed(let failure): lose(link, failure.diagnostic)
        case .refused(let error): lose(link, StoreDiagnostic(error.diagnostic ?? error.description))
        case .pending, .disconnected: return
        }
    }

    // MARK: Time

    /// When there may be something to do without anybody asking.
    private var deadline: Instant? {
        [pool.deadline, linkDeadline, feedOpeningTime, drainDeadline].compactMap(\.self).min()
    }

    private var feedOpeningTime: Instant? {
        configuration.pooler == .none ? feed.openingTime : nil
    }

    private func setDeadline(_ instant: Instant, of link: ConnectionLink) {
        link.deadline = instant
        remind(instant)
    }

    /// Makes sure that a connection is looked at no later than then.
    private func remind(_ instant: Instant) {
        if let linkDeadline, linkDeadline <= instant { return }
        linkDeadline = instant
    }

    private func timeHasPassed() {
        if let linkDeadline, now >= linkDeadline {
            self.linkDeadline = nil
            for link in Array(links.values) {
                if let look = link.secondLook, now >= look.at { lookAgain(link, after: look.pause) }
                if let deadline = link.deadline, now >= deadline { isOverdue(link) }
            }
            for link in links.values {
                if let deadline = link.deadline { remind(deadline) }
                if let look = link.secondLook { remind(look.at) }
            }
        }
        if let time = feedOpeningTime, now >= time {
            feed.opening()
            open(ConnectionLink(.listener, .listening))
        }
        if let time = pool.deadline, now >= time { agenda += pool.passed(now) }
        performAgenda()
    }

    private func isOverdue(_ link: ConnectionLink) {
        guard link.isOpen, link.role == .operations else {
            // A host that takes connections in and never answers would be tried first again.
            hostOffset &+= 1
            return lose(link, "the server did not answer in time")
        }
        switch link.patience {
        case .waiting:
            link.patience = .cancelling
            link.isSpoiled = true
            setDeadline(now + Self.cancelGrace, of: link)
            guard let cancellation = link.connection?.makeCancellation() else { return }
            worker.perform { cancellation.send() }
        case .cancelling:
            lose(link, "the server did not answer in time", isLate: true)
        }
    }

    // MARK: The end

    private var isDone: Bool {
        guard let drainDeadline else { return false }
        return pool.isEmpty && agenda.isEmpty || now >= drainDeadline
    }

    private func end() {
        for message in inbox.close() {
            switch message {
            case .submit(let job): finished.append((job, Self.closed))
            case .subscribe(_, let continuation): continuation.finish()
            case .leave, .resolved, .unsubscribe, .close: continue
            }
        }
        for link in Array(links.values) {
            if let errand = link.errand.take() { finished.append((errand.job, Self.closed)) }
            discard(link)
        }
        for errand in waiting.values { finished.append((errand.job, Self.closed)) }
        waiting = [:]
        feed.close()
        worker.close()
        counts.publish(PoolCounts())
        letCallersGo()
    }
}

@available(*, unavailable)
extension PostgresEngine: Sendable {}

extension ConnectionID {
    /// The connection that only listens; the pool's numbers start at 1.
    static let listener = ConnectionID(number: 0)
}

extension Array {
    fileprivate func rotated(by offset: Int) -> [Element] {
        guard count > 1 else { return self }
        let start = offset % count
        return Array(self[start...] + self[..<start])
    }
}
