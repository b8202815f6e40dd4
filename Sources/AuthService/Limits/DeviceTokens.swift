// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// Makes and recognises the tokens of known devices.
///
/// The text is `adt_` + base64url(device 16 ‖ expiry 8 ‖ HMAC-SHA-256 32), and the MAC also covers the user and the stored
/// password hash: a new password makes every device a stranger, and signing out everywhere does not, so that an owner
/// under attack can end all sessions and still come back in. A token is found junk without a query of its own.
struct DeviceTokens: Sendable {
    /// Names a device of one user: 16 random octets.
    struct DeviceID: Hashable, Sendable {
        let octets: [UInt8]
    }

    private static let prefix = "adt_"
    private static let idLength = 16
    private static let contentLength = idLength + 8
    private static let purpose = Array("authd device token".utf8) + [0]

    private let keys: MACKeys

    /// Takes the key of the current root and those of earlier ones.
    init(current: SecretBytes, previous: [SecretBytes]) {
        keys = MACKeys(current: current, previous: previous)
    }

    /// A token for a device that has just signed in; a device that was known keeps its id.
    func token(
        for device: DeviceID?, of userID: UserID, _ hash: StoredPasswordHash, at now: Timestamp,
        random: any RandomSource
    ) -> DeviceToken {
        var content = device?.octets ?? random.bytes(count: Self.idLength)
        content.append(bigEndian: (now + DeviceToken.lifetime).microseconds)
        let mac = keys.authenticationCode(for: Self.authenticated(content, userID, hash))
        return DeviceToken(Self.prefix + Base64URL.encode(content + mac))
    }

    /// The device that a token names; `nil` where it is not one of this user with this password, or too old.
    func device(
        _ token: DeviceToken?, of userID: UserID, _ hash: StoredPasswordHash, at now: Timestamp
    ) -> DeviceID? {
        guard let text = token?.revealed.utf8, text.starts(with: Self.prefix.utf8), text.count < 100,
            let octets = Base64URL.decode(text.dropFirst(Self.prefix.utf8.count)),
            octets.count == Self.contentLength + HMACSHA256.byteCount
        else { return nil }
        let content = Array(octets.prefix(Self.contentLength))
        let authenticated = Self.authenticated(content, userID, hash)
        guard keys.isValid(octets.dropFirst(Self.contentLength), for: authenticated) else { return nil }
        let expiry = content.dropFirst(Self.idLength).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard now < Timestamp(microseconds: Int64(bitPattern: expiry)) else { return nil }
        return DeviceID(octets: Array(content.prefix(Self.idLength)))
    }

    /// Every part but the last is of fixed length, so no two contents give the same octets.
    private static func authenticated(_ content: [UInt8], _ userID: UserID, _ hash: StoredPasswordHash) -> [UInt8] {
        purpose + content + userID.uuid.octets + Array(hash.text.utf8)
    }
}
