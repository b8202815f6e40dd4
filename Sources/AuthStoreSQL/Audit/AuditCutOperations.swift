// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Removals from the audit log.
enum AuditCutOperations {
    /// All records.
    static let cuts = SQLOperation<[SignedAuditCut?]>(
        .read,
        .run(Statement(selectCuts)) { result in
            .commit([], result.rows.map { row in try? AuditCutColumns.cut(in: row) })
        })

    /// D7: under the head's lock, so that removals come one after the other.
    static func cut(_ cut: SignedAuditCut, after previous: Int64, recording event: AuditEvent) -> SQLOperation<Int?> {
        let through = cut.cut.through.link.sequence
        return SQLOperation(
            .write,
            .run([Statement(AuditSealOperations.lockHead), Statement(selectNewest)]) { (results) throws(StoreError) in
                guard results.count == 2, let row = results[1].first else {
                    throw .corrupt("a statement gave no result")
                }
                guard try row.int64(0) == previous else { return .rollback(nil) }
                return .run([
                    Statement(insertCut, AuditCutColumns.values(cut)), Statement(deleteEvents, [.int64(through)]),
                ]) { results in
                    .commit([WriteStatements.append(event)], results.last?.affectedRows ?? 0)
                }
            })
    }

    private static let selectCuts = SQL(
        joining: ["SELECT", .init(AuditCutColumns.list), "FROM authd.audit_cuts ORDER BY sequence"], isPermanent: true)

    private static let selectNewest = SQL("SELECT COALESCE(MAX(sequence), 0) FROM authd.audit_cuts")

    private static let insertCut = SQL(
        joining: ["INSERT INTO authd.audit_cuts", AuditCutColumns.list.insertion], isPermanent: true)

    private static let deleteEvents = SQL("DELETE FROM authd.audit_events WHERE sequence <= $1")
}
