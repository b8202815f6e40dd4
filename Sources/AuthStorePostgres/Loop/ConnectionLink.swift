// SPDX-License-Identifier: Apache-2.0

import AuthStore

/// An operation with its caller, wherever it is.
struct PendingOperation {
    let job: OperationJob
    var run: OperationRun
}

/// What the I/O thread knows about one connection.
///
/// A class, because it is changed in place while events about other connections are handled.
final class ConnectionLink {
    /// What a connection is for.
    enum Role {
        /// Operations of the pool.
        case operations
        /// Nothing but hearing of the change feed.
        case listening
    }

    /// How far the server was pressed to end a batch that takes too long.
    enum Patience {
        case waiting
        case cancelling
    }

    let id: ConnectionID
    let role: Role
    /// Absent while its host is being resolved.
    var connection: PostgresConnection?
    /// Whether the server has taken this process in.
    var isOpen = false
    /// Whether the session's settings are made, too, so that operations may use it.
    var isReady = false
    var pending: PendingOperation?
    /// When opening the connection, or its batch in flight, must be finished.
    var deadline: ContinuousClock.Instant?
    var patience = Patience.waiting
    /// Whether the connection must not be reused: a cancel request may still arrive at the server, or the cause closes it.
    var mustClose = false
    /// The socket that is waited for, and what for.
    var watched: (descriptor: Int32, interest: EventPoll.Interest)?
    /// When to look for octets that TLS holds back, and the pause after that.
    var tlsPoll: (at: ContinuousClock.Instant, pause: Duration)?

    init(_ id: ConnectionID, _ role: Role) {
        self.id = id
        self.role = role
    }
}

@available(*, unavailable)
extension ConnectionLink: Sendable {}
