// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Where a connection stands.
enum ConnectionPhase {
    /// No request; the next bytes begin one, or have begun it where there is half a head.
    case waiting(since: NIODeadline, hasPartialHead: Bool)
    /// The head is admitted; the body is being read.
    case receiving(DeferredRequest)
    /// A task answers the request.
    case responding(DeferredRequest)
    /// The reply is written although the request has not been read to its end.
    case discarding(RequestFraming, remaining: Int)
    /// The last reply is being written.
    case finishing(lingers: Bool)
    /// The last reply is written; what the client still sends is thrown away.
    case lingering
    /// Nothing more happens.
    case closed

    /// Since when nothing has been read of a next request; `nil` in every other phase.
    var waitingSince: NIODeadline? {
        guard case .waiting(let since, false) = self else { return nil }
        return since
    }

    /// Whether the next part begins a request.
    var awaitsHead: Bool {
        if case .waiting = self { true } else { false }
    }

    /// Whether a task answers a request.
    var isResponding: Bool {
        if case .responding = self { true } else { false }
    }

    /// Whether nothing that is read counts any more.
    var isEnding: Bool {
        switch self {
        case .waiting, .receiving, .responding, .discarding: false
        case .finishing, .lingering, .closed: true
        }
    }
}

/// A request that a task answers, as far as its connection is concerned.
struct DeferredRequest {
    let framing: RequestFraming
    let cancelsOnDisconnect: Bool
    let ignoresBody: Bool

    /// Whether it is answered without its body, which is never read: the connection ends with the reply.
    var leavesBodyUnread: Bool { ignoresBody && framing.hasBody }
}
