// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The chain of the audit log.
enum AuditSealOperations {
    /// Whether there is anything to seal.
    static let hasUnsealed = SQLOperation<Bool>(
        .read, .run(Statement(selectAnyUnsealed)) { .commit([], $0.first != nil) })

    /// D2, D3: the head's row is locked before the events are read, so that sealers come one after the other.
    static func seal(
        limit: Int, _ seal: @escaping @Sendable (AuditLink, [StoredAuditEvent]) -> [AuditSeal]
    ) -> SQLOperation<Int> {
        let events = Statement(selectUnsealed, [.int64(Int64(max(0, limit)))])
        return SQLOperation(
            .write,
            .run([Statement(lockHead), events]) { (results) throws(StoreError) in
                guard results.count == 2 else { throw .corrupt("a statement gave no result") }
                let head = try head(in: results[0])
                var events: [StoredAuditEvent] = []
                for row in results[1].rows { events.append(try AuditColumns.event(in: row)) }
                let seals = seal(head, events)
                guard let last = seals.last, seals.count <= events.count else { return .rollback(0) }
                var statements = zip(events, seals).map { stored, seal in
                    Statement(
                        writeSeal,
                        [
                            .int64(stored.cursor), .int64(seal.link.sequence), .bytes(seal.link.digest),
                            .bytes(seal.payloadDigest), seal.salt.map(SQLValue.bytes) ?? .null,
                        ])
                }
                statements.append(Statement(moveHead, [.int64(last.link.sequence), .bytes(last.link.digest)]))
                return .commit(statements, seals.count)
            })
    }

    /// How far the chain has come; the number of unsealed events may be a moment younger than the head.
    static let state = SQLOperation<AuditSealState>(
        .read,
        .run([Statement(selectHead), Statement(selectLastCheckpoint), Statement(countUnsealed)]) {
            (results) throws(StoreError) in
            guard results.count == 3, let count = results[2].first else {
                throw .corrupt("a statement gave no result")
            }
            return .commit(
                [],
                AuditSealState(
                    head: try head(in: results[0]), checkpoint: try checkpoints(in: results[1]).first,
                    unsealedCount: try count.int64(0)))
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

    /// D5.
    static func store(_ checkpoint: AuditCheckpoint) -> SQLOperation<Bool> {
        let statement = Statement(
            insertCheckpoint,
            [
                .int64(checkpoint.link.sequence), .bytes(checkpoint.link.digest), .time(checkpoint.at),
                .bytes(checkpoint.signature),
            ])
        return SQLOperation(.writeOnce, .run(statement) { .commit([], $0.affectedRows == 1) })
    }

    /// A page of checkpoints.
    static func checkpoints(after sequence: Int64, limit: Int) -> SQLOperation<[AuditCheckpoint]> {
        SQLOperation(
            .read,
            .run(Statement(selectCheckpoints, [.int64(sequence), .int64(Int64(max(0, limit)))])) {
                (result) throws(StoreError) in
                .commit([], try checkpoints(in: result))
            })
    }

    private static func head(in result: SQLResult) throws(StoreError) -> AuditLink {
        guard let row = result.first else { throw .corrupt("the head of the audit chain is missing") }
        return AuditLink(sequence: try row.int64(0), digest: try row.bytes(1))
    }

    private static func checkpoints(in result: SQLResult) throws(StoreError) -> [AuditCheckpoint] {
        var checkpoints: [AuditCheckpoint] = []
        for row in result.rows {
            checkpoints.append(
                AuditCheckpoint(
                    link: AuditLink(sequence: try row.int64(0), digest: try row.bytes(1)), at: try row.time(2),
                    signature: try row.bytes(3)))
        }
        return checkpoints
    }

    /// Makes sealing and erasing come one after the other.
    static let lockHead = SQL("SELECT sequence, digest FROM authd.audit_head FOR UPDATE")

    private static let selectHead = SQL("SELECT sequence, digest FROM authd.audit_head")

    private static let moveHead = SQL("UPDATE authd.audit_head SET sequence = $1, digest = $2")

    private static let selectAnyUnsealed = SQL(
        "SELECT cursor FROM authd.audit_events WHERE sequence IS NULL ORDER BY cursor LIMIT 1")

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

    private static let insertCheckpoint = SQL(
        """
        INSERT INTO authd.audit_checkpoints (sequence, digest, at_us, signature) VALUES ($1, $2, $3, $4) \
        ON CONFLICT DO NOTHING
        """)

    private static let selectLastCheckpoint = SQL(
        "SELECT sequence, digest, at_us, signature FROM authd.audit_checkpoints ORDER BY sequence DESC LIMIT 1")

    private static let selectCheckpoints = SQL(
        """
        SELECT sequence, digest, at_us, signature FROM authd.audit_checkpoints WHERE sequence > $1 \
        ORDER BY sequence LIMIT $2
        """)
}
