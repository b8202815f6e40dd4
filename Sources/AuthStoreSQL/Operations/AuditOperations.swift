// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The audit log on its own.
enum AuditOperations {
    /// Records events that no other operation records.
    static func record(_ events: [AuditEvent]) -> SQLOperation<Void> {
        SQLOperation(.write, .commit(events.map(PlanStatements.append), ()))
    }

    /// A page of the log, from its end.
    static func events(before cursor: Int64?, limit: Int) -> SQLOperation<[StoredAuditEvent]> {
        SQLOperation(
            .read,
            .run(Statement(selectBefore, [.int64(cursor ?? .max), .int64(Int64(max(0, limit)))])) {
                (result) throws(StoreError) in
                var events: [StoredAuditEvent] = []
                for row in result.rows { events.append(try AuditColumns.event(in: row)) }
                return .commit([], events)
            })
    }

    private static let selectBefore = SQL(
        joining: [
            "SELECT", .init(AuditColumns.list),
            "FROM authd.audit_events WHERE cursor < $1 ORDER BY cursor DESC LIMIT $2",
        ], isPermanent: true)
}
