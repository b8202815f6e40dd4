// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a request for a mail, in the order in which statements name and read them.
enum MailRequestColumns {
    /// The columns of a new row; the number is the database's.
    static let inserted = SQLColumns(
        """
        kind, flow, address, user_id, holder, standing, details, source, user_agent, request_id, created_at_us, \
        due_at_us, attempts, lease, leased_until_us
        """)

    /// All columns.
    static let list = inserted + SQLColumns("number")

    /// A request as it was claimed, and where it stood in line.
    struct Claimed {
        let row: WaitingMailRequest
        let dueAt: Timestamp

        /// Those of known clients first, then the one that had been due for longest.
        static func isBefore(_ left: Claimed, _ right: Claimed) -> Bool {
            let (first, second) = (left.row.request.standing, right.row.request.standing)
            guard first == second else { return first == .known }
            return (left.dueAt, left.row.number) < (right.dueAt, right.row.number)
        }
    }

    /// The request in a row.
    static func request(in row: SQLRow) throws(StoreError) -> Claimed {
        guard let kind = MailRequestKind(rawValue: try row.text(0)),
            let standing = MailStanding(rawValue: try row.text(5))
        else { throw .corrupt("a request for a mail is of an unknown kind or standing") }
        let userID = UserID(try row.uuid(3))
        let request = MailRequest(
            kind, flow: FlowID(try row.bytes(1)), address: try row.text(2),
            userID: userID == OutboxColumns.noUser ? nil : userID, holder: try row.text(4), standing: standing,
            details: OutboxColumns.details(of: try row.text(6)), source: try row.optionalText(7),
            userAgent: try row.optionalText(8), requestID: try row.optionalText(9), createdAt: try row.time(10))
        return Claimed(
            row: WaitingMailRequest(number: try row.int64(15), request: request, attempts: try row.int64(12)),
            dueAt: try row.time(11))
    }

    /// The values of ``inserted`` for a request that is due at `now`.
    static func values(_ request: MailRequest, at now: Timestamp) -> [SQLValue] {
        [
            .text(request.kind.rawValue), .bytes(request.flow.digest), .text(request.address),
            .id(request.userID ?? OutboxColumns.noUser), .text(request.holder), .text(request.standing.rawValue),
            .text(OutboxColumns.text(of: request.details)), .optional(request.source), .optional(request.userAgent),
            .optional(request.requestID), .time(request.createdAt), .time(now), .int64(0), .null,
            .time(OutboxColumns.notLeased),
        ]
    }
}
