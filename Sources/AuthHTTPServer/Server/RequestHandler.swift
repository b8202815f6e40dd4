// SPDX-License-Identifier: Apache-2.0

/// What a server asks for answers, through two doors.
public protocol RequestHandler: Sendable {
    /// Answers from memory, on the event loop, or says by `nil` that it cannot.
    ///
    /// Called when the head has been read, so ``Request/body`` is empty, and for every request. It must not block, wait
    /// or do more than some microseconds of work: every other connection of the loop waits for it.
    func respondFromMemory(_ request: Request) -> Reply?

    /// Answers a request for which ``respondFromMemory(_:)`` returned `nil`, with its body.
    func respond(to request: Request) async -> Reply

    /// Whether the task that answers such a request is cancelled when its client is gone, or will send nothing more.
    ///
    /// True for what may wait long; what writes is better done to its end.
    func cancelsOnDisconnect(_ method: RequestMethod?, _ target: String) -> Bool

    /// Whether such a request is answered without its body, however long that is.
    ///
    /// Asked only for requests that have one.
    func ignoresBody(_ method: RequestMethod?, _ target: String) -> Bool

    /// The answer to what never became a request or did not become one in time.
    func refuse(_ failure: TransportFailure) -> Reply
}

extension RequestHandler {
    /// Never.
    public func cancelsOnDisconnect(_ method: RequestMethod?, _ target: String) -> Bool { false }

    /// Never.
    public func ignoresBody(_ method: RequestMethod?, _ target: String) -> Bool { false }
}

/// Why a connection's bytes did not become a request.
public enum TransportFailure: Error, Hashable, Sendable, CaseIterable {
    /// The bytes are not HTTP/1, or have two readings.
    case malformed
    /// The head is larger, or has more fields, than allowed.
    case headTooLarge
    /// The body is larger than allowed.
    case bodyTooLarge
    /// Head or body did not arrive in time.
    case timeout
    /// An expectation other than `100-continue`.
    case unsupportedExpectation
    /// A transfer coding other than `chunked`.
    case unsupportedCoding
    /// A protocol version other than HTTP/1.0 and HTTP/1.1.
    case unsupportedVersion
    /// There are as many connections as allowed.
    case tooManyConnections
}
