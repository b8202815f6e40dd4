// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == Bool {
    /// Writes an entry on the locked row of its user, as O3 says.
    package static func enqueue(_ entry: OutboxEntry, for user: User?, recording event: AuditEvent?) -> StorePlan {
        guard entry.userID == nil || user != nil else { return StorePlan(false) }
        return StorePlan(true, [.enqueue(entry)] + (event.map { [.appendAudit($0)] } ?? []))
    }

    /// Has a locked row tried again, as O8 says.
    package static func retry(_ row: OutboxRow?, context: OperationContext) -> StorePlan {
        guard var row, !row.isLeased(at: context.now) else { return StorePlan(false) }
        row.state = .due
        row.attempts = 0
        row.dueAt = context.now
        row.expiresAt = context.now + OutboxSchedule.longestDelivery
        row.lease = nil
        return StorePlan(true, [.updateOutboxRow(row)])
    }

    /// Deletes a locked row, as O8 says.
    package static func drop(_ row: OutboxRow?, context: OperationContext) -> StorePlan {
        guard let row, !row.isLeased(at: context.now) else { return StorePlan(false) }
        let event = AuditEvent(row.failureAction, refusal: "dropped", target: row.entry.userID, in: context)
        return StorePlan(true, [.removeOutboxRow(row.key), .appendAudit(event)])
    }
}

extension StorePlan where Outcome == OutboxSettlement {
    /// Settles a delivery on its locked row, as O6 and O7 say.
    package static func settle(
        _ row: OutboxRow?, lease: OutboxLease, _ result: OutboxResult, context: OperationContext
    ) -> StorePlan {
        guard var row, row.lease?.id == lease.id else { return StorePlan(.superseded) }
        row.lease = nil
        switch result {
        case .delivered, .moot:
            return StorePlan(.removed, [.removeOutboxRow(row.key)])
        case .failed(let failure):
            row.failure = failure.diagnostic
            if failure.extent == .nextHop { row.attempts = max(0, row.attempts - 1) }
            let decision = OutboxSchedule.decide(
                after: failure, attempts: row.attempts, expiresAt: row.expiresAt, at: context.now)
            switch decision {
            case .again(let instant):
                row.dueAt = instant
                return StorePlan(.postponed(until: instant), [.updateOutboxRow(row)])
            case .dead:
                row.state = .dead
                row.dueAt = context.now
                let event = AuditEvent(
                    row.failureAction, refusal: "not_delivered", target: row.entry.userID,
                    in: row.entry.context(at: context.now))
                return StorePlan(.dead, [.updateOutboxRow(row), .appendAudit(event)])
            }
        }
    }
}

extension StoreWrite {
    /// The entry that tells a user of something, if it is mailed and the user has an address.
    static func notice(
        _ notice: SecurityNotice, to user: User, _ context: OperationContext
    ) -> [StoreWrite] {
        OutboxEntry.notice(notice, to: user, context).map { [.enqueue($0)] } ?? []
    }

    /// The entries that tell each subscription of something.
    static func event(_ kind: AuthEvent.Kind, of user: UserID, _ context: OperationContext) -> [StoreWrite] {
        event(kind, of: user, details: [:], context)
    }

    /// The entries that tell each subscription of sessions that ended.
    static func sessionsEnded(
        _ sessions: AuthEvent.Sessions, of user: UserID, _ context: OperationContext
    ) -> [StoreWrite] {
        event(.sessionsEnded, of: user, details: sessions.details, context)
    }

    private static func event(
        _ kind: AuthEvent.Kind, of user: UserID, details: [String: String], _ context: OperationContext
    ) -> [StoreWrite] {
        context.outbox.subscriptions.map { subscription in
            .enqueue(
                OutboxEntry(
                    .event, destination: subscription, kind: kind.rawValue, about: user, details: details, in: context))
        }
    }
}

extension OutboxEntry {
    /// What tells a user of something; `nil` if it is not mailed, or the user has no address.
    package static func notice(
        _ notice: SecurityNotice, to user: User, details: [String: String] = [:], _ context: OperationContext
    ) -> OutboxEntry? {
        guard context.outbox.notices.contains(notice), let address = user.email else { return nil }
        return OutboxEntry(
            .notice, kind: notice.rawValue, about: user.id, to: address.original, details: details, in: context)
    }
}

extension OutboxRow {
    /// Whether a process is delivering it.
    func isLeased(at now: Timestamp) -> Bool {
        lease.map { now < $0.until } ?? false
    }

    /// What the audit log calls giving it up.
    var failureAction: AuditAction {
        switch entry.lane {
        case .notice, .mail: .mailFailed
        case .event: .eventFailed
        }
    }
}
