// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Reading the change feed.
enum ChangeFeedOperations {
    /// F1: the cursor is read first, so that an entry which comes in between is among the entries as well.
    static func snapshot(since: Timestamp) -> SQLOperation<ChangeSnapshot> {
        SQLOperation(
            .read,
            .run([Statement(selectCursor), Statement(selectSince, [.time(since)])]) { (results) throws(StoreError) in
                guard results.count == 2, let row = results[0].first else {
                    throw .corrupt("a statement gave no result")
                }
                return .commit(
                    [], ChangeSnapshot(cursor: try row.int64(0), changes: try changes(in: results[1])))
            })
    }

    /// F2.
    static func changes(after cursor: Int64, limit: Int) -> SQLOperation<[StoreChange]> {
        SQLOperation(
            .read,
            .run(Statement(selectAfter, [.int64(cursor), .int64(Int64(max(0, limit)))])) {
                (result) throws(StoreError) in
                .commit([], try changes(in: result))
            })
    }

    private static func changes(in result: SQLResult) throws(StoreError) -> [StoreChange] {
        var changes: [StoreChange] = []
        for row in result.rows { changes.append(try ChangeColumns.change(in: row)) }
        return changes
    }

    private static let selectCursor = SQL("SELECT COALESCE(MAX(cursor), 0) FROM authd.changes")

    private static let selectSince = SQL(
        joining: ["SELECT", .init(ChangeColumns.list), "FROM authd.changes WHERE at_us >= $1 ORDER BY cursor"],
        isPermanent: true)

    private static let selectAfter = SQL(
        joining: [
            "SELECT", .init(ChangeColumns.list), "FROM authd.changes WHERE cursor > $1 ORDER BY cursor LIMIT $2",
        ], isPermanent: true)

    /// A8.
    static func purge(writtenBefore horizon: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteOld, [.time(horizon), limit])]
    }

    private static let deleteOld = SQL(
        joining: [
            """
            DELETE FROM authd.changes WHERE cursor IN (SELECT cursor FROM authd.changes WHERE at_us < $1 \
            ORDER BY at_us LIMIT $2)
            """
        ], isPermanent: false)
}
