// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The audit log on its own.
enum AuditOperations {
    /// Records events that no other operation records.
    static func record(_ events: [AuditEvent]) -> SQLOperation<Void> {
        SQLOperation(.write, .commit(events.map(WriteStatements.append), ()))
    }

    /// D1.
    static func events(_ query: AuditQuery) -> SQLOperation<[StoredAuditEvent]> {
        SQLOperation(
            .read,
            .run(statement(for: query)) { (result) throws(StoreError) in
                var events: [StoredAuditEvent] = []
                for row in result.rows { events.append(try AuditColumns.event(in: row)) }
                return .commit([], events)
            })
    }

    /// D6: under the head's lock, because the sealer digests what it has read.
    static func erasePayload(of userID: UserID, context: OperationContext) -> SQLOperation<Int> {
        SQLOperation(
            .write,
            .run([Statement(AuditSealOperations.lockHead), Statement(erase, [.id(userID)])]) { results in
                .commit(
                    [WriteStatements.append(AuditEvent(.auditErased, target: userID, in: context))],
                    results.last?.affectedRows ?? 0)
            })
    }

    private static func statement(for query: AuditQuery) -> Statement {
        var fragments: [SQLFragment] = [
            "SELECT", .init(AuditColumns.list), "FROM authd.audit_events WHERE cursor <", .parameter(1),
        ]
        var values: [SQLValue] = [.int64(query.before ?? .max)]
        func condition(_ comparison: SQLFragment, _ value: SQLValue) {
            values.append(value)
            fragments += ["AND", comparison, .parameter(values.count)]
        }
        if let action = query.action { condition("action =", .text(action.rawValue)) }
        if let actor = query.actor { condition("actor =", .id(actor)) }
        if let target = query.target { condition("target =", .id(target)) }
        if let from = query.from { condition("at_us >=", .time(from)) }
        if let until = query.until { condition("at_us <", .time(until)) }
        if let wasDone = query.wasDone { fragments.append(wasDone ? "AND refusal IS NULL" : "AND refusal IS NOT NULL") }
        values.append(.int64(Int64(query.limit)))
        fragments += ["ORDER BY cursor DESC LIMIT", .parameter(values.count)]
        return Statement(SQL(joining: fragments, isPermanent: false), values)
    }

    private static let erase = SQL(
        """
        UPDATE authd.audit_events SET source = NULL, user_agent = NULL, request_id = NULL, salt = NULL \
        WHERE (actor = $1 OR (target = $1 AND actor IS NULL)) \
        AND (source IS NOT NULL OR user_agent IS NOT NULL OR request_id IS NOT NULL)
        """)
}
