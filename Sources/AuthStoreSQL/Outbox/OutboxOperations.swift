// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Leasing, settling and listing what must be delivered.
enum OutboxOperations {
    /// O3.
    static func enqueue(
        _ entry: OutboxEntry, recording event: AuditEvent?, context: OperationContext
    ) -> SQLOperation<Bool> {
        guard let id = entry.userID else {
            return SQLOperation(.write, commit(.enqueue(entry, for: nil, recording: event), at: context.now))
        }
        return SQLOperation(
            .write,
            .run(LockedRows.user(id)) { (result) throws(StoreError) in
                let user = try LockedRows.user(in: result)
                return commit(.enqueue(entry, for: user, recording: event), at: context.now)
            })
    }

    /// O4, O5.
    static func claim(
        _ lane: OutboxLane, destination: String, limit: Int, lease: OutboxLease, context: OperationContext
    ) -> SQLOperation<[OutboxRow]> {
        let values: [SQLValue] = [
            .text(lane.rawValue), .text(destination), .time(context.now), .id(OutboxColumns.noUser),
            .int64(Int64(max(0, limit))), .bytes(lease.id), .time(lease.until),
        ]
        return SQLOperation(
            .writeOnce,
            .run(Statement(claim, values)) { (result) throws(StoreError) in
                // In no order: what is returned is what was updated.
                let rows = try rows(in: result).sorted { ($0.dueAt, $0.number) < ($1.dueAt, $1.number) }
                return .commit([], rows)
            })
    }

    /// O6, O7.
    static func settle(
        _ key: OutboxKey, lease: OutboxLease, _ result: OutboxResult, context: OperationContext
    ) -> SQLOperation<OutboxSettlement> {
        locked(key, at: context.now) { .settle($0, lease: lease, result, context: context) }
    }

    /// O8.
    static func retry(_ key: OutboxKey, context: OperationContext) -> SQLOperation<Bool> {
        locked(key, at: context.now) { .retry($0, context: context) }
    }

    /// O8.
    static func drop(_ key: OutboxKey, context: OperationContext) -> SQLOperation<Bool> {
        locked(key, at: context.now) { .drop($0, context: context) }
    }

    /// The rows that match a query.
    static func list(_ query: OutboxQuery) -> SQLOperation<[OutboxRow]> {
        var fragments: [SQLFragment] = [
            "SELECT", .init(OutboxColumns.list), "FROM authd.outbox WHERE number >", .parameter(1),
        ]
        var values: [SQLValue] = [.int64(query.after)]
        func condition(_ comparison: SQLFragment, _ value: SQLValue) {
            values.append(value)
            fragments += ["AND", comparison, .parameter(values.count)]
        }
        if let lane = query.lane { condition("lane =", .text(lane.rawValue)) }
        if let state = query.state { condition("state =", .text(state.rawValue)) }
        values.append(.int64(Int64(max(0, query.limit))))
        fragments += ["ORDER BY number LIMIT", .parameter(values.count)]
        return SQLOperation(
            .read,
            .run(Statement(SQL(joining: fragments, isPermanent: false), values)) { (result) throws(StoreError) in
                .commit([], try rows(in: result))
            })
    }

    /// How many rows there are of each lane and state.
    static let depths = SQLOperation<[OutboxDepth]>(
        .read,
        .run(Statement(selectDepths)) { (result) throws(StoreError) in
            var depths: [OutboxDepth] = []
            for row in result.rows {
                guard let lane = OutboxLane(rawValue: try row.text(0)),
                    let state = OutboxRow.State(rawValue: try row.text(1))
                else { throw .corrupt("a row of the outbox is of an unknown lane or state") }
                depths.append(
                    OutboxDepth(lane: lane, state: state, count: try row.int64(2), oldest: try row.time(3)))
            }
            return .commit([], depths)
        })

    /// A8, O10.
    static func purge(at now: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteDead, [.time(now - OutboxSchedule.deadRetention), limit])]
    }

    /// O10: makes due what a wrong clock has left for later than anything is.
    static func recall(at now: Timestamp) -> Statement {
        Statement(
            recall, [.time(now), .time(now + OutboxSchedule.farthestAhead), .time(OutboxColumns.notLeased)])
    }

    private static func locked<Output: Sendable>(
        _ key: OutboxKey, at now: Timestamp, _ decide: @escaping @Sendable (OutboxRow?) -> StorePlan<Output>
    ) -> SQLOperation<Output> {
        SQLOperation(
            .write,
            .run(Statement(selectLocked, OutboxColumns.values(key))) { (result) throws(StoreError) in
                commit(decide(try rows(in: result).first), at: now)
            })
    }

    private static func commit<Output: Sendable>(_ plan: StorePlan<Output>, at now: Timestamp) -> SQLProgram<Output> {
        plan.writes.isEmpty
            ? .rollback(plan.outcome) : .commit(WriteStatements.write(plan, at: now), plan.outcome)
    }

    private static func rows(in result: SQLResult) throws(StoreError) -> [OutboxRow] {
        var rows: [OutboxRow] = []
        for row in result.rows { rows.append(try OutboxColumns.row(in: row)) }
        return rows
    }

    // The rows are picked once, in a part of their own: PostgreSQL may evaluate a sub-select that locks more than once, and would
    // lease more than the limit. A row that another transaction has locked is skipped; one that another has leased since the
    // statement began is looked at again before it is locked, and no longer matches. Earlier rows are found by their user: lane and
    // destination are compared so that no index on them can be taken, which without statistics looks as good and reads the lane.
    private static let claim = SQL(
        joining: [
            """
            WITH picked AS MATERIALIZED (SELECT user_id, number FROM authd.outbox AS candidates \
            WHERE lane = $1 AND destination = $2 AND state = 'due' AND due_at_us <= $3 AND leased_until_us <= $3 \
            AND (user_id = $4 OR NOT EXISTS (SELECT 1 FROM authd.outbox AS earlier \
            WHERE earlier.user_id = candidates.user_id AND earlier.number < candidates.number \
            AND earlier.state = 'due' AND COALESCE(earlier.lane, '') = candidates.lane \
            AND COALESCE(earlier.destination, '') = candidates.destination)) ORDER BY due_at_us, number LIMIT $5 FOR UPDATE SKIP LOCKED) \
            UPDATE authd.outbox SET attempts = attempts + 1, lease = $6, leased_until_us = $7 \
            WHERE (user_id, number) IN (SELECT user_id, number FROM picked) RETURNING
            """, .init(OutboxColumns.list),
        ], isPermanent: true)

    private static let selectLocked = SQL(
        joining: [
            "SELECT", .init(OutboxColumns.list), "FROM authd.outbox WHERE user_id = $1 AND number = $2 FOR UPDATE",
        ], isPermanent: true)

    // Not kept prepared: it is asked by an operator and by who scrapes the metrics.
    private static let selectDepths = SQL(
        joining: [
            "SELECT lane, state, count(*), min(created_at_us) FROM authd.outbox GROUP BY lane, state",
            "ORDER BY lane, state",
        ], isPermanent: false)

    private static let deleteDead = SQL(
        joining: [
            """
            DELETE FROM authd.outbox WHERE (user_id, number) IN (SELECT user_id, number FROM authd.outbox \
            WHERE state = 'dead' AND expires_at_us <= $1 ORDER BY expires_at_us LIMIT $2) AND state = 'dead'
            """
        ], isPermanent: false)

    private static let recall = SQL(
        joining: [
            """
            UPDATE authd.outbox SET due_at_us = $1, lease = NULL, leased_until_us = $3 \
            WHERE state = 'due' AND (due_at_us > $2 OR leased_until_us > $2)
            """
        ], isPermanent: false)
}
