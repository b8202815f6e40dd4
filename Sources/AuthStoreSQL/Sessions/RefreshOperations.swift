// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Refreshing a session: one compare-and-set where nothing is unusual, a locked decision where something is.
enum RefreshOperations {
    /// S3 to S5.
    static func refresh(
        _ presented: RefreshPresentation, context: OperationContext, in dialect: SQLDialect
    ) -> SQLLadder<Committed<RefreshOutcome>> {
        SQLLadder(
            [rotate(presented, at: context.now, in: dialect), decide(presented, context: context)],
            orElse: decideAndEnd(presented, context: context))
    }

    /// S4: the predicate is that of `RefreshRotation.rotate` where no late replay is remembered.
    ///
    /// That no row matches may have any reason.
    ///
    /// The time between two extremes cannot be added in SQL, so rows and clocks beyond 146,000 years are left to the
    /// locked decision.
    static func rotate(
        _ presented: RefreshPresentation, at now: Timestamp, in dialect: SQLDialect
    ) -> SQLOperation<Committed<RefreshOutcome>?> {
        guard now.microseconds.magnitude < farthest else { return SQLOperation(.read, .rollback(nil)) }
        let values: [SQLValue] = [
            .id(presented.sessionID), .id(presented.userID), .int64(presented.counter), .time(now),
        ]
        switch dialect {
        case .postgres:
            return SQLOperation(
                .writeOnce,
                .run(Statement(advanceJoined, values)) { (result) throws(StoreError) in
                    guard let row = result.first else { return .rollback(nil) }
                    return accepted(
                        try SessionColumns.session(in: row),
                        try UserColumns.user(in: row, at: SessionColumns.list.count))
                })
        case .sqlite:
            return SQLOperation(
                .writeOnce,
                .run([Statement(advanceAlone, values), LockedRows.user(presented.userID)]) {
                    (results) throws(StoreError) in
                    guard results.count == 2 else { throw .corrupt("a statement gave no result") }
                    guard let row = results[0].first else { return .rollback(nil) }
                    guard let user = try LockedRows.user(in: results[1]) else {
                        throw .corrupt("a session has no user")
                    }
                    return accepted(try SessionColumns.session(in: row), user)
                })
        }
    }

    private static func accepted(_ session: Session, _ user: User) -> SQLProgram<Committed<RefreshOutcome>?> {
        .commit([], Committed(.accepted(session, user, .rotated), changes: []))
    }

    /// Decides on locked rows all that does not end the session, without the feed's lock.
    static func decide(_ presented: RefreshPresentation, context: OperationContext) -> SQLOperation<
        Committed<RefreshOutcome>?
    > {
        SQLOperation(
            .write,
            locked(presented, context: context) { plan in
                .commitWithoutFeed(plan, at: context.now)
            })
    }

    /// S5: decides everything, under the feed's lock.
    static func decideAndEnd(
        _ presented: RefreshPresentation, context: OperationContext
    ) -> SQLOperation<Committed<RefreshOutcome>> {
        SQLOperation(
            .writeFeed,
            locked(presented, context: context) { plan in
                .commit(plan, at: context.now)
            })
    }

    private static func locked<Output: Sendable>(
        _ presented: RefreshPresentation, context: OperationContext,
        _ next: @escaping @Sendable (StorePlan<RefreshOutcome>) -> SQLProgram<Output>
    ) -> SQLProgram<Output> {
        let reads = [
            LockedRows.user(presented.userID), LockedRows.session(presented.sessionID, of: presented.userID),
        ]
        return .run(reads) { (results) throws(StoreError) in
            guard results.count == 2 else { throw .corrupt("a statement gave no result") }
            return next(
                StorePlan.refresh(
                    presented, session: try LockedRows.session(in: results[1]),
                    user: try LockedRows.user(in: results[0]), context: context))
        }
    }

    /// Half of what 64 bits hold: two such numbers can be added.
    private static let farthest: UInt64 = 4_611_686_018_427_387_904

    private static let setting: SQLFragment = """
        UPDATE authd.sessions SET counter = counter + 1, rotated_at_us = $4, \
        idle_until_us = $4 + idle_timeout_us, over_on_day = CASE WHEN not_after_us < $4 + idle_timeout_us \
        THEN not_after_us ELSE $4 + idle_timeout_us END / 86400000000
        """

    private static let sessionMatches: SQLFragment = """
        sessions.id = $1 AND user_id = $2 AND counter = $3 AND counter < 9223372036854775807 \
        AND ended_at_us IS NULL AND late_replays = 0 AND not_after_us > $4 AND idle_until_us > $4 \
        AND idle_timeout_us >= 0 AND idle_timeout_us < 4611686018427387904
        """

    private static let userMatches: SQLFragment = """
        users.id = $2 AND is_active AND (banned_until_us IS NULL OR banned_until_us <= $4)
        """

    // Only the session's row is locked. A statement that has waited for it evaluates the predicate again, with the newest
    // version of the session and with the user of the snapshot that it began with, as sub-selects would:
    //
    // - Deactivating a user, deleting them and replacing their password end or remove their sessions in the same
    //   transaction. When that has committed the session matches no longer, however long the statement has waited.
    // - A change of the user that leaves their sessions (a role, a profile) may commit while the statement waits, and is
    //   not seen: the refresh counts as one from before. A change that invalidates tokens raises the epoch, and the
    //   answer has the epoch of the same snapshot, so the change revokes its access token too.
    // - A change that committed before the statement began is always seen.
    //
    // Seeing the newest user would take a lock on their row, which is a write to it, in each refresh.
    private static let advanceJoined = SQL(
        joining: [
            setting, "FROM authd.users WHERE", sessionMatches, "AND", userMatches, "RETURNING",
            SessionColumns.list.qualified(by: "sessions"), ",", UserColumns.list.qualified(by: "users"),
        ], isPermanent: true)

    // SQLite's RETURNING sees no other table, and a sub-select for each of the user's columns looks the user up as often. So a
    // second statement reads the user, in the transaction in which SQLite's writer runs every operation.
    private static let advanceAlone = SQL(
        joining: [
            setting, "WHERE", sessionMatches, "AND EXISTS (SELECT 1 FROM authd.users WHERE", userMatches, ") RETURNING",
            .init(SessionColumns.list),
        ], isPermanent: true)
}
