// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Synchronization

/// What the operations of this process write into the outbox, and who is woken by it.
final class OutboxWriting: Sendable {
    /// The notices and subscriptions of every operation.
    let policy: OutboxPolicy
    let signals = OutboxSignals()
    private let finished = Atomic(false)

    init(policy: OutboxPolicy) {
        self.policy = policy
    }

    /// Whether no delivery is begun any more.
    var isFinished: Bool { finished.load(ordering: .acquiring) }

    /// Ends the workers, once each has finished what it has in hand.
    func finish() {
        finished.store(true, ordering: .releasing)
        signals.finish()
    }
}

extension OutboxPolicy {
    /// What is written because of a service's configuration: no notice where no mail can be sent.
    init(_ configuration: AuthService.Configuration) {
        let disabled = configuration.settings.disabledNotices
        let notices = SecurityNotice.allCases.filter { notice in
            let template = MailTemplate(notice)
            return !(template.canBeTurnedOff && disabled.contains(template))
        }
        self.init(
            notices: configuration.mailer == nil ? [] : Set(notices),
            subscriptions: Set(configuration.subscriptions.map(\.name)).sorted())
    }
}
