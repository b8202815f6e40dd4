// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Does the work that leads to a mail after the answer, where the answer must not tell whether there is one.
///
/// The work ends with an entry of the outbox, or with nothing.
struct MailDispatch: Sendable {
    /// Whether mail can be sent at all.
    let canSend: Bool
    /// Work that callers requested, including unauthenticated ones.
    let requested: DeferredQueue
    let losses: MailLosses

    init(core: ServiceCore, canSend: Bool) {
        self.canSend = canSend
        let losses = MailLosses(refusals: core.refusals, observe: core.observe)
        self.losses = losses
        requested = DeferredQueue(capacity: 1_000, jitter: { core.shortDelay() }) { losses.note($0, $1) }
    }

    /// Work left for after an answer.
    var waitingCount: Int { requested.count }

    /// Enqueues requested work; the caller learns if the queue is full.
    func enqueue(
        _ kind: MailKind, about user: UserID? = nil, _ context: OperationContext, _ job: @escaping DeferredQueue.Job
    ) throws(AuthError) {
        guard requested.enqueue(DeferredQueue.Matter(kind: kind, user: user, context: context), job) else {
            throw .overloaded(retryAfter: .seconds(30))
        }
    }
}
