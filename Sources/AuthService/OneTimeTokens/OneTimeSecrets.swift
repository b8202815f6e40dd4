// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// Makes and recognises the secrets that are mailed.
///
/// The text is `aot_` + base64url(purpose 1 ‖ random 24 ‖ HMAC 16): an invalid one is rejected without a query and
/// without hashing a password for it. The store has a keyed digest, from which the text cannot be derived.
struct OneTimeSecrets: Sendable {
    private static let prefix = "aot_"
    private static let randomLength = 24
    private static let macLength = 16

    private let keys: MACKeys

    /// Takes the key of the current root key and those of previous ones.
    init(current: SecretBytes, previous: [SecretBytes]) {
        keys = MACKeys(current: current, previous: previous)
    }

    /// A new secret and the digest to store.
    func make(for purpose: OneTimeTokenPurpose, random: any RandomSource) -> (text: MailToken, digest: [UInt8]) {
        let content = [Self.tag(of: purpose)] + random.bytes(count: Self.randomLength)
        let mac = keys.authenticationCode(for: Self.label("mac") + content)
        let text = Self.prefix + Base64URL.encode(content + mac.prefix(Self.macLength))
        return (MailToken(text), digest(of: content, under: keys.current))
    }

    /// The digest under which a presented text would be stored; `nil` if authd did not make it for this purpose.
    func digest(of text: String, for purpose: OneTimeTokenPurpose) -> [UInt8]? {
        let length = 1 + Self.randomLength + Self.macLength
        guard text.utf8.starts(with: Self.prefix.utf8), text.utf8.count < 100,
            let octets = Base64URL.decode(text.utf8.dropFirst(Self.prefix.utf8.count)), octets.count == length,
            octets[0] == Self.tag(of: purpose)
        else { return nil }
        let content = Array(octets.prefix(1 + Self.randomLength))
        for key in keys.all {
            let mac = key.authenticationCode(for: Self.label("mac") + content).prefix(Self.macLength)
            if ConstantTime.equal(mac, octets.suffix(Self.macLength)) { return digest(of: content, under: key) }
        }
        return nil
    }

    private func digest(of content: [UInt8], under key: HMACSHA256) -> [UInt8] {
        key.authenticationCode(for: Self.label("digest") + content)
    }

    private static func label(_ name: StaticString) -> [UInt8] {
        Array(name.description.utf8) + [0]
    }

    private static func tag(of purpose: OneTimeTokenPurpose) -> UInt8 {
        switch purpose {
        case .passwordReset: 1
        case .emailVerification: 2
        }
    }
}
