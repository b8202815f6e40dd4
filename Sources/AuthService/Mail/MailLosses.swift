// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Synchronization

/// Counts the requests for mails that were given up, and reports each to the log.
final class MailLosses: Sendable {
    private let counted = Mutex(DroppedMails())
    private let observe: @Sendable (ServiceEvent) -> Void

    init(observe: @escaping @Sendable (ServiceEvent) -> Void) {
        self.observe = observe
    }

    /// How many were dropped.
    var counts: DroppedMails { counted.withLock(\.self) }

    /// Takes in that a request for a mail is given up, which is audited where it is removed.
    func note(_ kind: MailKind, of user: UserID?) {
        counted.withLock { $0.add(kind) }
        observe(.mailDropped(kind, .givenUp, user))
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
