// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// Sends mail, and does the work that leads to it, after the answer.
struct MailDispatch: Sendable {
    let core: ServiceCore
    let mailer: (any MailSending)?
    /// Work that callers requested, including unauthenticated ones.
    let requested: DeferredQueue
    /// Notices of completed actions, separate from requested work.
    let notices: DeferredQueue
    let losses: MailLosses

    init(core: ServiceCore, mailer: (any MailSending)?) {
        self.core = core
        self.mailer = mailer
        let losses = MailLosses(refusals: core.refusals, observe: core.observe)
        self.losses = losses
        let random = core.random
        let jitter: @Sendable () -> Duration = {
            // Up to a second.
            .microseconds(15 * random.bytes(count: 2).reduce(0) { $0 << 8 | Int($1) })
        }
        requested = DeferredQueue(capacity: 1_000, jitter: jitter) { losses.note($0, $1) }
        notices = DeferredQueue(capacity: 1_000, sharePerUser: 5, concurrency: 1, jitter: jitter) {
            losses.note($0, $1)
        }
    }

    /// Whether mail can be sent at all.
    var canSend: Bool { mailer != nil }

    /// Mails and other work left for after an answer.
    var waitingCount: Int { requested.count + notices.count }

    /// Whether a notice is mailed at all.
    func sends(_ notice: MailTemplate) -> Bool {
        canSend && !(notice.canBeTurnedOff && core.settings.disabledNotices.contains(notice))
    }

    /// Enqueues requested work; the caller learns if the queue is full.
    func enqueue(
        _ kind: MailKind, about user: UserID? = nil, _ context: OperationContext, _ job: @escaping DeferredQueue.Job
    ) throws(AuthError) {
        guard requested.enqueue(DeferredQueue.Matter(kind: kind, user: user, context: context), job) else {
            throw .overloaded(retryAfter: .seconds(30))
        }
    }

    /// Enqueues a notice, in the places that requested work cannot take.
    ///
    /// A notice is dropped if the queue is full, but its action is not undone; the operator gets a report.
    func enqueueNotice(
        _ kind: MailKind, about user: UserID, _ context: OperationContext, _ job: @escaping DeferredQueue.Job
    ) {
        enqueue(DeferredQueue.Matter(kind: kind, user: user, context: context), in: notices, job)
    }

    /// Enqueues requested work whose loss must not undo what it belongs to: if the queue is full, the operator gets a
    /// report, and the caller does not.
    func enqueueIfPossible(
        _ kind: MailKind, about user: UserID, _ context: OperationContext, _ job: @escaping DeferredQueue.Job
    ) {
        enqueue(DeferredQueue.Matter(kind: kind, user: user, context: context), in: requested, job)
    }

    private func enqueue(
        _ matter: DeferredQueue.Matter, in queue: DeferredQueue, _ job: @escaping DeferredQueue.Job
    ) {
        if !queue.enqueue(matter, job) { losses.note(matter, .full) }
    }

    /// Sends one mail; reports a failure to the operator, and after the last attempt to the audit.
    func deliver(
        _ mail: OutgoingMail, about user: UserID?, _ context: OperationContext, attempt: Int
    ) async -> DeferredQueue.Disposition {
        guard let mailer else { return .done }
        do throws(MailError) {
            try await mailer.send(mail)
            return .done
        } catch {
            let isFinal: Bool
            switch error {
            case .rejected, .notConfigured: isFinal = true
            case .postponed, .unavailable, .clientRefused, .unconfirmed, .overloaded, .cancelled:
                isFinal = attempt + 1 >= DeferredQueue.attempts
            }
            core.observe(.mailFailed(error, isFinal: isFinal))
            guard isFinal else {
                return .againAs { [self] attempt in await deliver(mail, about: user, context, attempt: attempt) }
            }
            // The mail is lost either way; a failed audit write is reported by `record` itself.
            try? await core.record(.mailFailed, refusal: "not_delivered", target: user, in: context)
            return .done
        }
    }

    /// Notifies a user by mail, if possible, of an action on the user.
    func notify(_ user: User, _ message: MailMessage, _ context: OperationContext) {
        guard sends(message.template), let address = user.email else { return }
        let outgoing = OutgoingMail(
            recipient: address, recipientName: user.fullName?.text, origin: ActionOrigin(context), message: message)
        enqueueNotice(MailKind(message.template), about: user.id, context) { [self] attempt in
            await deliver(outgoing, about: user.id, context, attempt: attempt)
        }
    }
}
