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
        var expected: AuditHead?
        if let number = try row.optionalInt64(7) {
            expected = AuditHead(
                segment: number, link: AuditLink(sequence: try row.int64(8), digest: try row.bytes(9)))
        }
        let found = AuditHead(
            segment: try row.int64(4), link: AuditLink(sequence: try row.int64(5), digest: try row.bytes(6)))
        return StoredAuditSegment(
            segment: AuditSegment(
                number: try row.int64(0), reason: reason, openedAt: try row.time(2), author: try row.text(3),
                found: found, expected: expected),
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

    /// The values of a head: segment, number and digest.
    static func values(_ head: AuditHead) -> [SQLValue] {
        [.int64(head.segment), .int64(head.link.sequence), .bytes(head.link.digest)]
    }
}
