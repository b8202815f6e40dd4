// SPDX-License-Identifier: Apache-2.0

/// What a server asks for replies: with the head of each request, which is answered from memory or admitted to be answered
/// once its body has been read.
public protocol RequestHandler: Sendable {
    /// Answers from memory, on the event loop, or admits the request to be answered in a task.
    ///
    /// Called exactly once for each request, when its head has been read, so ``Request/body`` is empty. It must not block,
    /// wait or do more than some microseconds of work: every other connection of the loop waits for it.
    func admit(_ head: Request) -> RequestDecision

    /// The answer to what never became a request or did not become one in time.
    func refuse(_ failure: TransportFailure) -> Reply
}
