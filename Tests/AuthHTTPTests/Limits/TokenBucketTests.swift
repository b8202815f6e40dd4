// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import Testing

@testable import AuthHTTP

@Suite("Rate limits") struct TokenBucketTests {
    let rule = TokenBucket.Rule(3, per: .seconds(30))
    let start = Timestamp(seconds: 1_800_000_000)

    @Test("a full bucket admits its capacity at once, then one request per interval")
    func pace() {
        var bucket = TokenBucket()

        let first = (0..<4).map { _ in bucket.take(at: start, under: rule) }

        #expect(
            first == [
                .admitted(remaining: 2), .admitted(remaining: 1), .admitted(remaining: 0),
                .refused(retryAfter: .seconds(10)),
            ])
        #expect(
            bucket.take(at: start + .microseconds(9_999_999), under: rule) == .refused(retryAfter: .microseconds(1)))
        #expect(bucket.take(at: start + .seconds(10), under: rule) == .admitted(remaining: 0))
        #expect(bucket.take(at: start + .seconds(10), under: rule) == .refused(retryAfter: .seconds(10)))
    }

    @Test("rejected requests cost no tokens")
    func refusalsAreFree() {
        var bucket = TokenBucket()
        for _ in 0..<100 { _ = bucket.take(at: start, under: rule) }

        #expect(bucket.take(at: start + .seconds(10), under: rule) == .admitted(remaining: 0))
    }

    @Test("a clock that steps back an hour does not reject a source for an hour")
    func clockStepsBack() {
        var bucket = TokenBucket()
        for _ in 0..<3 { _ = bucket.take(at: start, under: rule) }
        let earlier = start - .seconds(3_600)

        #expect(bucket.take(at: earlier, under: rule) == .refused(retryAfter: .seconds(10)))
        #expect(bucket.take(at: earlier + .seconds(10), under: rule) == .admitted(remaining: 0))
    }

    @Test("a bucket is full again after its period, and not before")
    func fills() {
        var bucket = TokenBucket()
        for _ in 0..<3 { _ = bucket.take(at: start, under: rule) }

        #expect(!bucket.isFull(at: start + .microseconds(29_999_999)))
        #expect(bucket.isFull(at: start + .seconds(30)))
    }

    // Behaviour H117
    @Test("an unknown source is rejected rather than sharing one bucket with all others")
    func unknownSource() {
        let limiter = RateLimiter(limits: RateLimits(), now: { Timestamp(seconds: 1_800_000_000) })
        let nobody = ClientAddress(peer: nil, values: [], trust: ProxyTrust(), isForwarded: false)

        #expect(throws: Refusal(.forbidden)) { try limiter.admit(.signIn, from: nobody) }
    }

    @Test("a shared bucket's rule multiplies capacity and rate, and never more")
    func multiples() {
        let rule = TokenBucket.Rule(5, per: .seconds(600))

        #expect(rule.multiplied(by: 64) == TokenBucket.Rule(320, per: .seconds(600)))
        let region = rule.multiplied(by: 4_096)
        #expect(region.capacity == 20_480)
        #expect(region.interval == .microseconds(29_297), "120 s / 4,096 is 29,296.875 µs")
        #expect(rule.multiplied(by: 1) == rule)
        #expect(rule.multiplied(by: 0) == rule)
        #expect(rule.multiplied(by: .max).capacity == TokenBucket.Rule.largestCapacity)
        #expect(rule.multiplied(by: .max).interval == .microseconds(1))
    }
}
