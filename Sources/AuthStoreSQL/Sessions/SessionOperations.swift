// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Opening, finding and ending sessions.
enum SessionOperations {
    /// S1, S2, S9 and S10.
    ///
    /// The feed's lock is taken only where sessions have to give way.
    static func open(
        _ session: Session, expecting epoch: UserEpoch, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) -> SQLLadder<Committed<SessionOpening>> {
        let alone = SQLOperation<Committed<SessionOpening>?>(
            .write,
            locked(session, expecting: epoch, limit: limit, replacing: nil, context: context) { plan in
                .commitWithoutFeed(plan, at: context.now)
            })
        let evicting = SQLOperation(
            .writeFeed,
            locked(session, expecting: epoch, limit: limit, replacing: replaced, context: context) { plan in
                .commit(plan, at: context.now)
            })
        return SQLLadder(replaced == nil ? [alone] : [], orElse: evicting)
    }

    private static func locked<Output: Sendable>(
        _ session: Session, expecting epoch: UserEpoch, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext, _ next: @escaping @Sendable (StorePlan<SessionOpening>) -> SQLProgram<Output>
    ) -> SQLProgram<Output> {
        var reads = [LockedRows.user(session.userID)]
        if let replaced { reads.append(LockedRows.session(replaced, of: session.userID)) }
        if let limit {
            reads.append(
                LockedRows.oldestSessions(
                    of: session.userID, aliveAt: context.now, limit: StorePlan.evictable(limit)))
        }
        let count = reads.count
        return .run(reads) { (results) throws(StoreError) in
            guard results.count == count else { throw .corrupt("a statement gave no result") }
            return next(
                StorePlan.openSession(
                    session, for: try LockedRows.user(in: results[0]), expecting: epoch, limit: limit,
                    alive: limit == nil ? [] : try LockedRows.sessions(in: results[count - 1]),
                    replacing: replaced == nil ? nil : try LockedRows.session(in: results[1]), context: context))
        }
    }

    /// The session of a user with an id.
    static func session(_ id: SessionID, of userID: UserID) -> SQLOperation<Session?> {
        SQLOperation(
            .read,
            .run(Statement(selectOne, [.id(userID), .id(id)])) { (result) throws(StoreError) in
                .commit([], try LockedRows.session(in: result))
            })
    }

    /// The sessions of a user that are alive.
    static func sessions(of userID: UserID, aliveAt now: Timestamp) -> SQLOperation<[Session]> {
        SQLOperation(
            .read,
            .run(Statement(selectAlive, [.id(userID), .time(now)])) { (result) throws(StoreError) in
                .commit([], try LockedRows.sessions(in: result))
            })
    }

    /// S7.
    static func end(
        _ id: SessionID, of userID: UserID, reason: SessionEnd, context: OperationContext
    ) -> SQLOperation<Committed<Bool>> {
        SQLOperation(
            .writeFeed,
            .run([LockedRows.user(userID), LockedRows.session(id, of: userID)]) { (results) throws(StoreError) in
                guard results.count == 2 else { throw .corrupt("a statement gave no result") }
                let plan = StorePlan.endSession(
                    try LockedRows.session(in: results[1]), of: userID, reason: reason, context: context)
                return .commit(plan, at: context.now)
            })
    }

    /// S8.
    static func endAll(
        of userID: UserID, except kept: SessionID?, reason: SessionEnd, context: OperationContext
    ) -> SQLOperation<Committed<SessionsEnded>> {
        SQLOperation(
            .writeFeed,
            .run([LockedRows.user(userID), Statement(selectOpen, [.id(userID)])]) { (results) throws(StoreError) in
                guard results.count == 2 else { throw .corrupt("a statement gave no result") }
                var open: [SessionID] = []
                for row in results[1].rows { open.append(SessionID(try row.uuid(0))) }
                let plan = StorePlan.endSessions(
                    of: try LockedRows.user(in: results[0]), open: open, except: kept, reason: reason,
                    context: context)
                guard !plan.writes.isEmpty else { return .rollback(plan.committed) }
                return .commit(plan, at: context.now)
            })
    }

    /// S11.
    static func count(usedSince since: Timestamp, aliveAt now: Timestamp) -> SQLOperation<Int64> {
        SQLOperation(
            .read,
            .run(Statement(selectUsed, [.time(since), .time(now)])) { (result) throws(StoreError) in
                guard let row = result.first else { throw .corrupt("a count gave no row") }
                return .commit([], try row.int64(0))
            })
    }

    // Not kept prepared: it is asked once in a long while.
    private static let selectUsed = SQL(
        joining: [
            """
            SELECT COUNT(*) FROM authd.sessions WHERE ended_at_us IS NULL AND rotated_at_us >= $1 \
            AND idle_until_us > $2 AND not_after_us > $2
            """
        ], isPermanent: false)

    private static let selectOne = SQL(
        joining: ["SELECT", .init(SessionColumns.list), "FROM authd.sessions WHERE user_id = $1 AND id = $2"],
        isPermanent: true)

    private static let selectAlive = SQL(
        joining: [
            "SELECT", .init(SessionColumns.list),
            """
            FROM authd.sessions WHERE user_id = $1 AND ended_at_us IS NULL AND not_after_us > $2 \
            AND idle_until_us > $2 ORDER BY rotated_at_us DESC, id DESC LIMIT 1000
            """,
        ], isPermanent: true)

    // Those that have expired count: an access token of theirs may still be good.
    private static let selectOpen = SQL(
        "SELECT id FROM authd.sessions WHERE user_id = $1 AND ended_at_us IS NULL ORDER BY id")

    /// A8.
    static func purge(endedBefore end: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteEnded, [.time(end), .int64(SessionColumns.day(of: end)), limit])]
            + SignInPlaceOperations.purge(seenBefore: end - NewDevice.memory, limit)
    }

    private static let deleteEnded = SQL(
        joining: [
            """
            DELETE FROM authd.sessions WHERE (user_id, id) IN (SELECT user_id, id FROM authd.sessions \
            WHERE over_on_day <= $2 AND COALESCE(ended_at_us, CASE WHEN idle_until_us < not_after_us THEN idle_until_us ELSE not_after_us END) \
            < $1 ORDER BY over_on_day LIMIT $3)
            """
        ], isPermanent: false)
}
