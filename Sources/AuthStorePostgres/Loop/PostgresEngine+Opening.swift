// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL

/// Connections, from the wish for one to the first moment it can be used.
extension PostgresEngine {
    /// Begins to open a connection, by way of the resolver where a host is a name.
    func open(_ link: ConnectionLink) {
        links[link.id.number] = link
        setDeadline(now + configuration.connectTimeout, of: link)
        let hosts = configuration.hosts.rotated(by: hostOffset)
        guard hosts.contains(where: \.needsResolving) else {
            return connect(link, hosts.map(\.target))
        }
        let id = link.id
        worker.perform { [inbox] in _ = inbox.post(.resolved(id, hosts.resolved())) }
    }

    /// Begins to connect, now that the addresses are known.
    func connect(_ link: ConnectionLink, _ targets: [ConnectTarget]) {
        guard link.connection == nil else { return }
        guard let connection = PostgresConnection(configuration, targets: targets) else {
            return lose(link, "no memory for a connection")
        }
        link.connection = connection
        advanceOpening(link, connection.firstStep)
    }

    /// Goes on from one step of libpq's to the next.
    func advanceOpening(_ link: ConnectionLink, _ step: PostgresConnection.Opening) {
        switch step {
        case .waiting(let interest):
            // Each step may use another socket under the same number, of which epoll knows nothing yet.
            watch(link, interest, isNew: true)
        case .done:
            link.isOpen = true
            watch(link, .readable)
            prepare(link)
        case .failed(let failure):
            lose(link, failure)
        }
    }

    /// Makes the settings of a new session, and listens where that is what it is for.
    private func prepare(_ link: ConnectionLink) {
        var statements = SessionSettings.opening(configuration)
        if link.role == .listening { statements.append(Statement(TransactionSQL.listen)) }
        guard !statements.isEmpty else { return ready(link) }
        // It is part of opening, which has its time already.
        let deadline = link.deadline
        send(StatementBatch(statements, timeout: configuration.statementTimeout), on: link)
        if let deadline, link.deadline != nil { setDeadline(deadline, of: link) }
    }

    /// A connection can be used.
    func ready(_ link: ConnectionLink) {
        link.isReady = true
        link.deadline = nil
        switch link.role {
        case .operations:
            pendingActions += pool.opened(link.id, at: now)
        case .listening:
            pool.databaseWasReached()
            feed.listening()
        }
    }

    /// What came of the settings of a new session.
    func prepared(_ link: ConnectionLink, _ arrival: PostgresConnection.Arrival) {
        switch arrival {
        case .completed: ready(link)
        case .failed(let failure):
            var reason = ConnectFailure(failure.diagnostic)
            reason.isDenied = failure.meaning == .denied
            lose(link, reason)
        case .refused(let error): lose(link, StoreDiagnostic(error.diagnostic ?? error.description))
        case .pending, .disconnected: return
        }
    }

    /// Waits for the connection's socket from now on.
    func watch(_ link: ConnectionLink, _ interest: EventPoll.Interest, isNew: Bool = false) {
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
}

extension Array {
    fileprivate func rotated(by offset: Int) -> [Element] {
        guard count > 1 else { return self }
        let start = offset % count
        return Array(self[start...] + self[..<start])
    }
}
