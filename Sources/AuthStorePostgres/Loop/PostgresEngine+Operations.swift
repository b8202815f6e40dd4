// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL

/// Batches, from a connection that is open to the caller who waits.
extension PostgresEngine {
    // MARK: Sockets

    /// A socket can be read or written; it may be one that was closed meanwhile.
    func socketIsReady(_ token: UInt64) {
        guard let link = links[token], let connection = link.connection else { return }
        if link.isOpen {
            receive(link, connection)
        } else {
            advanceOpening(link, connection.open())
        }
        performPendingActions()
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
            link.tlsPoll = nil
            return
        }
        link.tlsPoll = (now + Self.shortestLook, Self.shortestLook)
        remind(now + Self.shortestLook)
    }

    /// Looks again for octets that TLS holds back.
    func lookAgain(_ link: ConnectionLink, after pause: Duration) {
        guard let connection = link.connection else { return }
        arrived(connection.receive(), on: link)
        guard links[link.id.number] === link, connection.isBusy else {
            link.tlsPoll = nil
            return
        }
        let longer = min(pause * 2, Self.longestLook)
        link.tlsPoll = (now + longer, longer)
    }

    private func arrived(_ arrival: PostgresConnection.Arrival, on link: ConnectionLink) {
        if case .pending = arrival { return }
        if case .disconnected(let diagnostic) = arrival { return lose(link, diagnostic) }
        link.deadline = nil
        if case .failed(let failure) = arrival, failure.meaning == .sessionEnds || failure.isFatal {
            link.mustClose = true
        }
        let action: OperationRun.Action? =
            switch arrival {
            case .completed(let results, let doubt): link.pending?.run.completed(results, doubt: doubt)
            case .failed(let failure): link.pending?.run.failed(failure)
            case .refused(let error): link.pending?.run.refused(error)
            case .pending, .disconnected: nil
            }
        if let action {
            perform(action, on: link)
        } else {
            prepared(link, arrival)
        }
    }

    // MARK: Operations

    /// Performs what an operation wants of its connection.
    func perform(_ action: OperationRun.Action, on link: ConnectionLink) {
        switch action {
        case .send(let batch):
            send(batch, on: link)
        case .finish(let outcome):
            finish(link, outcome)
            if link.mustClose || link.connection?.isBusy != false {
                discard(link)
                pendingActions += pool.closed(link.id, at: now)
            } else {
                pendingActions += pool.released(link.id, at: now)
            }
        case .elsewhere:
            let pending = link.pending.take()
            discard(link)
            pendingActions += pool.closed(link.id, at: now)
            if let pending { move(pending) }
        }
    }

    /// Sends a batch on a connection that has none in flight.
    func send(_ batch: StatementBatch, on link: ConnectionLink) {
        guard let connection = link.connection else { return }
        setDeadline(now + batch.timeout + Self.serverGrace, of: link)
        let arrival = connection.send(batch)
        switch arrival {
        case .pending:
            if connection.wantsToWrite { watch(link, [.readable, .writable]) }
        case .completed, .failed, .refused, .disconnected:
            arrived(arrival, on: link)
        }
    }

    private func finish(_ link: ConnectionLink, _ outcome: OperationJob.Outcome) {
        guard let job = link.pending.take()?.job else { return }
        link.deadline = nil
        finished.append((job, outcome))
        if job.kind == .writeFeed, case .success = outcome { feed.ownCommit() }
    }

    private func move(_ pending: PendingOperation) {
        waiting[pending.job.id] = pending
        pendingActions += pool.arrived(pending.job.id, at: now, isFirst: true)
    }

    /// A connection is gone, was never there, or must go.
    func lose(_ link: ConnectionLink, _ diagnostic: StoreDiagnostic, isLate: Bool = false) {
        lose(link, ConnectFailure(diagnostic), isLate: isLate)
    }

    /// As above; a denial that came while it was being opened is what waiting operations are told.
    func lose(_ link: ConnectionLink, _ failure: ConnectFailure, isLate: Bool = false) {
        guard links[link.id.number] === link else { return }
        let diagnostic = failure.diagnostic
        let wasReady = link.isReady
        var pending = link.pending.take()
        discard(link)
        switch link.role {
        case .listening:
            feed.lost(at: now)
        case .operations where wasReady:
            pendingActions += isLate ? pool.wentSilent(link.id, at: now) : pool.closed(link.id, at: now)
        case .operations:
            pendingActions += pool.openingFailed(
                link.id, failure.isDenied ? .denied(diagnostic) : .unavailable(diagnostic), at: now)
        }
        guard let action = pending?.run.disconnected(diagnostic, isLate: isLate), let pending else { return }
        switch action {
        case .elsewhere: move(pending)
        case .finish(let outcome): finished.append((pending.job, outcome))
        // There is nothing to send it on.
        case .send: finished.append((pending.job, .failure(.unavailable(diagnostic))))
        }
    }

    /// Closes a connection without notifying the pool.
    func discard(_ link: ConnectionLink) {
        if let watched = link.watched { poll.forget(watched.descriptor) }
        links[link.id.number] = nil
        link.watched = nil
        link.connection = nil
        link.isOpen = false
        link.isReady = false
    }
}
