// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthStore
package import AuthStoreSQL

/// What an attacker does to an audit log who can write to the database and does not know the root key.
///
/// The log has twelve events, of which the second segment begins after the sixth.
package struct AuditForgery: Sendable, CustomStringConvertible {
    package let description: String
    /// What verifying the log names.
    package let verified: AuditFault
    /// Why a running service seals no more; `nil` where only verifying the log shows the forgery.
    package let sealing: AuditFault?
    /// What an operator runs before accepting the rest: it deletes the rows that authd did not make.
    package let repair: [Statement]
    private let statements: [Statement]
    /// The first event whose link, and those of all after it, the attacker computes anew.
    private let rechained: Int64?

    private init(
        _ description: String, _ statements: [Statement], rechaining rechained: Int64? = nil, verified: AuditFault,
        sealing: AuditFault?, repair: [SQL] = []
    ) {
        self.description = description
        self.statements = statements
        self.rechained = rechained
        self.verified = verified
        self.sealing = sealing
        self.repair = repair.map { Statement($0) }
    }

    /// Carries it out.
    package func commit(in driver: some SQLDriver) async throws {
        try await driver.perform(SQLOperation(.write, .commit(statements, ())))
        guard let rechained else { return }
        let entries = try await SQLAuthStore(driver).sealedAuditEntries(after: rechained - 2, limit: 100)
        var link = entries.first?.event?.seal?.link ?? .start
        var changes: [Statement] = []
        for stored in entries.dropFirst().compactMap(\.event) {
            let salt = [UInt8](repeating: 3, count: AuditChain.saltByteCount)
            for seal in Self.chain.seals(for: [stored], after: link, entropy: salt) {
                link = seal.link
                changes.append(
                    Statement(
                        Self.rechain,
                        [.int64(link.sequence), .bytes(link.digest), .bytes(seal.payloadDigest), .bytes(salt)]))
            }
        }
        changes.append(Statement(Self.moveHead, [.int64(link.sequence), .bytes(link.digest)]))
        try await driver.perform(SQLOperation(.write, .commit(changes, ())))
    }

    /// A chain of digests that need no key.
    private static let chain = AuditChain { message in
        let hash = message.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0100_0000_01b3 }
        return (0..<32).map { UInt8(truncatingIfNeeded: hash >> UInt64($0 % 8 * 8)) }
    }

    private static let rechain = SQL(
        "UPDATE authd.audit_events SET chain = $2, payload_digest = $3, salt = $4 WHERE sequence = $1")
    private static let moveHead = SQL("UPDATE authd.audit_head SET sequence = $1, digest = $2")
}

extension AuditForgery {
    /// Forgeries of every table.
    package static let all = events + heads + segments + cuts

    private static let events = [
        AuditForgery(
            "deletes an event", [Statement(SQL("DELETE FROM authd.audit_events WHERE sequence = 4"))],
            verified: AuditFault(4, .missing), sealing: nil),
        AuditForgery(
            "rewrites an address",
            [Statement(SQL("UPDATE authd.audit_events SET source = '198.51.100.1' WHERE sequence = 4"))],
            verified: AuditFault(4, .payloadAltered), sealing: nil),
        AuditForgery(
            "rewrites an event and all links after it",
            [Statement(SQL("UPDATE authd.audit_events SET action = 'sign_out' WHERE sequence = 4"))], rechaining: 4,
            verified: AuditFault(4, .altered), sealing: AuditFault(12, .checkpointMismatch)),
        AuditForgery(
            "deletes an event, and numbers and links the others anew",
            [
                Statement(SQL("DELETE FROM authd.audit_events WHERE sequence = 4")),
                Statement(SQL("UPDATE authd.audit_events SET sequence = 1 - sequence WHERE sequence > 4")),
                Statement(SQL("UPDATE authd.audit_events SET sequence = 0 - sequence WHERE sequence < 0")),
            ], rechaining: 4, verified: AuditFault(4, .altered), sealing: AuditFault(12, .headBehind)),
        AuditForgery(
            "appends an event",
            [Statement(appendEvent, [.bytes(digest), .bytes(Array(digest.prefix(16)))])],
            verified: AuditFault(13, .headAltered), sealing: AuditFault(13, .headAltered)),
        AuditForgery(
            "appends an event and moves the head to it",
            [
                Statement(appendEvent, [.bytes(digest), .bytes(Array(digest.prefix(16)))]),
                Statement(moveHead, [.int64(13), .bytes(digest)]),
            ], verified: AuditFault(13, .altered), sealing: AuditFault(13, .altered)),
        AuditForgery(
            "deletes the end", [Statement(SQL("DELETE FROM authd.audit_events WHERE sequence > 8"))],
            verified: AuditFault(9, .truncated), sealing: AuditFault(9, .truncated)),
        AuditForgery(
            "deletes the beginning", [Statement(SQL("DELETE FROM authd.audit_events WHERE sequence < 4"))],
            verified: AuditFault(1, .frontTruncated), sealing: AuditFault(1, .frontTruncated)),
    ]

    private static let heads = [
        AuditForgery(
            "brings back an earlier state with its own head",
            [Statement(SQL("DELETE FROM authd.audit_events WHERE sequence > 9")), headBack(to: 9)],
            verified: AuditFault(10, .headBehind), sealing: AuditFault(10, .headBehind)),
        AuditForgery(
            "brings back a state of the first segment with its own head",
            [
                Statement(SQL("DELETE FROM authd.audit_events WHERE sequence > 6")),
                Statement(SQL("DELETE FROM authd.audit_segments WHERE number = 2")), headBack(to: 6),
                Statement(SQL("UPDATE authd.audit_head SET segment = 1")),
            ], verified: AuditFault(7, .headBehind), sealing: AuditFault(7, .headBehind)),
        AuditForgery(
            "lowers the head", [headBack(to: 8)], verified: AuditFault(9, .headAltered),
            sealing: AuditFault(9, .headAltered)),
        AuditForgery(
            "deletes the head", [Statement(SQL("DELETE FROM authd.audit_head"))],
            verified: AuditFault(1, .headAltered), sealing: AuditFault(13, .headAltered)),
        AuditForgery(
            "empties the tables",
            [
                Statement(SQL("DELETE FROM authd.audit_events")), Statement(SQL("DELETE FROM authd.audit_segments")),
                Statement(moveHead, [.int64(0), .bytes([UInt8](repeating: 0, count: 32))]),
                Statement(SQL("UPDATE authd.audit_head SET segment = 0")),
            ], verified: AuditFault(1, .headBehind), sealing: AuditFault(1, .headBehind)),
    ]

    private static let segments = [
        AuditForgery(
            "copies a segment", [Statement(copySegment)], verified: AuditFault(7, .segmentForged),
            sealing: AuditFault(13, .headAltered), repair: [deleteThirdSegment]),
        AuditForgery(
            "copies a segment and moves the head into it",
            [Statement(copySegment), Statement(SQL("UPDATE authd.audit_head SET segment = 3"))],
            verified: AuditFault(7, .segmentForged), sealing: AuditFault(7, .segmentForged),
            repair: [deleteThirdSegment]),
        AuditForgery(
            "swaps the segments",
            [
                Statement(SQL("UPDATE authd.audit_segments SET number = 1000 WHERE number = 1")),
                Statement(SQL("UPDATE authd.audit_segments SET number = 1 WHERE number = 2")),
                Statement(SQL("UPDATE authd.audit_segments SET number = 2 WHERE number = 1000")),
            ], verified: AuditFault(7, .segmentForged), sealing: AuditFault(7, .segmentForged),
            repair: [SQL("DELETE FROM authd.audit_segments")]),
        AuditForgery(
            "rewrites the opening record of a segment",
            [Statement(SQL("UPDATE authd.audit_segments SET author = 'Eve' WHERE number = 2"))],
            verified: AuditFault(7, .segmentForged), sealing: AuditFault(7, .segmentForged),
            repair: [SQL("DELETE FROM authd.audit_segments WHERE number = 2")]),
        AuditForgery(
            "deletes the newest segment",
            [Statement(SQL("DELETE FROM authd.audit_segments WHERE number = 2"))],
            verified: AuditFault(7, .segmentMissing), sealing: AuditFault(12, .segmentMissing)),
        AuditForgery(
            "deletes every segment", [Statement(SQL("DELETE FROM authd.audit_segments"))],
            verified: AuditFault(1, .segmentMissing), sealing: AuditFault(12, .segmentMissing)),
    ]

    private static let cuts = [
        AuditForgery(
            "records a removal", [Statement(recordCut)], verified: AuditFault(3, .cutForged),
            sealing: AuditFault(3, .cutForged), repair: [deleteCuts]),
        AuditForgery(
            "deletes the beginning and records a removal",
            [Statement(recordCut), Statement(SQL("DELETE FROM authd.audit_events WHERE sequence <= 3"))],
            verified: AuditFault(3, .cutForged), sealing: AuditFault(3, .cutForged), repair: [deleteCuts]),
    ]

    private static let digest = [UInt8](repeating: 7, count: 32)

    private static let appendEvent = SQL(
        """
        INSERT INTO authd.audit_events (at_us, action, sequence, chain, payload_digest, salt) \
        VALUES (1, 'sign_out', 13, $1, $1, $2)
        """)

    /// A head that authd made, for the log up to an event.
    private static func headBack(to sequence: Int64) -> Statement {
        Statement(
            SQL(
                """
                UPDATE authd.audit_head SET sequence = $1, \
                digest = (SELECT chain FROM authd.audit_events WHERE sequence = $1)
                """), [.int64(sequence)])
    }

    private static let copySegment = SQL(
        """
        INSERT INTO authd.audit_segments (number, reason, opened_at_us, author, found_segment, found_sequence, \
        found_digest, expected_segment, expected_sequence, expected_digest, digest, sealed_key) \
        SELECT 3, reason, opened_at_us, author, found_segment, found_sequence, found_digest, expected_segment, \
        expected_sequence, expected_digest, digest, sealed_key FROM authd.audit_segments WHERE number = 2
        """)

    private static let deleteThirdSegment = SQL("DELETE FROM authd.audit_segments WHERE number = 3")

    private static let recordCut = SQL(
        """
        INSERT INTO authd.audit_cuts (sequence, segment, digest, cutoff_us, at_us, author, signed_by, signature) \
        SELECT sequence, 1, chain, 2, 2, 'Ada', 2, chain FROM authd.audit_events WHERE sequence = 3
        """)

    private static let deleteCuts = SQL("DELETE FROM authd.audit_cuts WHERE sequence = 3")
}
