// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// Makes and recognises the tokens of known devices.
///
/// The text is `adt_` + base64url(device 16 ‖ expiry 8 ‖ generation 8 ‖ user 16 ‖ HMAC-SHA-256 32), where the user is a keyed
/// digest. An authentic token is recognised without a query, and its requests are counted against the device.
///
/// A device belongs to one generation of its user's credentials: a new password makes every device unknown. A new hash of the
/// same password does not, nor does signing out everywhere, so that a user under attack can revoke all sessions and still sign in
/// again.
struct DeviceTokens: Sendable {
    /// Names a device of one user: 16 random octets.
    struct DeviceID: Hashable, Sendable {
        let octets: [UInt8]
    }

    /// What an authentic token says, of whatever user.
    struct Claim: Hashable, Sendable {
        let device: DeviceID
        /// A keyed digest of the user's id.
        let user: [UInt8]
        let generation: CredentialGeneration
    }

    private static let prefix = "adt_"
    private static let idLength = 16
    private static let userLength = 16
    private static let contentLength = idLength + 8 + 8 + userLength
    private static let purpose = Array("authd known device".utf8) + [0]
    private static let userPurpose = Array("authd user of devices".utf8) + [0]

    private let keys: MACKeys

    /// Takes the key of the current root key and those of previous ones.
    init(current: SecretBytes, previous: [SecretBytes]) {
        keys = MACKeys(current: current, previous: previous)
    }

    /// A token for a device that has just signed in, of the user as stored; a device that was known keeps its id.
    func token(
        for device: DeviceID?, of user: User, at now: Timestamp, random: any RandomSource
    ) -> DeviceToken {
        var content = device?.octets ?? random.bytes(count: Self.idLength)
        content.append(bigEndian: (now + DeviceToken.lifetime).microseconds)
        content.append(bigEndian: user.credentialGeneration.value)
        content += Self.digest(of: user.id, under: keys.current)
        return DeviceToken(
            Self.prefix + Base64URL.encode(content + keys.authenticationCode(for: Self.purpose + content)))
    }

    /// What an authentic, unexpired token says; `nil` for any other text.
    func claim(of token: DeviceToken, at now: Timestamp) -> Claim? {
        let text = token.revealed.utf8
        guard text.starts(with: Self.prefix.utf8), text.count < 200,
            let octets = Base64URL.decode(text.dropFirst(Self.prefix.utf8.count)),
            octets.count == Self.contentLength + HMACSHA256.byteCount
        else { return nil }
        let content = Array(octets.prefix(Self.contentLength))
        guard keys.isValid(octets[Self.contentLength...], for: Self.purpose + content) else { return nil }
        func number(at start: Int) -> Int64 {
            Int64(bitPattern: content[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
        guard now < Timestamp(microseconds: number(at: Self.idLength)) else { return nil }
        return Claim(
            device: DeviceID(octets: Array(content.prefix(Self.idLength))),
            user: Array(content.suffix(Self.userLength)),
            generation: CredentialGeneration(number(at: Self.idLength + 8)))
    }

    /// Whether a claim is about this user's present credentials.
    func belongs(_ claim: Claim, to user: User) -> Bool {
        claim.generation == user.credentialGeneration
            && keys.all.contains { ConstantTime.equal(Self.digest(of: user.id, under: $0), claim.user) }
    }

    /// The device that a token names; `nil` if it is not one of this user with the present credentials, or too old.
    func device(_ token: DeviceToken?, of user: User, at now: Timestamp) -> DeviceID? {
        guard let claim = token.flatMap({ self.claim(of: $0, at: now) }), belongs(claim, to: user) else { return nil }
        return claim.device
    }

    /// The device that an authentic, unexpired token names, of whatever user.
    func holder(of token: DeviceToken, at now: Timestamp) -> LimitHolder? {
        claim(of: token, at: now).map { LimitHolder(id: Self.id($0.device.octets), user: Self.id($0.user)) }
    }

    private static func digest(of userID: UserID, under key: HMACSHA256) -> [UInt8] {
        Array(key.authenticationCode(for: userPurpose + userID.uuid.octets).prefix(userLength))
    }

    private static func id(_ octets: [UInt8]) -> LimitHolder.ID {
        func number(_ octets: some Sequence<UInt8>) -> UInt64 { octets.reduce(0) { $0 << 8 | UInt64($1) } }
        return LimitHolder.ID(high: number(octets.prefix(8)), low: number(octets.dropFirst(8).prefix(8)))
    }
}
