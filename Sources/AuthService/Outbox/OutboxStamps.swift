// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// Gives the mail of a row the same stamp at each delivery, by whichever process.
///
/// Every recipient sees the identifier, and cannot read from it how many mails a database has had.
struct OutboxStamps: Sendable {
    private let key: HMACSHA256

    /// Takes the key of the current root key.
    init(key: SecretBytes) {
        self.key = HMACSHA256(key: key)
    }

    /// The stamp of a row's mail: the time of its cause, and an identifier that no other row has.
    func stamp(of row: OutboxRow) -> MailStamp {
        let number = UInt64(bitPattern: row.number)
        let octets =
            (row.entry.userID?.uuid.octets ?? [])
            + (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) }
        let random = Array(key.authenticationCode(for: octets).prefix(10))
        return MailStamp(
            date: row.entry.createdAt, identifier: UUIDv7(at: row.entry.createdAt, random: random))
    }
}
