// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// Names budgets, codes and keys of Supabase's API in the store, and recognises its opaque keys.
struct SupabaseSecrets: Sendable {
    private let keys: MACKeys

    /// Takes the key of the current root key and those of previous ones.
    init(current: SecretBytes, previous: [SecretBytes]) {
        keys = MACKeys(current: current, previous: previous)
    }

    // MARK: Budgets

    /// Names the budget of an address, known or not, and where one is given of a source, too.
    func budgetKey(_ label: String, of address: EmailAddress, source: String? = nil) -> [UInt8] {
        var octets = Array(label.utf8) + [0] + Array(address.canonical.utf8)
        if let source { octets += [0] + Array(source.utf8) }
        return keys.authenticationCode(for: octets)
    }

    /// What wrong codes for an address are taken from.
    func codeBudgets(of address: EmailAddress, from client: ClientContext) -> [SupabaseBudget] {
        [
            SupabaseBudget(key: budgetKey("code", of: address), rule: SupabaseBudget.codesPerAddress),
            SupabaseBudget(
                key: budgetKey("code source", of: address, source: client.sourceGroup ?? ""),
                rule: SupabaseBudget.codesPerSource),
        ]
    }

    // MARK: Codes of PKCE flows

    private static let codePrefix = "asc_"
    private static let codeLength = 32

    /// A new code, and what names it in the store: of 256 random bits no key is needed.
    static func makeCode(random: any RandomSource) -> (text: String, digest: [UInt8]) {
        let octets = random.bytes(count: codeLength)
        return (codePrefix + Base64URL.encode(octets), digest(of: octets))
    }

    /// What names a presented code in the store; `nil` for a text that is none.
    static func digest(ofCode text: String) -> [UInt8]? {
        guard text.utf8.starts(with: codePrefix.utf8), text.utf8.count < 100,
            let octets = Base64URL.decode(text.utf8.dropFirst(codePrefix.utf8.count)), octets.count == codeLength
        else { return nil }
        return digest(of: octets)
    }

    private static func digest(of octets: [UInt8]) -> [UInt8] {
        SHA256.digest(Array("supabase mailed code".utf8) + [0] + octets)
    }

    // MARK: Opaque keys

    private static let secretPrefix = "sb_secret_"
    private static let publishablePrefix = "sb_publishable_"
    private static let idLength = 16
    private static let randomLength = 24
    private static let checksumLength = 8

    /// A new secret key of this id, and what names it in the store.
    func makeKey(_ id: SupabaseKeyID, random: any RandomSource) -> (text: MailToken, digest: [UInt8]) {
        let octets = id.uuid.octets + random.bytes(count: Self.randomLength)
        let text = Self.secretPrefix + Base64URL.encode(octets)
        return (
            MailToken(text + "_" + Self.checksum(of: text, under: keys.current)),
            Self.keyDigest(of: octets, under: keys.current)
        )
    }

    /// A new key for clients, which means nothing here.
    func makePublishableKey(random: any RandomSource) -> MailToken {
        let text = Self.publishablePrefix + Base64URL.encode(random.bytes(count: Self.randomLength))
        return MailToken(text + "_" + Self.checksum(of: text, under: keys.current))
    }

    /// What names a presented secret key in the store; `nil` for a text that authd did not make.
    func digest(ofKey text: String) -> [UInt8]? {
        let octets = text.utf8
        let bodyLength = Base64URL.encodedCount(Self.idLength + Self.randomLength)
        let prefixLength = Self.secretPrefix.utf8.count
        guard octets.starts(with: Self.secretPrefix.utf8),
            octets.count == prefixLength + bodyLength + 1 + Self.checksumLength
        else { return nil }
        let body = octets.dropFirst(prefixLength).prefix(bodyLength)
        guard let content = Base64URL.decode(body), content.count == Self.idLength + Self.randomLength else {
            return nil
        }
        let authenticated = String(decoding: octets.prefix(prefixLength + bodyLength), as: UTF8.self)
        let shown = Array(octets.suffix(Self.checksumLength + 1))
        for key in keys.all {
            let expected = Array("_\(Self.checksum(of: authenticated, under: key))".utf8)
            if ConstantTime.equal(shown, expected) { return Self.keyDigest(of: content, under: key) }
        }
        return nil
    }

    /// Whether a text is a key for clients, by its beginning.
    static func isPublishable(_ text: String) -> Bool { text.utf8.starts(with: publishablePrefix.utf8) }

    /// Whether a text is meant to be a secret key, by its beginning.
    static func isSecret(_ text: String) -> Bool { text.utf8.starts(with: secretPrefix.utf8) }

    /// Eight hexadecimal digits, by which a mistyped or invented key costs no query.
    private static func checksum(of text: String, under key: HMACSHA256) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let code = key.authenticationCode(for: Array("key checksum".utf8) + [0] + Array(text.utf8))
        let octets = code.prefix(checksumLength / 2).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] }
        return String(decoding: octets, as: UTF8.self)
    }

    private static func keyDigest(of octets: [UInt8], under key: HMACSHA256) -> [UInt8] {
        key.authenticationCode(for: Array("key digest".utf8) + [0] + octets)
    }
}
