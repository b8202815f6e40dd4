// SPDX-License-Identifier: Apache-2.0

/// What a server asks for replies: once with the head of each request, and once more with the body where memory alone does
/// not suffice.
public protocol RequestHandler: Sendable {
    /// What the handler knows of a request that it has not answered yet, so that it finds out nothing twice.
    associatedtype Admission: AdmittedRequest

    /// Answers from memory, on the event loop, or admits the request to ``respond(to:under:)``.
    ///
    /// Called exactly once for each request, when its head has been read, so ``Request/body`` is empty. It must not block,
    /// wait or do more than some microseconds of work: every other connection of the loop waits for it.
    func admit(_ head: Request) -> RequestDecision<Admission>

    /// Answers an admitted request.
    ///
    /// `body` is the whole body, bounded by the server, and empty where the admission ignores it. `admission` is the
    /// one that ``admit(_:)`` returned for this request.
    func respond(to body: [UInt8], under admission: Admission) async -> Reply

    /// The answer to what never became a request or did not become one in time.
    func refuse(_ failure: TransportFailure) -> Reply
}
