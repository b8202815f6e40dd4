// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a change of address, in the order in which statements name and read them.
enum AddressChangeColumns {
    /// The columns that make a change.
    static let list = SQLColumns(
        """
        user_id, number, former, former_verified_at_us, generation, was_bound, undo_digest, changed_at_us, ends_at_us, \
        hash, cost
        """)

    /// The change in a row.
    static func change(in row: SQLRow) throws(StoreError) -> StoredAddressChange {
        let former: EmailAddress
        do {
            former = try EmailAddress(try row.text(2))
        } catch let error as StoreError {
            throw error
        } catch {
            throw .corrupt("a former address is not a valid one")
        }
        let change = AddressChange(
            userID: UserID(try row.uuid(0)), number: try row.int64(1), former: former,
            formerVerifiedAt: try row.optionalTime(3), generation: CredentialGeneration(try row.int64(4)),
            wasBound: try row.bool(5), undoDigest: try row.bytes(6), changedAt: try row.time(7),
            endsAt: try row.time(8))
        guard let text = try row.optionalText(9) else { return StoredAddressChange(change, passwordHash: nil) }
        return StoredAddressChange(change, passwordHash: StoredPasswordHash(text: text, cost: try row.text(10)))
    }

    /// The values of ``list``.
    static func values(_ stored: StoredAddressChange) -> [SQLValue] {
        let change = stored.change
        return [
            .id(change.userID), .int64(change.number), .text(change.former.original), .time(change.formerVerifiedAt),
            .int64(change.generation.value), .bool(change.wasBound), .bytes(change.undoDigest), .time(change.changedAt),
            .time(change.endsAt), .optional(stored.passwordHash?.text), .optional(stored.passwordHash?.cost),
        ]
    }
}
