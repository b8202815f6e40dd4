// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The statements about changes of address, and what plans write about them.
enum AddressChangeStatements {
    /// What a change of the address of a user whose row is locked is decided on.
    static func rows(of id: UserID) -> [Statement] {
        [LockedRows.passwordHash(of: id), select(of: id)]
    }

    /// The rows in the results of ``rows(of:)``.
    static func rows(in results: ArraySlice<SQLResult>) throws(StoreError) -> AddressChangeRows {
        guard let hash = results.first, let changes = results.dropFirst().first else {
            throw .corrupt("a statement gave no result")
        }
        return AddressChangeRows(
            try Self.changes(in: changes), passwordHash: try LockedRows.passwordHash(in: hash))
    }

    /// The changes of a user.
    static func select(of id: UserID) -> Statement {
        Statement(selectChanges, [.id(id)])
    }

    /// The changes in the result of ``select(of:)``.
    static func changes(in result: SQLResult) throws(StoreError) -> [StoredAddressChange] {
        var changes: [StoredAddressChange] = []
        for row in result.rows { changes.append(try AddressChangeColumns.change(in: row)) }
        return changes
    }

    /// Stores a change.
    static func insert(_ stored: StoredAddressChange) -> Statement {
        Statement(insertChange, AddressChangeColumns.values(stored))
    }

    /// Removes a change.
    static func remove(of id: UserID, number: Int64) -> Statement {
        Statement(deleteChange, [.id(id), .int64(number)])
    }

    /// Ends the reservation of an identifier that ends then.
    static func release(_ identifier: Identifier, until end: Timestamp) -> Statement {
        Statement(
            deleteReservation, [.text(identifier.kind.rawValue), .text(identifier.canonical), .time(end)])
    }

    /// A8.
    static func purge(endedBy now: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteEnded, [.time(now), limit])]
    }

    private static let selectChanges = SQL(
        joining: [
            "SELECT", .init(AddressChangeColumns.list), "FROM authd.address_changes WHERE user_id = $1 ORDER BY number",
        ], isPermanent: true)

    private static let insertChange = SQL(
        joining: ["INSERT INTO authd.address_changes", AddressChangeColumns.list.insertion], isPermanent: true)

    private static let deleteChange = SQL("DELETE FROM authd.address_changes WHERE user_id = $1 AND number = $2")

    private static let deleteReservation = SQL(
        "DELETE FROM authd.reserved_identifiers WHERE kind = $1 AND canonical = $2 AND until_us = $3")

    private static let deleteEnded = SQL(
        joining: [
            """
            DELETE FROM authd.address_changes WHERE (user_id, number) IN (SELECT user_id, number \
            FROM authd.address_changes WHERE ends_at_us <= $1 ORDER BY ends_at_us LIMIT $2)
            """
        ], isPermanent: false)
}
