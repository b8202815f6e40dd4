// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a one-time token, in the order in which statements name and read them.
enum OneTimeTokenColumns {
    /// The columns that make a token.
    static let list = SQLColumns("user_id, digest, purpose, address, created_at_us, expires_at_us")

    /// The token in a row.
    static func token(in row: SQLRow) throws(StoreError) -> OneTimeToken {
        guard let purpose = OneTimeTokenPurpose(rawValue: try row.text(2)) else {
            throw .corrupt("a one-time token's purpose is not a known one")
        }
        return OneTimeToken(
            digest: try row.bytes(1), purpose: purpose, userID: UserID(try row.uuid(0)), address: try row.text(3),
            createdAt: try row.time(4), expiresAt: try row.time(5))
    }

    /// The values of ``list``.
    static func values(_ token: OneTimeToken) -> [SQLValue] {
        [
            .id(token.userID), .bytes(token.digest), .text(token.purpose.rawValue), .text(token.address),
            .time(token.createdAt), .time(token.expiresAt),
        ]
    }
}
