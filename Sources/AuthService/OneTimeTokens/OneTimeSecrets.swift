// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// Makes and recognises the secrets that are mailed.
///
/// The text is `aot_` + base64url(purpose 1 ‖ user 16 ‖ random 24 ‖ HMAC 16): an invalid one is rejected without a query
/// and without hashing a password for it. It leads to the rows of its user; the store has a keyed digest, from which the
/// text cannot be derived.
struct OneTimeSecrets: Sendable {
    private static let prefix = "aot_"
    private static let userLength = 16
    private static let randomLength = 24
    private static let macLength = 16

    let keys: MACKeys
    /// How many digits a code of Supabase's API has.
    private(set) var supabaseDigits = 8

    /// Takes the key of the current root key and those of previous ones.
    init(current: SecretBytes, previous: [SecretBytes]) {
        keys = MACKeys(current: current, previous: previous)
    }

    /// Sets how many digits a code of Supabase's API has, within what can be typed.
    mutating func setSupabaseDigits(_ count: Int) {
        supabaseDigits = min(max(count, Self.digitCounts.lowerBound), Self.digitCounts.upperBound)
    }

    /// What a new secret of a user is made from.
    ///
    /// It may be stored: only the key makes the secret of it.
    func make(for purpose: OneTimeTokenPurpose, of userID: UserID, random: any RandomSource) -> OutboxToken {
        let content = random.bytes(count: Self.randomLength)
        let octets = Self.octets(content, for: purpose, of: userID)
        return OutboxToken(digest: digest(of: octets, under: keys.current), content: content)
    }

    /// The secret that a user's token stands for, made under the key that its digest was made under.
    ///
    /// - Returns: `nil` where no key is that one: the root key was replaced, and the one before is gone.
    func text(of token: OutboxToken, for purpose: OneTimeTokenPurpose, of userID: UserID) -> MailToken? {
        key(of: token, for: purpose, of: userID).map { key in
            let octets = Self.octets(token.content, for: purpose, of: userID)
            let mac = key.authenticationCode(for: Self.label("mac") + octets)
            return MailToken(Self.prefix + Base64URL.encode(octets + mac.prefix(Self.macLength)))
        }
    }

    /// The key that the digest of a user's token was made under; `nil` where it is gone.
    func key(of token: OutboxToken, for purpose: OneTimeTokenPurpose, of userID: UserID) -> HMACSHA256? {
        guard token.content.count == Self.randomLength else { return nil }
        let octets = Self.octets(token.content, for: purpose, of: userID)
        return keys.all.first { ConstantTime.equal(digest(of: octets, under: $0), token.digest) }
    }

    static func octets(
        _ content: [UInt8], for purpose: OneTimeTokenPurpose, of userID: UserID
    ) -> [UInt8] {
        [tag(of: purpose)] + userID.uuid.octets + content
    }

    /// What names a presented text in the store; `nil` if authd did not make it for this purpose.
    func key(of text: String, for purpose: OneTimeTokenPurpose) -> OneTimeTokenKey? {
        let contentLength = 1 + Self.userLength + Self.randomLength
        guard text.utf8.starts(with: Self.prefix.utf8), text.utf8.count < 100,
            let octets = Base64URL.decode(text.utf8.dropFirst(Self.prefix.utf8.count)),
            octets.count == contentLength + Self.macLength, octets[0] == Self.tag(of: purpose),
            let user = UUIDv7(octets: octets[1..<1 + Self.userLength])
        else { return nil }
        let content = Array(octets.prefix(contentLength))
        for key in keys.all {
            let mac = key.authenticationCode(for: Self.label("mac") + content).prefix(Self.macLength)
            if ConstantTime.equal(mac, octets.suffix(Self.macLength)) {
                return OneTimeTokenKey(userID: UserID(user), digest: digest(of: content, under: key))
            }
        }
        return nil
    }

    private func digest(of content: [UInt8], under key: HMACSHA256) -> [UInt8] {
        key.authenticationCode(for: Self.label("digest") + content)
    }

    static func label(_ name: StaticString) -> [UInt8] {
        Array(name.description.utf8) + [0]
    }

    private static func tag(of purpose: OneTimeTokenPurpose) -> UInt8 {
        switch purpose {
        case .passwordReset: 1
        case .emailVerification: 2
        // 9 is that of `SetupTokens`; 3 stood for an address to be confirmed.
        case .signIn: 4
        case .unlock: 5
        case .addressChange: 6
        case .addressUndo: 7
        case .invitation: 8
        case .reauthentication: 10
        case .supabase: 11
        }
    }
}
