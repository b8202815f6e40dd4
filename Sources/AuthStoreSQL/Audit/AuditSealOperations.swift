// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The chain of the audit log.
enum AuditSealOperations {
    /// D2, D3: the head's row is locked before the events are read, so that sealers come one after the other.
    static func seal(
        after head: AuditHead, limit: Int, _ seal: @escaping @Sendable ([StoredAuditEvent]) -> [AuditSeal]
    ) -> SQLOperation<AuditSealing> {
        let events = Statement(selectUnsealed, [.int64(Int64(max(0, limit)))])
        return SQLOperation(
            .write,
            .run([Statement(lockHead), events]) { (results) throws(StoreError) in
                guard results.count == 2 else { throw .corrupt("a statement gave no result") }
                guard try self.head(in: results[0]) == head else { return .rollback(.moved) }
                var events: [StoredAuditEvent] = []
                for row in results[1].rows { events.append(try AuditColumns.event(in: row)) }
                let seals = events.isEmpty ? [] : seal(events)
                guard let last = seals.last, seals.count <= events.count else { return .rollback(.sealed(0, head)) }
                var statements = zip(events, seals).map { stored, seal in
                    Statement(
                        writeSeal,
                        [
                            .int64(stored.cursor), .int64(seal.link.sequence), .bytes(seal.link.digest),
                            .bytes(seal.payloadDigest), seal.salt.map(SQLValue.bytes) ?? .null,
                        ])
                }
                let next = AuditHead(segment: head.segment, link: last.link)
                statements.append(move(to: next))
                return .commit(statements, .sealed(seals.count, next))
            })
    }

    /// How the log stands: one statement, so that its parts are of one moment.
    static let state = SQLOperation<AuditState>(
        .read,
        .run(Statement(selectState)) { (result) throws(StoreError) in
            guard let row = result.first else { throw .corrupt("a statement gave no result") }
            let head = try AuditSegmentColumns.optionalHead(in: row, from: 0)
            var last: AuditLink?
            if let sequence = try row.optionalInt64(4) {
                last = AuditLink(sequence: sequence, digest: try row.optionalBytes(5) ?? [])
            }
            return .commit(
                [],
                AuditState(
                    head: head, first: try row.optionalInt64(3), last: last, newestSegment: try row.int64(6),
                    cutThrough: try row.int64(7), hasUnsealed: try row.bool(8)))
        })

    /// How many events wait.
    static let unsealedCount = SQLOperation<Int64>(
        .read,
        .run(Statement(countUnsealed)) { (result) throws(StoreError) in
            guard let row = result.first else { throw .corrupt("a statement gave no result") }
            return .commit([], try row.int64(0))
        })

    /// D4.
    static func entries(after sequence: Int64, limit: Int) -> SQLOperation<[AuditEntry]> {
        SQLOperation(
            .read,
            .run(Statement(selectSealed, [.int64(sequence), .int64(Int64(max(0, limit)))])) {
                (result) throws(StoreError) in
                var entries: [AuditEntry] = []
                for row in result.rows {
                    entries.append(
                        AuditEntry(
                            sequence: try row.int64(AuditColumns.sequence), event: try? AuditColumns.event(in: row)))
                }
                return .commit([], entries)
            })
    }

    /// The head in the result of ``lockHead``; `nil` where the row is gone.
    static func head(in result: SQLResult) throws(StoreError) -> AuditHead? {
        try result.first.map { (row) throws(StoreError) in try AuditSegmentColumns.head(in: row, from: 0) }
    }

    /// Moves the head, and makes its row where that is gone.
    static func move(to head: AuditHead) -> Statement {
        Statement(moveHead, AuditSegmentColumns.values(head))
    }

    /// Makes sealing, erasing and cutting come one after the other.
    static let lockHead = SQL("SELECT segment, sequence, digest FROM authd.audit_head WHERE id = 1 FOR UPDATE")

    private static let moveHead = SQL(
        """
        INSERT INTO authd.audit_head (id, segment, sequence, digest) VALUES (1, $1, $2, $3) \
        ON CONFLICT (id) DO UPDATE SET segment = excluded.segment, sequence = excluded.sequence, \
        digest = excluded.digest
        """)

    private static let selectState = SQL(
        """
        SELECT (SELECT segment FROM authd.audit_head WHERE id = 1), \
        (SELECT sequence FROM authd.audit_head WHERE id = 1), (SELECT digest FROM authd.audit_head WHERE id = 1), \
        (SELECT sequence FROM authd.audit_events WHERE sequence IS NOT NULL ORDER BY sequence LIMIT 1), \
        (SELECT sequence FROM authd.audit_events WHERE sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1), \
        (SELECT chain FROM authd.audit_events WHERE sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1), \
        (SELECT COALESCE(MAX(number), 0) FROM authd.audit_segments), \
        (SELECT COALESCE(MAX(sequence), 0) FROM authd.audit_cuts), \
        EXISTS (SELECT cursor FROM authd.audit_events WHERE sequence IS NULL)
        """)

    private static let countUnsealed = SQL("SELECT COUNT(*) FROM authd.audit_events WHERE sequence IS NULL")

    private static let selectUnsealed = SQL(
        joining: [
            "SELECT", .init(AuditColumns.list),
            "FROM authd.audit_events WHERE sequence IS NULL ORDER BY cursor LIMIT $1",
        ], isPermanent: true)

    private static let writeSeal = SQL(
        """
        UPDATE authd.audit_events SET sequence = $2, chain = $3, payload_digest = $4, salt = $5 WHERE cursor = $1
        """)

    private static let selectSealed = SQL(
        joining: [
            "SELECT", .init(AuditColumns.list),
            "FROM authd.audit_events WHERE sequence > $1 ORDER BY sequence LIMIT $2",
        ], isPermanent: true)
}
