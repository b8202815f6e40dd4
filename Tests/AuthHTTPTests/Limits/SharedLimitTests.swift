// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthStore
import AuthTesting
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import AuthHTTP

/// Two interfaces over two services on one store, as two processes would be.
@Suite("Limits that processes share", .timeLimit(.minutes(2))) struct SharedLimitTests {
    /// The interfaces.
    ///
    /// Nothing is reported by itself while a test runs.
    struct Pair {
        let one: AuthAPI
        let other: AuthAPI

        init(_ store: any AuthStore = InMemoryAuthStore(isShared: true)) async throws {
            let clock = ManualClock()
            func make() async throws -> AuthAPI {
                let authority = try await TestAuthority(store: store, clock: clock)
                var configuration = HTTPConfiguration()
                configuration.limits.reportInterval = .seconds(3_600)
                return AuthAPI(
                    service: authority.service, configuration: configuration, requestIDSeed: 1,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            }
            one = try await make()
            other = try await make()
        }
    }

    /// Sends requests of ten-a-minute, one after the other, until one is refused.
    private func admitted(by api: AuthAPI) async -> Int {
        for count in 0..<100 where await api.send(.post, "/auth/login").status == 429 { return count }
        return 100
    }

    // Behaviour H118
    @Test("two processes admit one lease more than one does, and then both reject")
    func bound() async throws {
        let pair = try await Pair()

        #expect(await admitted(by: pair.one) == 10)
        #expect(await admitted(by: pair.other) == 2)
        #expect(await admitted(by: pair.one) == 0)
    }

    // Behaviour H118
    @Test("a process learns of another's reports before it admits more than its lease")
    func report() async throws {
        let pair = try await Pair()
        #expect(await pair.other.send(.post, "/auth/login").status != 429)
        #expect(await admitted(by: pair.one) == 10)
        await pair.one.reportLimits()

        await pair.other.reportLimits()

        #expect(await admitted(by: pair.other) == 0)
        #expect(await admitted(by: pair.one) == 0)
    }

    // Behaviour H118
    @Test("a restarted process admits no more than a lease of a bucket that was used up and reported before")
    func restart() async throws {
        let store = InMemoryAuthStore(isShared: true)
        let before = try await Pair(store)
        #expect(await admitted(by: before.one) == 10)
        await before.one.reportLimits()

        let after = try await Pair(store)

        #expect(await admitted(by: after.one) <= 2)
        #expect(await admitted(by: after.one) == 0)
    }

    @Test("the rate limit fields are the same as without another process")
    func fields() async throws {
        let pair = try await Pair()
        var remaining: [String?] = []
        for _ in 0..<10 { remaining.append(await pair.one.send(.post, "/auth/login")["ratelimit-remaining"]) }
        let refused = await pair.one.send(.post, "/auth/login")

        let expected: [String?] = (0..<10).reversed().map { String($0) }
        #expect(remaining == expected)
        #expect(refused["ratelimit-limit"] == "10")
        #expect(refused["retry-after"] == "6")
        #expect(refused["ratelimit-reset"] == "6")
    }

    @Test("a store that is not shared is never asked")
    func alone() async throws {
        let pair = try await Pair(InMemoryAuthStore())

        #expect(await admitted(by: pair.one) == 10)
        #expect(await admitted(by: pair.other) == 10)
        #expect(await pair.one.send(.get, "/metrics").text.contains("settlements_total{outcome=\"done\"} 0\n"))
    }

    @Test("while the store does not answer, each process decides alone, and a metric counts it")
    func failure() async throws {
        let store = InMemoryAuthStore(isShared: true)
        let pair = try await Pair(store)
        await store.close()

        #expect(await admitted(by: pair.one) == 10)
        let metrics = await pair.one.send(.get, "/metrics").text
        #expect(metrics.contains("authd_rate_limit_settlements_total{outcome=\"failed\"} 1\n"))
        #expect(metrics.contains("authd_rate_limit_unsettled_total 8\n"))
    }

    // Behaviour H112
    @Test("concurrent requests are limited exactly, even if some wait for the store")
    func concurrency() async throws {
        let pair = try await Pair()

        let admitted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { await pair.one.send(.post, "/auth/login").status != 429 } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }

        #expect(admitted == 10)
    }

    @Test("requests do not wait for a slow store")
    func slowness() async throws {
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let limiter = RateLimiter(
            limits: quiet, patience: .milliseconds(1), now: { Timestamp(seconds: 1_800_000_000) },
            settle: { uses in
                for await _ in gate {}
                return uses.map { $0.use.applied(to: TokenBucket(), at: Timestamp(seconds: 1_800_000_000)) }
            })

        let admitted = try await admissions(limiter, 12)
        opening.finish()

        #expect(admitted == 10)
        #expect(limiter.counts.unsettled == 8)
    }

    @Test("admitted requests are reported in the background")
    func background() async throws {
        let (reported, report) = AsyncStream<Int>.makeStream()
        var limits = RateLimits()
        limits.reportInterval = .zero
        let limiter = RateLimiter(
            limits: limits, now: { Timestamp(seconds: 1_800_000_000) },
            settle: { uses in
                for use in uses { report.yield(use.use.count) }
                return uses.map { $0.use.applied(to: TokenBucket(), at: Timestamp(seconds: 1_800_000_000)) }
            })

        #expect(try await admissions(limiter, 1) == 1)

        #expect(await reported.first { _ in true } == 1)
    }

    @Test("a failed report is not retried at once")
    func failedReport() async throws {
        let calls = Mutex(0)
        let limiter = RateLimiter(
            limits: quiet, now: { Timestamp(seconds: 1_800_000_000) },
            settle: { _ in
                calls.withLock { $0 += 1 }
                return nil
            })
        #expect(try await admissions(limiter, 1) == 1)

        await limiter.report()

        #expect(calls.withLock { $0 } == 1)
        #expect(limiter.counts.failed == 1)
    }

    private var quiet: RateLimits {
        var limits = RateLimits()
        limits.reportInterval = .seconds(3_600)
        return limits
    }

    /// How many of some requests one source has admitted.
    private func admissions(_ limiter: RateLimiter, _ count: Int) async throws -> Int {
        let client = ClientAddress(
            peer: IPAddress("192.0.2.1"), values: [], trust: ProxyTrust(), isForwarded: false)
        var admitted = 0
        for _ in 0..<count {
            let verdict: RateLimiter.Verdict
            switch try limiter.admit(.signIn, from: client) {
            case .unlimited: continue
            case .decided(let decided): verdict = decided
            case .mustSettle(let claim, let key): verdict = await limiter.settleAndAdmit(claim, at: key)
            }
            if case .admitted = verdict.outcome { admitted += 1 }
        }
        return admitted
    }
}
