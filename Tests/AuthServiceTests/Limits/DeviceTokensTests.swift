// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore
import AuthTesting
import Testing

@testable import AuthService

@Suite("Device tokens")
struct DeviceTokensTests {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let ada = User(id: UserID(UUIDv7(high: 1, low: 2)), createdAt: Self.now)
    static let bob = User(id: UserID(UUIDv7(high: 1, low: 3)), createdAt: Self.now)
    let random = SeededRandom(seed: 3)
    let tokens = DeviceTokens(current: Self.key(1), previous: [])

    static func key(_ octet: UInt8) -> SecretBytes { SecretBytes([UInt8](repeating: octet, count: 32)) }

    @Test("a device is recognised until its token is too old, and keeps its id")
    func lifetime() throws {
        let token = tokens.token(for: nil, of: Self.ada, at: Self.now, random: random)
        let end = Self.now + DeviceToken.lifetime

        let device = try #require(
            tokens.device(token, of: Self.ada, at: end - .microseconds(1)))
        #expect(tokens.device(token, of: Self.ada, at: end) == nil)
        let next = tokens.token(for: device, of: Self.ada, at: end, random: random)
        #expect(tokens.device(next, of: Self.ada, at: end) == device)
    }

    @Test("a device token is of no use to another user, and void after a new password")
    func binding() {
        let token = tokens.token(for: nil, of: Self.ada, at: Self.now, random: random)
        var changed = Self.ada
        changed.credentialGeneration = changed.credentialGeneration.next(at: Self.now)
        var renamed = Self.ada
        renamed.epoch = renamed.epoch.next(at: Self.now)

        #expect(tokens.device(token, of: Self.bob, at: Self.now) == nil)
        #expect(tokens.device(token, of: changed, at: Self.now) == nil)
        #expect(tokens.device(token, of: renamed, at: Self.now) != nil)
        #expect(tokens.device(nil, of: Self.ada, at: Self.now) == nil)
    }

    @Test("a device token is read under a previous root key, and not under another one")
    func keys() {
        let token = tokens.token(for: nil, of: Self.ada, at: Self.now, random: random)
        let later = DeviceTokens(current: Self.key(2), previous: [Self.key(1)])
        let foreign = DeviceTokens(current: Self.key(2), previous: [])

        #expect(later.device(token, of: Self.ada, at: Self.now) != nil)
        #expect(foreign.device(token, of: Self.ada, at: Self.now) == nil)
    }

    @Test("any other text is no token")
    func junk() {
        let text = tokens.token(for: nil, of: Self.ada, at: Self.now, random: random).revealed
        var changed = 0
        for index in text.indices {
            var other = text
            other.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            guard other != text else { continue }
            changed += 1
            #expect(tokens.device(DeviceToken(other), of: Self.ada, at: Self.now) == nil, "\(index)")
        }
        #expect(changed > 70)
        for junk in ["", "adt_", "adt_\u{0}", text + "A", String(text.dropLast()), "art_" + text.dropFirst(4)] {
            #expect(tokens.device(DeviceToken(junk), of: Self.ada, at: Self.now) == nil)
        }
    }

    @Test("a device token names its device and user without a query, until it is too old")
    func holder() throws {
        let first = tokens.token(for: nil, of: Self.ada, at: Self.now, random: random)
        let second = tokens.token(for: nil, of: Self.ada, at: Self.now, random: random)
        let other = tokens.token(for: nil, of: Self.bob, at: Self.now, random: random)
        let device = try #require(tokens.device(first, of: Self.ada, at: Self.now))
        let renewed = tokens.token(for: device, of: Self.ada, at: Self.now, random: random)

        let holder = try #require(tokens.holder(of: first, at: Self.now))
        let neighbour = try #require(tokens.holder(of: second, at: Self.now))
        #expect(tokens.holder(of: renewed, at: Self.now) == holder)
        #expect(neighbour.user == holder.user && neighbour.id != holder.id)
        #expect(tokens.holder(of: other, at: Self.now)?.user != holder.user)
        #expect(tokens.holder(of: first, at: Self.now + DeviceToken.lifetime) == nil)
        let end = first.revealed.dropLast(1) + (first.revealed.hasSuffix("A") ? "Q" : "A")
        #expect(tokens.holder(of: DeviceToken(String(end)), at: Self.now) == nil)
        let foreign = DeviceTokens(current: Self.key(2), previous: [])
        #expect(foreign.holder(of: first, at: Self.now) == nil)
    }

    @Test("a device token is bound to each of its parts by one authentication code")
    func oneCode() throws {
        let token = tokens.token(for: nil, of: Self.ada, at: Self.now, random: random)
        let octets = try #require(Base64URL.decode(token.revealed.utf8.dropFirst(4)))

        #expect(octets.count == 16 + 8 + 8 + 16 + 32)
        for index in octets.indices {
            var forged = octets
            forged[index] ^= 1
            #expect(tokens.claim(of: DeviceToken("adt_" + Base64URL.encode(forged)), at: Self.now) == nil)
        }
        // A token of an earlier version has another length.
        #expect(
            tokens.claim(of: DeviceToken("adt_" + Base64URL.encode(octets + octets.prefix(24))), at: Self.now) == nil)
    }

    @Test("a device token is redacted in every description")
    func redaction() {
        let token = DeviceToken("adt_secret")
        var dumped = ""
        dump(token, to: &dumped)

        #expect(!"\(token) \(String(reflecting: token)) \(dumped)".contains("secret"))
    }
}
