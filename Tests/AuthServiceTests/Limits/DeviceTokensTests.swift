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
    static let ada = UserID(UUIDv7(high: 1, low: 2))
    static let hash = StoredPasswordHash(text: "$test$1", cost: "test")
    let random = SeededRandom(seed: 3)
    let tokens = DeviceTokens(current: Self.key(1), previous: [])

    static func key(_ octet: UInt8) -> SecretBytes { SecretBytes([UInt8](repeating: octet, count: 32)) }

    @Test("a device is known again until its token is too old, and keeps its id")
    func lifetime() throws {
        let token = tokens.token(for: nil, of: Self.ada, Self.hash, at: Self.now, random: random)
        let end = Self.now + DeviceToken.lifetime

        let device = try #require(
            tokens.device(token, of: Self.ada, Self.hash, at: end - .microseconds(1)))
        #expect(tokens.device(token, of: Self.ada, Self.hash, at: end) == nil)
        let next = tokens.token(for: device, of: Self.ada, Self.hash, at: end, random: random)
        #expect(tokens.device(next, of: Self.ada, Self.hash, at: end) == device)
    }

    @Test("it is nobody else's, and not the same user's after a new password")
    func binding() {
        let token = tokens.token(for: nil, of: Self.ada, Self.hash, at: Self.now, random: random)
        let other = UserID(UUIDv7(high: 1, low: 3))
        let rehashed = StoredPasswordHash(text: "$test$2", cost: "test")

        #expect(tokens.device(token, of: other, Self.hash, at: Self.now) == nil)
        #expect(tokens.device(token, of: Self.ada, rehashed, at: Self.now) == nil)
        #expect(tokens.device(nil, of: Self.ada, Self.hash, at: Self.now) == nil)
    }

    @Test("it is read under an earlier root key, and not under another one")
    func keys() {
        let token = tokens.token(for: nil, of: Self.ada, Self.hash, at: Self.now, random: random)
        let later = DeviceTokens(current: Self.key(2), previous: [Self.key(1)])
        let foreign = DeviceTokens(current: Self.key(2), previous: [])

        #expect(later.device(token, of: Self.ada, Self.hash, at: Self.now) != nil)
        #expect(foreign.device(token, of: Self.ada, Self.hash, at: Self.now) == nil)
    }

    @Test("any other text is no token")
    func junk() {
        let text = tokens.token(for: nil, of: Self.ada, Self.hash, at: Self.now, random: random).revealed
        var changed = 0
        for index in text.indices {
            var other = text
            other.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            guard other != text else { continue }
            changed += 1
            #expect(tokens.device(DeviceToken(other), of: Self.ada, Self.hash, at: Self.now) == nil, "\(index)")
        }
        #expect(changed > 70)
        for junk in ["", "adt_", "adt_\u{0}", text + "A", String(text.dropLast()), "art_" + text.dropFirst(4)] {
            #expect(tokens.device(DeviceToken(junk), of: Self.ada, Self.hash, at: Self.now) == nil)
        }
    }

    @Test("it does not show itself")
    func redaction() {
        let token = DeviceToken("adt_secret")
        var dumped = ""
        dump(token, to: &dumped)

        #expect(!"\(token) \(String(reflecting: token)) \(dumped)".contains("secret"))
    }
}
