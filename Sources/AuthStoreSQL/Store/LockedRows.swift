// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Reads that lock what they read, for the decision that follows.
///
/// The order of locks is everywhere the same: the feed's, then the user's row, then rows that belong to the user.
enum LockedRows {
    /// The user's row.
    static func user(_ id: UserID) -> Statement {
        Statement(selectUser, [.id(id)])
    }

    /// The user in the result of ``user(_:)``.
    static func user(in result: SQLResult) throws(StoreError) -> User? {
        guard let row = result.first else { return nil }
        return try UserColumns.user(in: row)
    }

    /// The hash of a user whose row is locked.
    static func passwordHash(of id: UserID) -> Statement {
        Statement(selectHash, [.id(id)])
    }

    /// The hash in the result of ``passwordHash(of:)``.
    static func passwordHash(in result: SQLResult) throws(StoreError) -> StoredPasswordHash? {
        guard let row = result.first else { return nil }
        return StoredPasswordHash(text: try row.text(0), cost: try row.text(1))
    }

    /// A session's row.
    static func session(_ id: SessionID, of userID: UserID) -> Statement {
        Statement(selectSession, [.id(userID), .id(id)])
    }

    /// The session in the result of ``session(_:of:)``.
    static func session(in result: SQLResult) throws(StoreError) -> Session? {
        guard let row = result.first else { return nil }
        return try SessionColumns.session(in: row)
    }

    /// The rows of a user's sessions that are alive, the one opened first in front.
    static func oldestSessions(of userID: UserID, aliveAt now: Timestamp, limit: Int) -> Statement {
        Statement(selectOldestSessions, [.id(userID), .time(now), .int64(Int64(limit))])
    }

    /// The sessions in a result that has one in each row.
    static func sessions(in result: SQLResult) throws(StoreError) -> [Session] {
        var sessions: [Session] = []
        for row in result.rows { sessions.append(try SessionColumns.session(in: row)) }
        return sessions
    }

    /// A one-time token's row.
    static func oneTimeToken(_ key: OneTimeTokenKey) -> Statement {
        Statement(selectToken, [.id(key.userID), .bytes(key.digest)])
    }

    /// The token in the result of ``oneTimeToken(_:)``.
    static func oneTimeToken(in result: SQLResult) throws(StoreError) -> OneTimeToken? {
        guard let row = result.first else { return nil }
        return try OneTimeTokenColumns.token(in: row)
    }

    /// A flow's row.
    static func flow(_ id: FlowID) -> Statement {
        Statement(selectFlow, [.bytes(id.digest)])
    }

    /// The row of the flow that a one-time token belongs to.
    static func flow(of key: OneTimeTokenKey) -> Statement {
        Statement(selectFlowOfToken, [.id(key.userID), .bytes(key.digest)])
    }

    /// The flow in the result of ``flow(_:)`` or ``flow(of:)``.
    static func flow(in result: SQLResult) throws(StoreError) -> MailedFlow? {
        guard let row = result.first else { return nil }
        return try MailedFlowColumns.flow(in: row)
    }

    /// The lease of a request for a mail.
    static func mailRequest(_ number: Int64) -> Statement {
        Statement(selectMailRequest, [.int64(number)])
    }

    /// A claim and the lease in the result of ``mailRequest(_:)``.
    static func answered(_ claim: MailRequestClaim, in result: SQLResult) throws(StoreError) -> AnsweredRequest {
        AnsweredRequest(claim, lease: try result.first?.optionalBytes(0))
    }

    private static let selectUser = SQL(
        joining: ["SELECT", .init(UserColumns.list), "FROM authd.users WHERE id = $1 FOR UPDATE"], isPermanent: true)

    private static let selectHash = SQL("SELECT hash, cost FROM authd.passwords WHERE user_id = $1 FOR UPDATE")

    private static let selectSession = SQL(
        joining: [
            "SELECT", .init(SessionColumns.list), "FROM authd.sessions WHERE user_id = $1 AND id = $2 FOR UPDATE",
        ], isPermanent: true)

    private static let selectOldestSessions = SQL(
        joining: [
            "SELECT", .init(SessionColumns.list),
            """
            FROM authd.sessions WHERE user_id = $1 AND ended_at_us IS NULL AND not_after_us > $2 \
            AND idle_until_us > $2 ORDER BY created_at_us, id LIMIT $3 FOR UPDATE
            """,
        ], isPermanent: true)

    private static let selectFlow = SQL(
        joining: ["SELECT", .init(MailedFlowColumns.list), "FROM authd.mailed_flows WHERE flow = $1 FOR UPDATE"],
        isPermanent: true)

    private static let selectFlowOfToken = SQL(
        joining: [
            "SELECT", .init(MailedFlowColumns.list),
            "FROM authd.mailed_flows WHERE user_id = $1 AND token_digest = $2 FOR UPDATE",
        ], isPermanent: true)

    private static let selectMailRequest = SQL("SELECT lease FROM authd.mail_requests WHERE number = $1 FOR UPDATE")

    private static let selectToken = SQL(
        joining: [
            "SELECT", .init(OneTimeTokenColumns.list),
            "FROM authd.one_time_tokens WHERE user_id = $1 AND digest = $2 FOR UPDATE",
        ], isPermanent: true)
}
