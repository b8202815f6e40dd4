// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// Makes and recognises refresh tokens: the same session and counter always give the same text.
struct RefreshTokens: Sendable {
    private struct Key: Sendable {
        let id: UInt32
        let mac: HMACSHA256
    }

    private let current: Key
    private let previous: [Key]

    /// Takes the key of the current root key and those of previous ones, whose tokens are still accepted.
    init(current: SecretBytes, previous: [SecretBytes]) {
        self.current = Self.key(current)
        self.previous = previous.map(Self.key)
    }

    /// The token of a session's counter.
    func token(for session: Session) -> String {
        let content = RefreshTokenContent(
            keyID: current.id, userID: session.userID, sessionID: session.id, counter: session.rotation.counter)
        guard Self.isSupabase(session) else {
            return content.text(mac: current.mac.authenticationCode(for: content.authenticatedOctets))
        }
        return content.text(
            mac: current.mac.authenticationCode(for: Self.supabaseLabel + content.authenticatedOctets),
            prefix: RefreshTokenContent.supabasePrefix)
    }

    /// The content of an authentic token; `nil` for anything else, found without a query.
    func content(of text: String) -> RefreshTokenContent? {
        guard let (content, mac) = RefreshTokenContent.parse(text),
            let key = ([current] + previous).first(where: { $0.id == content.keyID }),
            key.mac.isValid(mac, for: content.authenticatedOctets)
        else { return nil }
        return content
    }

    /// The content of an authentic token of Supabase's API; a native one is none, and one of that API is no native one.
    func supabaseContent(of text: String) -> RefreshTokenContent? {
        guard let (content, mac) = RefreshTokenContent.parse(text, prefix: RefreshTokenContent.supabasePrefix),
            let key = ([current] + previous).first(where: { $0.id == content.keyID }),
            key.mac.isValid(mac, for: Self.supabaseLabel + content.authenticatedOctets)
        else { return nil }
        return content
    }

    /// The profile of sessions of Supabase's API.
    static let supabaseProfile = "supabase"
    private static let supabaseLabel = Array("supabase".utf8) + [0]

    private static func isSupabase(_ session: Session) -> Bool {
        session.profile.hasSameOctets(as: supabaseProfile)
    }

    private static func key(_ secret: SecretBytes) -> Key {
        let mac = HMACSHA256(key: secret)
        let digest = mac.authenticationCode(for: Array("authd/v1/refresh-token-key-id".utf8))
        return Key(id: digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }, mac: mac)
    }
}
