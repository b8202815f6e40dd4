// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// The ids of users who do not exist, by which an unknown identifier costs the store the same reads as a known one.
///
/// The draw is keyed and fixed for each identifier: asking again, or through another process with the same root key,
/// shows nothing new, and a reader of the database's statistics cannot tell which ids are drawn.
struct DecoyUsers: Sendable {
    private let mac: HMACSHA256

    /// Draws with the key of ``KeyPurpose/decoyUser``.
    init(key: SecretBytes) {
        mac = HMACSHA256(key: key)
    }

    /// The id that is read where no user has the identifier.
    func id(for identifier: Identifier) -> UserID {
        let name = Array(identifier.kind.rawValue.utf8) + [0] + Array(identifier.canonical.utf8)
        let draw = mac.authenticationCode(for: name)
        let time = draw.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) } & (Self.span - 1)
        return UserID(UUIDv7(at: Self.start + .milliseconds(time), random: Array(draw.dropFirst(8).prefix(10))))
    }

    // Ids begin with the time, so a draw from all of time would lie beyond all users in the index. This is from the
    // beginning of 2026 for about two years, in milliseconds.
    private static let start = Timestamp(seconds: 1_767_225_600)
    private static let span: Int64 = 1 << 36
}
