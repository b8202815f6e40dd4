// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore
import AuthSystem
import Synchronization

/// Answers the requests for mails that wait in the store: looks the address up, writes token, flow and mail.
///
/// Any process on the store may answer a request, one at a time, by a lease. A worker looks after each request that this process
/// has written, every ``interval`` for those of other processes and for what is tried again, and once more as long as it finds
/// something. Before it looks it waits for a random time, so that the work does not show in the time of the next answer.
///
/// When it ends it finishes what it has in hand; everything else stays in the store.
final class MailRequestWorker: Sendable {
    /// How often a worker looks without being woken, about.
    static let interval = Duration.seconds(5)
    /// How many requests are answered at once.
    static let concurrency = 2

    private let core: ServiceCore
    private let answers: MailRequestAnswers
    private let losses: MailLosses
    private let isFinished = Atomic(false)

    init(core: ServiceCore, answers: MailRequestAnswers, losses: MailLosses) {
        self.core = core
        self.answers = answers
        self.losses = losses
    }

    /// Answers until the task is cancelled, and then no more than what is under way.
    func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.keepWaking() }
                // What is under way is finished although this task is cancelled, which waits for it.
                await Task {
                    await withDiscardingTaskGroup { workers in
                        for _ in 0..<Self.concurrency { workers.addTask { await self.work() } }
                    }
                }.value
                group.cancelAll()
            }
        } onCancel: {
            isFinished.store(true, ordering: .releasing)
            core.mailRequests.finish()
        }
    }

    /// Answers once whatever is due.
    func answerDue() async {
        while await answerNext() {}
    }

    private func keepWaking() async {
        repeat {
            core.mailRequests.signal()
            // Processes that were started together do not look at the same moment for long.
        } while (try? await Task.sleep(for: Self.interval + core.shortDelay())) != nil
    }

    private func work() async {
        let signals = core.mailRequests.subscribe()
        while !isFinished.load(ordering: .acquiring), await answerNext() {}
        for await _ in signals {
            await core.pause(for: core.shortDelay())
            while !isFinished.load(ordering: .acquiring), await answerNext() {}
        }
    }

    /// Takes one request in hand and answers it.
    ///
    /// - Returns: Whether to look for another one at once.
    private func answerNext() async -> Bool {
        let context = core.context(ClientContext())
        let lease = OutboxLease(id: core.random.bytes(count: 16), until: context.now + OutboxLease.duration)
        let claimed = try? await core.inStore { store throws(StoreError) in
            try await store.claimMailRequests(limit: 1, lease: lease, context: context)
        }
        // Where the store cannot be reached, which was reported, the next look comes later.
        guard let waiting = claimed?.first else { return false }
        let claim = MailRequestClaim(number: waiting.number, lease: lease)
        do throws(AuthError) {
            try await answers.answer(waiting, claim)
        } catch {
            await putBack(waiting, claim)
        }
        return true
    }

    /// Puts a request back that could not be answered, or gives it up.
    ///
    /// If that fails too, the request is due again when its lease ends.
    private func putBack(_ waiting: WaitingMailRequest, _ claim: MailRequestClaim) async {
        let now = core.clock.now
        var context = waiting.request.context(at: now)
        context.outbox = core.outbox.policy
        let final = context
        if waiting.attempts < WaitingMailRequest.attemptsAllowed {
            _ = try? await core.inStore { store throws(StoreError) in
                try await store.postponeMailRequest(
                    claim.number, lease: claim.lease, until: now + waiting.pause, context: final)
            }
        } else if (try? await answers.giveUp(waiting, claim, final)) != nil {
            losses.note(MailKind(answering: waiting.request.kind), of: waiting.request.userID)
        }
    }
}
