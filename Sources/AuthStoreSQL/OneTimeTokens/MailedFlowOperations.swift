// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Finding flows, counting at them, and removing those that are over.
enum MailedFlowOperations {
    /// The flow with an id.
    static func flow(_ id: FlowID) -> SQLOperation<MailedFlow?> {
        read(Statement(selectByID, [.bytes(id.digest)]))
    }

    /// The flow of a token.
    static func flow(of key: OneTimeTokenKey) -> SQLOperation<MailedFlow?> {
        read(Statement(selectByToken, [.id(key.userID), .bytes(key.digest)]))
    }

    private static func read(_ statement: Statement) -> SQLOperation<MailedFlow?> {
        SQLOperation(
            .read,
            .run(statement) { (result) throws(StoreError) in .commit([], try LockedRows.flow(in: result)) })
    }

    /// M6.
    static func mailCount(since: Timestamp, limit: Int64) -> SQLOperation<Int64> {
        SQLOperation(
            .read,
            .run(Statement(countMails, [.time(since), .int64(max(0, limit))])) { (result) throws(StoreError) in
                guard let row = result.first else { throw .corrupt("a count gave no row") }
                return .commit([], try row.int64(0))
            })
    }

    /// M7: the predicate is that of `MailedFlow.acceptsCode`.
    static func countWrongCode(_ id: FlowID, at now: Timestamp) -> SQLOperation<Int64?> {
        let values: [SQLValue] = [.bytes(id.digest), .time(now), .int64(MailedFlow.wrongCodesAllowed)]
        return SQLOperation(
            .writeOnce,
            .run(Statement(countAtOpen, values)) { (result) throws(StoreError) in
                let counted = try result.first?.int64(0)
                return .commit([], counted.map { MailedFlow.wrongCodesAllowed - $0 })
            })
    }

    /// A8; a budget is asked twice whether it is whole, as one that was used while its row was waited for is not.
    static func purge(at now: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteOver, [.time(now), limit]), Statement(deleteFull, [.time(now), limit])]
    }

    /// Where a `.code` proof leads, before anything is locked.
    static let selectByID = SQL(
        joining: ["SELECT", .init(MailedFlowColumns.list), "FROM authd.mailed_flows WHERE flow = $1"],
        isPermanent: true)

    private static let selectByToken = SQL(
        joining: [
            "SELECT", .init(MailedFlowColumns.list),
            "FROM authd.mailed_flows WHERE user_id = $1 AND token_digest = $2",
        ], isPermanent: true)

    private static let countMails = SQL(
        "SELECT count(*) FROM (SELECT 1 FROM authd.mailed_flows WHERE mailed_at_us >= $1 LIMIT $2) AS mailed")

    private static let countAtOpen = SQL(
        """
        UPDATE authd.mailed_flows SET wrong_codes = wrong_codes + 1 WHERE flow = $1 AND ended_at_us IS NULL \
        AND expires_at_us > $2 AND code_expires_at_us > $2 AND wrong_codes < $3 RETURNING wrong_codes
        """)

    private static let deleteOver = SQL(
        joining: [
            """
            DELETE FROM authd.mailed_flows WHERE flow IN (SELECT flow FROM authd.mailed_flows \
            WHERE kept_until_us <= $1 ORDER BY kept_until_us LIMIT $2) AND kept_until_us <= $1
            """
        ], isPermanent: false)

    private static let deleteFull = SQL(
        joining: [
            """
            DELETE FROM authd.mail_budgets WHERE (user_id, purpose, standing) IN (SELECT user_id, purpose, standing \
            FROM authd.mail_budgets WHERE daily_full_at_us <= $1 AND hourly_full_at_us <= $1 \
            ORDER BY daily_full_at_us LIMIT $2) AND daily_full_at_us <= $1 AND hourly_full_at_us <= $1
            """
        ], isPermanent: false)
}
