// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Reading the change feed.
enum ChangeFeedOperations {
    /// F1: the place is read before the entries, so that one which comes in between is among them as well.
    static func snapshot(since: Timestamp) -> SQLOperation<ChangeSnapshot> {
        let statements = [
            Statement(selectHead), Statement(selectNewest), Statement(selectSince, [.time(since)]),
        ]
        return SQLOperation(
            .read,
            .run(statements) { (results) throws(StoreError) in
                guard results.count == 3 else { throw .corrupt("a statement gave no result") }
                guard results[0].first != nil else { throw .corrupt("the change feed has no head") }
                var place = FeedPlace.start
                if let row = results[1].first { place = FeedPlace(cursor: try row.int64(0), at: try row.time(1)) }
                return .commit([], ChangeSnapshot(place: place, changes: try changes(in: results[2])))
            })
    }

    /// F2 and F3: one statement reads the entry at the place and those behind it.
    static func changes(after place: FeedPlace, limit: Int) -> SQLOperation<FeedContinuation> {
        // One more than asked for: the entry at the place.
        let count = Int64(min(max(0, limit), Int(Int32.max))) + 1
        return SQLOperation(
            .read,
            .run(Statement(selectFrom, [.int64(place.cursor), .int64(count)])) { (result) throws(StoreError) in
                .commit([], FeedContinuation(of: try changes(in: result), from: place, limit: limit))
            })
    }

    private static func changes(in result: SQLResult) throws(StoreError) -> [StoreChange] {
        var changes: [StoreChange] = []
        for row in result.rows { changes.append(try ChangeColumns.change(in: row)) }
        return changes
    }

    private static let selectHead = SQL("SELECT cursor FROM authd.feed_head")

    private static let selectNewest = SQL("SELECT cursor, at_us FROM authd.change_feed ORDER BY cursor DESC LIMIT 1")

    private static let selectSince = SQL(
        joining: ["SELECT", .init(ChangeColumns.list), "FROM authd.change_feed WHERE at_us >= $1 ORDER BY cursor"],
        isPermanent: true)

    private static let selectFrom = SQL(
        joining: [
            "SELECT", .init(ChangeColumns.list), "FROM authd.change_feed WHERE cursor >= $1 ORDER BY cursor LIMIT $2",
        ], isPermanent: true)

    /// A8, F4.
    static func purge(writtenBefore horizon: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteOld, [.time(horizon), limit])]
    }

    private static let deleteOld = SQL(
        joining: [
            """
            DELETE FROM authd.change_feed WHERE cursor IN (SELECT cursor FROM authd.change_feed WHERE at_us < $1 \
            AND cursor < (SELECT MAX(cursor) FROM authd.change_feed WHERE at_us < $1) ORDER BY cursor LIMIT $2)
            """
        ], isPermanent: false)
}
