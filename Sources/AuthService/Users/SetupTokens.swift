// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// Makes and recognises the tokens that make the first administrator.
///
/// The text is `aot_` + base64url(9 ‖ expiry 8 ‖ random 16 ‖ HMAC-SHA-256 32). Nothing is stored: a token counts as long as
/// there is no administrator, so it is void after its first use, and with it every other one. A copy of the database gives
/// none.
struct SetupTokens: Sendable {
    /// How long a token is valid.
    static let lifetime = Duration.seconds(86_400)

    private static let prefix = "aot_"
    private static let tag: UInt8 = 9
    private static let contentLength = 1 + 8 + 16
    private static let purpose = Array("authd set-up token".utf8) + [0]

    private let keys: MACKeys

    /// Takes the key of the current root key and those of previous ones.
    init(current: SecretBytes, previous: [SecretBytes]) {
        keys = MACKeys(current: current, previous: previous)
    }

    /// A new token.
    func make(until expiry: Timestamp, random: any RandomSource) -> MailToken {
        var content = [Self.tag]
        content.append(bigEndian: expiry.microseconds)
        content += random.bytes(count: 16)
        let mac = keys.authenticationCode(for: Self.purpose + content)
        return MailToken(Self.prefix + Base64URL.encode(content + mac))
    }

    /// Whether a presented text is a token of this service that has not expired.
    func isValid(_ text: String, at now: Timestamp) -> Bool {
        guard text.utf8.starts(with: Self.prefix.utf8), text.utf8.count < 100,
            let octets = Base64URL.decode(text.utf8.dropFirst(Self.prefix.utf8.count)),
            octets.count == Self.contentLength + HMACSHA256.byteCount, octets[0] == Self.tag
        else { return false }
        let content = Array(octets.prefix(Self.contentLength))
        guard keys.isValid(octets[Self.contentLength...], for: Self.purpose + content) else { return false }
        let expiry = content[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return now < Timestamp(microseconds: Int64(bitPattern: expiry))
    }
}
