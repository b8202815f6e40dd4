// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

@testable import AuthTokens

@Suite("Verified token cache")
struct VerifiedTokenCacheTests {
    private let now = TestClaims.now
    private let keys = VerificationKeySet.empty

    private func token(expiresIn seconds: Int64 = 100) -> VerifiedAccessToken {
        var claims = TestClaims.valid
        claims.expiresAtSeconds = now.seconds + seconds
        return VerifiedAccessToken(claims: claims, keyID: "k")
    }

    private func find(_ text: [UInt8], in cache: VerifiedTokenCache) -> VerifiedAccessToken? {
        text.withUnsafeBufferPointer { cache.token(for: $0, verifiedWith: keys) }
    }

    private func remember(_ token: VerifiedAccessToken, _ text: [UInt8], in cache: VerifiedTokenCache) {
        text.withUnsafeBufferPointer { cache.remember(token, for: $0, verifiedWith: keys, at: now) }
    }

    @Test("finds a text only by all of its bytes")
    func identity() {
        let cache = VerifiedTokenCache(capacity: 64)
        let text = Array("header.payload.".utf8) + [UInt8](repeating: 7, count: 43)
        let known = token()
        remember(known, text, in: cache)

        #expect(find(text, in: cache) === known)
        // The end alone is hashed: the comparison has to notice what differs before it.
        for index in text.indices {
            var other = text
            other[index] ^= 1
            #expect(find(other, in: cache) == nil)
        }
        #expect(find(text.dropLast(), in: cache) == nil)
        #expect(find([0] + text, in: cache) == nil)
    }

    @Test("stays within its capacity, which has an upper bound", arguments: [1, 64, 65, 1_000])
    func capacity(_ capacity: Int) {
        let cache = VerifiedTokenCache(capacity: capacity)
        var generator = SeededGenerator(seed: 3)
        let texts = (0..<8_000).map { _ in generator.bytes(64) }
        for text in texts { remember(token(), text, in: cache) }

        let bound = max(64, capacity.nextPowerOfTwo)
        let found = texts.count { find($0, in: cache) != nil }
        #expect(found <= bound)
        #expect(found >= bound / 2)
    }

    @Test("gives up expired tokens before others, and long unused ones before the rest")
    func eviction() {
        // One group of four slots in each part: texts with one end share a group, whatever the seed of the hash is.
        let cache = VerifiedTokenCache(capacity: 1)
        let texts = (0..<6).map { [UInt8($0)] + [UInt8](repeating: 9, count: 32) }
        remember(token(), texts[0], in: cache)
        remember(token(expiresIn: 0), texts[1], in: cache)
        remember(token(), texts[2], in: cache)
        remember(token(), texts[3], in: cache)
        _ = find(texts[0], in: cache)

        remember(token(), texts[4], in: cache)
        #expect(find(texts[1], in: cache) == nil)
        remember(token(), texts[5], in: cache)
        #expect([0, 2, 3, 4, 5].map { find(texts[$0], in: cache) != nil } == [true, false, true, true, true])
    }

    @Test("does not keep texts beyond its bound")
    func longTexts() {
        let cache = VerifiedTokenCache(capacity: 64)
        let longest = [UInt8](repeating: 1, count: VerifiedTokenCache.maximumTextByteCount)
        remember(token(), longest, in: cache)
        remember(token(), longest + [1], in: cache)

        #expect(find(longest, in: cache) != nil)
        #expect(find(longest + [1], in: cache) == nil)
    }

    @Test("drops what other keys verified")
    func otherKeys() throws {
        let cache = VerifiedTokenCache(capacity: 64)
        let text = [UInt8](repeating: 1, count: 40)
        let others = try VerificationKeySet([])
        remember(token(), text, in: cache)

        #expect(text.withUnsafeBufferPointer { cache.token(for: $0, verifiedWith: others) } == nil)
        text.withUnsafeBufferPointer { cache.remember(token(), for: $0, verifiedWith: others, at: now) }
        #expect(find(text, in: cache) == nil)
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int {
        var power = 1
        while power < self { power *= 2 }
        return power
    }
}
