// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a record of a removal from the audit log, in the order in which statements name and read them.
enum AuditCutColumns {
    /// The columns that make a record.
    static let list = SQLColumns("segment, sequence, digest, cutoff_us, at_us, author, signed_by, signature")

    /// The record in a row.
    static func cut(in row: SQLRow) throws(StoreError) -> SignedAuditCut {
        SignedAuditCut(
            AuditCut(
                through: try AuditSegmentColumns.head(in: row, from: 0), cutoff: try row.time(3),
                at: try row.time(4), author: try row.text(5), signedBy: try row.int64(6)),
            signature: try row.bytes(7))
    }

    /// The values of ``list``.
    static func values(_ signed: SignedAuditCut) -> [SQLValue] {
        let cut = signed.cut
        return AuditSegmentColumns.values(cut.through) + [
            .time(cut.cutoff), .time(cut.at), .text(cut.author), .int64(cut.signedBy), .bytes(signed.signature),
        ]
    }
}
