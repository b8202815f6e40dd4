// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The segments of the audit log's chain.
enum AuditSegmentOperations {
    /// All segments.
    static let segments = SQLOperation<[StoredAuditSegment?]>(
        .read,
        .run(Statement(selectSegments)) { result in
            .commit([], result.rows.map { row in try? AuditSegmentColumns.segment(in: row) })
        })

    /// D5: under the head's lock.
    static func open(
        _ segment: StoredAuditSegment, after head: AuditHead?, recording event: AuditEvent?
    ) -> SQLOperation<Bool> {
        SQLOperation(
            .write,
            .run(Statement(AuditSealOperations.lockHead)) { (result) throws(StoreError) in
                guard try AuditSealOperations.head(in: result) == head else { return .rollback(false) }
                return .commit(
                    [
                        Statement(insertSegment, AuditSegmentColumns.values(segment)),
                        AuditSealOperations.move(to: segment.start),
                    ] + [event].compactMap(\.self).map(WriteStatements.append), true)
            })
    }

    /// Replaces a sealed key that is still the old one.
    static func reseal(_ number: Int64, from old: [UInt8], to new: [UInt8]) -> SQLOperation<Bool> {
        let statement = Statement(replaceKey, [.int64(number), .bytes(old), .bytes(new)])
        return SQLOperation(.writeOnce, .run(statement) { .commit([], $0.affectedRows == 1) })
    }

    private static let selectSegments = SQL(
        joining: ["SELECT", .init(AuditSegmentColumns.list), "FROM authd.audit_segments ORDER BY number"],
        isPermanent: true)

    private static let insertSegment = SQL(
        joining: ["INSERT INTO authd.audit_segments", AuditSegmentColumns.list.insertion], isPermanent: true)

    private static let replaceKey = SQL(
        "UPDATE authd.audit_segments SET sealed_key = $3 WHERE number = $1 AND sealed_key = $2")
}
