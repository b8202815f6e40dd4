// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a row of the outbox, in the order in which statements name and read them.
enum OutboxColumns {
    /// The columns that are written with an entry and then stay, but for the number, which the database gives.
    private static let written = SQLColumns(
        """
        user_id, lane, destination, kind, recipient, token_digest, token_content, details, source, user_agent, request_id, \
        created_at_us
        """)

    /// The columns that tell how the delivery stands.
    static let changed = SQLColumns("attempts, due_at_us, lease, leased_until_us, state, failure, expires_at_us")

    /// The columns of a new row.
    static let inserted = written + changed

    /// All columns.
    static let list = inserted + SQLColumns("number")

    /// The id in the rows that have no user: a key has no null.
    static let noUser = UserID(UUIDv7(high: 0, low: 0))

    /// The row in a result.
    static func row(in row: SQLRow) throws(StoreError) -> OutboxRow {
        guard let lane = OutboxLane(rawValue: try row.text(1)), let state = OutboxRow.State(rawValue: try row.text(16))
        else {
            throw .corrupt("a row of the outbox is of an unknown lane or state")
        }
        let user = UserID(try row.uuid(0))
        var token: OutboxToken?
        if let digest = try row.optionalBytes(5), let content = try row.optionalBytes(6) {
            token = OutboxToken(digest: digest, content: content)
        }
        let expiry = try row.time(18)
        let entry = OutboxEntry(
            lane, destination: try row.text(2), kind: try row.text(3), userID: user == noUser ? nil : user,
            recipient: try row.optionalText(4), token: token, details: details(of: try row.text(7)),
            source: try row.optionalText(8), userAgent: try row.optionalText(9), requestID: try row.optionalText(10),
            createdAt: try row.time(11), expiresAt: expiry)
        let until = try row.time(15)
        return OutboxRow(
            number: try row.int64(19), entry: entry, attempts: try row.int64(12), dueAt: try row.time(13),
            lease: try row.optionalBytes(14).map { OutboxLease(id: $0, until: until) }, state: state,
            failure: try row.optionalText(17), expiresAt: expiry)
    }

    /// The values of ``inserted`` for an entry that was just written.
    static func values(_ entry: OutboxEntry) -> [SQLValue] {
        [
            .id(entry.userID ?? noUser), .text(entry.lane.rawValue), .text(entry.destination), .text(entry.kind),
            .optional(entry.recipient), bytes(entry.token?.digest), bytes(entry.token?.content),
            .text(text(of: entry.details)), .optional(entry.source), .optional(entry.userAgent),
            .optional(entry.requestID), .time(entry.createdAt),
        ] + changedValues(OutboxRow(number: 0, entry))
    }

    /// The values of ``changed``.
    static func changedValues(_ row: OutboxRow) -> [SQLValue] {
        [
            .int64(row.attempts), .time(row.dueAt), bytes(row.lease?.id), .time(row.lease?.until ?? notLeased),
            .text(row.state.rawValue), .optional(row.failure), .time(row.expiresAt),
        ]
    }

    /// The values that name a row.
    static func values(_ key: OutboxKey) -> [SQLValue] {
        [.id(key.userID ?? noUser), .int64(key.number)]
    }

    /// Until when a row is leased that is not.
    static let notLeased = Timestamp(microseconds: .min)

    private static func bytes(_ octets: [UInt8]?) -> SQLValue { octets.map(SQLValue.bytes) ?? .null }

    /// Details as one text.
    static func text(of details: [String: String]) -> String {
        var writer = JSONWriter()
        writer.object { object in
            for (name, value) in details.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                object.member(name, value)
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// What cannot be read counts as absent: one damaged row must not keep the others of its lane from being delivered.
    static func details(of text: String) -> [String: String] {
        guard let object = (try? JSONReader.read(Array(text.utf8)))?.objectValue else { return [:] }
        var details: [String: String] = [:]
        for member in object.members { details[member.name] = member.value.stringValue }
        return details
    }
}
