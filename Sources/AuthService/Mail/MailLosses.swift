// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Synchronization

/// Counts dropped mails, and reports each to log and audit.
final class MailLosses: Sendable {
    private let counted = Mutex(DroppedMails())
    private let refusals: RefusalLog
    private let observe: @Sendable (ServiceEvent) -> Void

    init(refusals: RefusalLog, observe: @escaping @Sendable (ServiceEvent) -> Void) {
        self.refusals = refusals
        self.observe = observe
    }

    /// How many were dropped.
    var counts: DroppedMails { counted.withLock(\.self) }

    /// Records that a mail is dropped.
    ///
    /// The audit event is written with the next counted refusals, since a moment with too much mail is no moment to wait
    /// for the store.
    func note(_ matter: DeferredQueue.Matter, _ loss: MailLoss) {
        counted.withLock { $0.add(matter.kind) }
        observe(.mailDropped(matter.kind, loss, matter.user))
        let event = AuditEvent(.mailFailed, refusal: "dropped", target: matter.user, in: matter.context)
        refusals.count(event, from: matter.context)
    }
}

/// How many mails were dropped since the start, by what they were about; for metrics.
public struct DroppedMails: Hashable, Sendable {
    private var counts: [MailKind: UInt64] = [:]

    /// No mail was dropped.
    public init() {}

    /// How many of one kind.
    public subscript(kind: MailKind) -> UInt64 { counts[kind, default: 0] }

    mutating func add(_ kind: MailKind) {
        counts[kind, default: 0] &+= 1
    }
}
