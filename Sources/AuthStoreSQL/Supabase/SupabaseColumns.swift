// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a code of Supabase's API, in the order in which statements name and read them.
enum SupabaseCodeColumns {
    /// The columns that make a code.
    static let list = SQLColumns(
        "digest, user_id, method, challenge, generation, binds, expires_at_us, wrong_verifiers")

    /// The code in a row.
    static func code(in row: SQLRow) throws(StoreError) -> SupabaseCode {
        SupabaseCode(
            digest: try row.bytes(0), userID: UserID(try row.uuid(1)), method: try row.text(2),
            challenge: try row.bytes(3), generation: try row.optionalInt64(4).map { CredentialGeneration($0) },
            binds: try row.bool(5), expiresAt: try row.time(6), wrongVerifiers: try row.int64(7))
    }

    /// The values of ``list``.
    static func values(_ code: SupabaseCode) -> [SQLValue] {
        [
            .bytes(code.digest), .id(code.userID), .text(code.method), .bytes(code.challenge),
            code.generation.map { SQLValue.int64($0.value) } ?? .null, .bool(code.binds), .time(code.expiresAt),
            .int64(code.wrongVerifiers),
        ]
    }
}

/// The columns of the confirmation of a change of address, in the order in which statements name and read them.
enum AddressConfirmationColumns {
    /// The columns that make a confirmation.
    static let list = SQLColumns("user_id, address, side, expires_at_us")

    /// The confirmation in a row.
    static func confirmation(in row: SQLRow) throws(StoreError) -> SupabaseAddressConfirmation {
        guard let side = SupabaseAddressConfirmation.Side(rawValue: try row.text(2)) else {
            throw .corrupt("the mailbox of a confirmation is not a known one")
        }
        return SupabaseAddressConfirmation(
            userID: UserID(try row.uuid(0)), address: try row.text(1), side: side, expiresAt: try row.time(3))
    }

    /// The values of ``list``.
    static func values(_ confirmation: SupabaseAddressConfirmation) -> [SQLValue] {
        [
            .id(confirmation.userID), .text(confirmation.address), .text(confirmation.side.rawValue),
            .time(confirmation.expiresAt),
        ]
    }
}

/// The columns of a secret key of Supabase's API, in the order in which statements name and read them.
enum SupabaseKeyColumns {
    /// The columns that make a key.
    static let list = SQLColumns(
        "id, form, digest, name, creator, created_at_us, last_used_at_us, expires_at_us, revoked_at_us")

    /// The key in a row.
    static func key(in row: SQLRow) throws(StoreError) -> SupabaseKey {
        guard let form = SupabaseKey.Form(rawValue: try row.text(1)) else {
            throw .corrupt("a key's form is not a known one")
        }
        return SupabaseKey(
            id: SupabaseKeyID(try row.uuid(0)), form: form, digest: try row.optionalBytes(2), name: try row.text(3),
            creator: try row.optionalUUID(4).map { UserID($0) }, createdAt: try row.time(5),
            lastUsedAt: try row.optionalTime(6), expiresAt: try row.time(7), revokedAt: try row.optionalTime(8))
    }

    /// The values of ``list``.
    static func values(_ key: SupabaseKey) -> [SQLValue] {
        [
            .id(key.id), .text(key.form.rawValue), .optional(key.digest), .text(key.name), .id(key.creator),
            .time(key.createdAt), .time(key.lastUsedAt), .time(key.expiresAt), .time(key.revokedAt),
        ]
    }
}
