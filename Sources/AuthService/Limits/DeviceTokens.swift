// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// Makes and recognises the tokens of known devices.
///
/// The text is `adt_` + base64url(device 16 ‖ expiry 8 ‖ HMAC-SHA-256 32 ‖ user 16 ‖ HMAC-SHA-256 32), and the first
/// MAC also covers the user's id and the stored password hash: a new password makes every device unknown, and signing
/// out everywhere does not, so that a user under attack can revoke all sessions and still sign in again. An invalid
/// token is recognised without a query.
///
/// The second MAC covers the device, the expiry and the user, which is a keyed digest here: by it a request is counted
/// against the device before any query. Tokens made before there was one end with the first MAC, and their requests are
/// counted against their source.
struct DeviceTokens: Sendable {
    /// Names a device of one user: 16 random octets.
    struct DeviceID: Hashable, Sendable {
        let octets: [UInt8]
    }

    private static let prefix = "adt_"
    private static let idLength = 16
    private static let contentLength = idLength + 8
    private static let userLength = 16
    private static let purpose = Array("authd device token".utf8) + [0]
    private static let holderPurpose = Array("authd device counted by itself".utf8) + [0]
    private static let userPurpose = Array("authd user of devices".utf8) + [0]

    private let keys: MACKeys

    /// Takes the key of the current root key and those of previous ones.
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
        let user = keys.authenticationCode(for: Self.userPurpose + userID.uuid.octets).prefix(Self.userLength)
        let holderMAC = keys.authenticationCode(for: Self.holderPurpose + content + user)
        return DeviceToken(Self.prefix + Base64URL.encode(content + mac + user + holderMAC))
    }

    /// The device that an authentic, unexpired token names, of whatever user.
    func holder(of token: DeviceToken, at now: Timestamp) -> LimitHolder? {
        guard let parts = Self.parts(of: token), let user = parts.holder?.user, isHolderAuthentic(in: parts),
            now < parts.expiry
        else { return nil }
        return LimitHolder(id: Self.id(parts.content), user: Self.id(user))
    }

    /// Whether the end of a newer token is authentic; older ones end before it.
    private func isHolderAuthentic(in parts: Parts) -> Bool {
        guard let (user, mac) = parts.holder else { return true }
        return keys.isValid(mac, for: Self.holderPurpose + parts.content + user)
    }

    private static func id(_ octets: some Collection<UInt8>) -> LimitHolder.ID {
        func number(_ octets: some Sequence<UInt8>) -> UInt64 { octets.reduce(0) { $0 << 8 | UInt64($1) } }
        return LimitHolder.ID(high: number(octets.prefix(8)), low: number(octets.dropFirst(8).prefix(8)))
    }

    /// A parsed token; none of it is trusted.
    private struct Parts {
        let content: [UInt8]
        let mac: [UInt8]
        /// The end of newer tokens.
        let holder: (user: [UInt8], mac: [UInt8])?

        var expiry: Timestamp {
            let microseconds = content.dropFirst(DeviceTokens.idLength).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Timestamp(microseconds: Int64(bitPattern: microseconds))
        }
    }

    private static func parts(of token: DeviceToken) -> Parts? {
        let text = token.revealed.utf8
        guard text.starts(with: prefix.utf8), text.count < 200,
            let octets = Base64URL.decode(text.dropFirst(prefix.utf8.count))
        else { return nil }
        let (content, rest) = (Array(octets.prefix(contentLength)), octets.dropFirst(contentLength))
        let (mac, end) = (Array(rest.prefix(HMACSHA256.byteCount)), rest.dropFirst(HMACSHA256.byteCount))
        guard mac.count == HMACSHA256.byteCount else { return nil }
        if end.isEmpty { return Parts(content: content, mac: mac, holder: nil) }
        guard end.count == userLength + HMACSHA256.byteCount else { return nil }
        let holder = (user: Array(end.prefix(userLength)), mac: Array(end.dropFirst(userLength)))
        return Parts(content: content, mac: mac, holder: holder)
    }

    /// The device that a token names; `nil` if it is not one of this user with this password, or too old.
    func device(
        _ token: DeviceToken?, of userID: UserID, _ hash: StoredPasswordHash, at now: Timestamp
    ) -> DeviceID? {
        guard let parts = token.flatMap({ Self.parts(of: $0) }),
            keys.isValid(parts.mac, for: Self.authenticated(parts.content, userID, hash)),
            isHolderAuthentic(in: parts), now < parts.expiry
        else { return nil }
        return DeviceID(octets: Array(parts.content.prefix(Self.idLength)))
    }

    /// Every part but the last is of fixed length, so no two contents give the same octets.
    private static func authenticated(_ content: [UInt8], _ userID: UserID, _ hash: StoredPasswordHash) -> [UInt8] {
        purpose + content + userID.uuid.octets + Array(hash.text.utf8)
    }
}
