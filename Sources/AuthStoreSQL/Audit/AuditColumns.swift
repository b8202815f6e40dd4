// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of an audit event, in the order in which statements name and read them.
enum AuditColumns {
    /// The columns that make an event.
    static let list = SQLColumns(
        """
        cursor, at_us, action, refusal, actor, target, session_id, source, user_agent, request_id, sequence, chain, \
        payload_digest, salt, count
        """)

    /// The position of the number that sealing gives.
    static let sequence = 10

    /// The event in a row.
    static func event(in row: SQLRow) throws(StoreError) -> StoredAuditEvent {
        guard let action = AuditAction(rawValue: try row.text(2)) else {
            throw .corrupt("an audit event's action is not a known one")
        }
        let count = try row.int64(14)
        guard count > 0 else { throw .corrupt("an audit event's count is not positive") }
        let event = AuditEvent(
            at: try row.time(1), action: action, refusal: try row.optionalText(3),
            actor: try row.optionalUUID(4).map { UserID($0) }, target: try row.optionalUUID(5).map { UserID($0) },
            sessionID: try row.optionalUUID(6).map { SessionID($0) }, source: try row.optionalText(7),
            userAgent: try row.optionalText(8), requestID: try row.optionalText(9), count: count)
        return StoredAuditEvent(cursor: try row.int64(0), event: event, seal: try seal(in: row))
    }

    private static func seal(in row: SQLRow) throws(StoreError) -> AuditSeal? {
        guard let number = try row.optionalInt64(sequence) else { return nil }
        return AuditSeal(
            link: AuditLink(sequence: number, digest: try row.bytes(11)), payloadDigest: try row.bytes(12),
            salt: try row.optionalBytes(13))
    }

    /// The values of ``list`` but for the cursor, which the database gives, and the seal, which comes later.
    static func values(_ event: AuditEvent) -> [SQLValue] {
        [
            .time(event.at), .text(event.action.rawValue), .optional(event.refusal), .id(event.actor),
            .id(event.target), .id(event.sessionID), .optional(event.source), .optional(event.userAgent),
            .optional(event.requestID), .int64(event.count),
        ]
    }
}
