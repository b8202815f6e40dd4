// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a segment of the audit log's chain, in the order in which statements name and read them.
enum AuditSegmentColumns {
    /// The columns that make a segment.
    static let list = SQLColumns(
        """
        number, reason, opened_at_us, author, found_segment, found_sequence, found_digest, expected_segment, \
        expected_sequence, expected_digest, digest, sealed_key
        """)

    /// The segment in a row.
    static func segment(in row: SQLRow) throws(StoreError) -> StoredAuditSegment {
        guard let reason = AuditSegment.Reason(rawValue: try row.text(1)) else {
            throw .corrupt("an audit segment's reason is not a known one")
        }
        return StoredAuditSegment(
            segment: AuditSegment(
                number: try row.int64(0), reason: reason, openedAt: try row.time(2), author: try row.text(3),
                found: try head(in: row, from: 4), expected: try optionalHead(in: row, from: 7)),
            digest: try row.bytes(10), sealedKey: try row.bytes(11))
    }

    /// The values of ``list``.
    static func values(_ stored: StoredAuditSegment) -> [SQLValue] {
        let segment = stored.segment
        let expected: [SQLValue] = segment.expected.map(values) ?? [.null, .null, .null]
        return [
            .int64(segment.number), .text(segment.reason.rawValue), .time(segment.openedAt), .text(segment.author),
        ] + values(segment.found) + expected + [.bytes(stored.digest), .bytes(stored.sealedKey)]
    }

    /// The head whose segment, number and digest begin at a position.
    static func head(in row: SQLRow, from position: Int) throws(StoreError) -> AuditHead {
        AuditHead(
            segment: try row.int64(position),
            link: AuditLink(sequence: try row.int64(position + 1), digest: try row.bytes(position + 2)))
    }

    /// The same; `nil` where the segment is null.
    static func optionalHead(in row: SQLRow, from position: Int) throws(StoreError) -> AuditHead? {
        try row.optionalInt64(position) == nil ? nil : head(in: row, from: position)
    }

    /// The values of a head: segment, number and digest.
    static func values(_ head: AuditHead) -> [SQLValue] {
        [.int64(head.segment), .int64(head.link.sequence), .bytes(head.link.digest)]
    }
}
