// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The places from which users have signed in.
enum SignInPlaceOperations {
    /// S12.
    ///
    /// One indexed read decides if the user has signed in from there within a day; otherwise a transaction locks the user.
    static func remember(
        _ digests: [[UInt8]], of userID: UserID, isExpected: Bool, context: OperationContext
    ) -> SQLLadder<Bool> {
        let own = digests.first.map { [Statement(selectOne, [.id(userID), .bytes($0)])] } ?? []
        let seen = SQLOperation<Bool?>(
            .read,
            .run(own) { (results) throws(StoreError) in
                guard let place = try places(in: results).first else { return .commit([], nil) }
                let decision = NewDevice.decide(
                    [place.digest], isExpected: isExpected, stored: [place], at: context.now)
                return .commit([], decision.remembered == nil ? decision.isNew : nil)
            })
        let locked = SQLOperation(
            .write,
            .run([LockedRows.user(userID), Statement(selectAll, [.id(userID)])]) { (results) throws(StoreError) in
                guard let found = results.first, let user = try LockedRows.user(in: found) else {
                    return .rollback(false)
                }
                let decision = NewDevice.decide(
                    digests, isExpected: isExpected, stored: try places(in: results.dropFirst()), at: context.now)
                var writes = decision.forgotten.map { Statement(delete, [.id(userID), .bytes($0)]) }
                if let place = decision.remembered {
                    writes.append(
                        Statement(
                            put, [.id(userID), .bytes(place.digest), .time(place.seenAt), .time(place.noticedAt)]))
                }
                if decision.isNew {
                    writes.append(
                        WriteStatements.append(AuditEvent(.signInFromNewDevice, target: userID, in: context)))
                    if let notice = OutboxEntry.notice(.newDevice, to: user, context) {
                        writes += WriteStatements.enqueue(notice)
                    }
                }
                return .commit(writes, decision.isNew)
            })
        return SQLLadder(own.isEmpty ? [] : [seen], orElse: locked)
    }

    /// A8.
    static func purge(seenBefore instant: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteOld, [.time(instant), limit])]
    }

    private static func places(in results: some Sequence<SQLResult>) throws(StoreError) -> [RememberedPlace] {
        var places: [RememberedPlace] = []
        for result in results {
            for row in result.rows {
                places.append(
                    RememberedPlace(
                        digest: try row.bytes(0), seenAt: try row.time(1), noticedAt: try row.optionalTime(2)))
            }
        }
        return places
    }

    private static let selectOne = SQL(
        "SELECT digest, seen_at_us, noticed_at_us FROM authd.sign_in_places WHERE user_id = $1 AND digest = $2")

    private static let selectAll = SQL(
        "SELECT digest, seen_at_us, noticed_at_us FROM authd.sign_in_places WHERE user_id = $1 ORDER BY digest")

    private static let put = SQL(
        """
        INSERT INTO authd.sign_in_places (user_id, digest, seen_at_us, noticed_at_us) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (user_id, digest) DO UPDATE SET seen_at_us = $3, noticed_at_us = $4
        """)

    private static let delete = SQL("DELETE FROM authd.sign_in_places WHERE user_id = $1 AND digest = $2")

    private static let deleteOld = SQL(
        joining: [
            """
            DELETE FROM authd.sign_in_places WHERE (user_id, digest) IN (SELECT user_id, digest \
            FROM authd.sign_in_places WHERE seen_at_us <= $1 ORDER BY seen_at_us LIMIT $2) AND seen_at_us <= $1
            """
        ], isPermanent: false)
}
