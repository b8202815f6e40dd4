// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Writing, claiming and ending requests for mails.
enum MailRequestOperations {
    /// M1.
    static func request(
        _ request: MailRequest, quota: MailRequestQuota, at now: Timestamp
    ) -> SQLOperation<MailRequestOutcome> {
        let standing = SQLValue.text(request.standing.rawValue)
        let (holderLimit, limit) = (Int64(max(0, quota.perHolder)), Int64(max(0, quota.perStanding)))
        let counts = [
            Statement(countHeld, [standing, .text(request.holder), .int64(holderLimit)]),
            Statement(countWaiting, [standing, .int64(limit)]),
        ]
        return SQLOperation(
            .write,
            .run(counts) { (results) throws(StoreError) in
                guard results.count == 2, let held = try results[0].first?.int64(0),
                    let waiting = try results[1].first?.int64(0)
                else { throw .corrupt("a count gave no row") }
                guard held < holderLimit, waiting < limit else { return .rollback(.full) }
                return .commit([Statement(insert, MailRequestColumns.values(request, at: now))], .written)
            })
    }

    /// M2.
    static func claim(
        limit: Int, lease: OutboxLease, at now: Timestamp
    ) -> SQLOperation<[WaitingMailRequest]> {
        let values: [SQLValue] = [.time(now), .int64(Int64(max(0, limit))), .bytes(lease.id), .time(lease.until)]
        return SQLOperation(
            .writeOnce,
            .run(Statement(claim, values)) { (result) throws(StoreError) in
                var claimed: [MailRequestColumns.Claimed] = []
                for row in result.rows { claimed.append(try MailRequestColumns.request(in: row)) }
                // In no order: what is returned is what was updated.
                return .commit([], claimed.sorted(by: MailRequestColumns.Claimed.isBefore).map(\.row))
            })
    }

    /// M3.
    static func postpone(_ number: Int64, lease: OutboxLease, until due: Timestamp) -> SQLOperation<Void> {
        let values: [SQLValue] = [.int64(number), .bytes(lease.id), .time(due), .time(OutboxColumns.notLeased)]
        return SQLOperation(.writeOnce, .run(Statement(postpone, values)) { _ in .commit([], ()) })
    }

    /// M4.
    static func end(
        _ claim: MailRequestClaim, flow: MailedFlow, mail: OutboxEntry?, event: AuditEvent?, at now: Timestamp
    ) -> SQLOperation<Void> {
        // The order of a user's mails follows from the lock of the user's row.
        let user = LockedRows.user(mail?.userID ?? OutboxColumns.noUser)
        return SQLOperation(
            .write,
            .run([user, LockedRows.mailRequest(claim.number)]) { (results) throws(StoreError) in
                guard results.count == 2 else { throw .corrupt("a statement gave no result") }
                let plan = StorePlan.endMailRequest(
                    try LockedRows.answered(claim, in: results[1]), flow: flow, mail: mail,
                    to: try LockedRows.user(in: results[0]), event: event)
                return plan.writes.isEmpty ? .rollback(()) : .commit(WriteStatements.write(plan, at: now), ())
            })
    }

    /// O10: makes due what a wrong clock has left for later than anything is.
    static func recall(at now: Timestamp) -> Statement {
        Statement(
            recall, [.time(now), .time(now + OutboxSchedule.farthestAhead), .time(OutboxColumns.notLeased)])
    }

    // No more are counted than decide.
    private static let countHeld = SQL(
        """
        SELECT count(*) FROM (SELECT 1 FROM authd.mail_requests WHERE standing = $1 AND holder = $2 LIMIT $3) AS held
        """)

    private static let countWaiting = SQL(
        "SELECT count(*) FROM (SELECT 1 FROM authd.mail_requests WHERE standing = $1 LIMIT $2) AS waiting")

    private static let insert = SQL(
        joining: ["INSERT INTO authd.mail_requests", MailRequestColumns.inserted.insertion], isPermanent: true)

    // Picked once, in a part of their own, as rows of the outbox are. 'known' comes before 'stranger'.
    private static let claim = SQL(
        joining: [
            """
            WITH picked AS MATERIALIZED (SELECT number FROM authd.mail_requests \
            WHERE due_at_us <= $1 AND leased_until_us <= $1 ORDER BY standing, due_at_us, number LIMIT $2 \
            FOR UPDATE SKIP LOCKED) \
            UPDATE authd.mail_requests SET attempts = attempts + 1, lease = $3, leased_until_us = $4 \
            WHERE number IN (SELECT number FROM picked) RETURNING
            """, .init(MailRequestColumns.list),
        ], isPermanent: true)

    private static let postpone = SQL(
        "UPDATE authd.mail_requests SET due_at_us = $3, lease = NULL, leased_until_us = $4 WHERE number = $1 AND lease = $2"
    )

    private static let recall = SQL(
        joining: [
            """
            UPDATE authd.mail_requests SET due_at_us = $1, lease = NULL, leased_until_us = $3 \
            WHERE due_at_us > $2 OR leased_until_us > $2
            """
        ], isPermanent: false)
}
