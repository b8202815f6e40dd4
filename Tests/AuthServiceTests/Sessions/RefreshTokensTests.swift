// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import Testing

@testable import AuthService

@Suite("Refresh tokens and one-time secrets")
struct SecretTextTests {
    let first = SecretBytes([UInt8](repeating: 1, count: 32))
    let second = SecretBytes([UInt8](repeating: 2, count: 32))

    func session(counter: Int64) -> Session {
        let now = Timestamp(seconds: 1)
        return Session(
            id: SessionID(UUIDv7(high: 1, low: 2)), userID: UserID(UUIDv7(high: 3, low: 4)), scope: .everything,
            authenticatedAt: now, methods: [], createdAt: now, notAfter: now + .seconds(60),
            idleTimeout: .seconds(60), rotation: RefreshState(counter: counter, rotatedAt: now))
    }

    @Test("the successor is derived: the same session and counter give the same text")
    func derived() {
        let tokens = RefreshTokens(current: first, previous: [])

        #expect(tokens.token(for: session(counter: 7)) == tokens.token(for: session(counter: 7)))
        #expect(tokens.token(for: session(counter: 7)) != tokens.token(for: session(counter: 8)))
        #expect(tokens.content(of: tokens.token(for: session(counter: 7)))?.counter == 7)
    }

    @Test("tokens of a previous key are read and those of another key are not")
    func keys() {
        let old = RefreshTokens(current: first, previous: [])
        let new = RefreshTokens(current: second, previous: [first])
        let token = old.token(for: session(counter: 1))

        #expect(new.content(of: token)?.counter == 1)
        #expect(new.token(for: session(counter: 1)) != token)
        #expect(old.content(of: new.token(for: session(counter: 1))) == nil)
    }

    @Test("no single changed bit of a refresh token is accepted")
    func changedBits() throws {
        let tokens = RefreshTokens(current: first, previous: [])
        let text = tokens.token(for: session(counter: 1))
        let octets = try #require(Base64URL.decode(text.utf8.dropFirst(4)))
        for bit in 0..<octets.count * 8 {
            var changed = octets
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(tokens.content(of: "art_" + Base64URL.encode(changed)) == nil)
        }
    }

    // ASVS 6.5.2, 6.5.4, 9.2.2
    @Test("a one-time secret is valid for its purpose, under its key, and unchanged")
    func oneTimeSecrets() throws {
        let secrets = OneTimeSecrets(current: first, previous: [])
        let user = UserID(UUIDv7(high: 1, low: 2))
        let token = secrets.make(for: .passwordReset, of: user, random: SystemRandom())
        let text = try #require(secrets.text(of: token, for: .passwordReset, of: user))
        let key = OneTimeTokenKey(userID: user, digest: token.digest)

        #expect(secrets.key(of: text.revealed, for: .passwordReset) == key)
        #expect(secrets.key(of: text.revealed, for: .emailVerification) == nil)
        #expect(
            OneTimeSecrets(current: second, previous: [first]).key(of: text.revealed, for: .passwordReset) == key)
        #expect(OneTimeSecrets(current: second, previous: []).key(of: text.revealed, for: .passwordReset) == nil)
        // What the store has gives the secret of its user and purpose alone, and only under the key that it was made under.
        let later = OneTimeSecrets(current: second, previous: [first])
        #expect(later.text(of: token, for: .passwordReset, of: user) == text)
        #expect(secrets.text(of: token, for: .emailVerification, of: user) == nil)
        #expect(secrets.text(of: token, for: .passwordReset, of: UserID(UUIDv7(high: 1, low: 3))) == nil)
        #expect(
            OneTimeSecrets(current: second, previous: []).text(of: token, for: .passwordReset, of: user) == nil)
        let octets = try #require(Base64URL.decode(text.revealed.utf8.dropFirst(4)))
        for bit in 0..<octets.count * 8 {
            var changed = octets
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(secrets.key(of: "aot_" + Base64URL.encode(changed), for: .passwordReset) == nil)
        }
    }

    @Test("both are redacted in every description")
    func redaction() throws {
        let (secrets, user) = (OneTimeSecrets(current: first, previous: []), UserID(UUIDv7(high: 1, low: 2)))
        let token = secrets.make(for: .passwordReset, of: user, random: SystemRandom())
        let text = try #require(secrets.text(of: token, for: .passwordReset, of: user))

        #expect(!"\(text)".contains(text.revealed) && !String(reflecting: text).contains(text.revealed))
    }
}
