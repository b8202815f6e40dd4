// SPDX-License-Identifier: Apache-2.0

import AuthStore

/// An operation with its caller, wherever it is.
struct PendingOperation {
    let job: OperationJob
    var run: OperationRun
}

/// The I/O thread's state of one connection.
///
/// A class, because it is changed in place while events about other connections are handled.
final class ConnectionLink {
    /// The purpose of a connection.
    enum Role {
        /// Operations of the pool.
        case operations
        /// Listening for notifications of the change feed only.
        case listening
    }

    /// How far the server was asked to end a batch that takes too long.
    enum Patience {
        case waiting
        case cancelling
    }

    let id: ConnectionID
    let role: Role
    /// Absent while its host is being resolved.
    var connection: PostgresConnection?
    /// Whether the server has accepted this process.
    var isOpen = false
    /// Whether the session's settings are made, too, so that operations may use it.
    var isReady = false
    var pending: PendingOperation?
    /// When opening the connection, or its batch in flight, must be finished.
    var deadline: ContinuousClock.Instant?
    var patience = Patience.waiting
    /// Whether the connection must not be reused: a cancel request may still arrive at the server, or the cause closes it.
    var mustClose = false
    /// The socket that is waited for, and the events.
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
