// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthTestSupport
import AuthTokens
import Foundation
import Testing

/// A service's verifier, and the feed that it asks.
struct Follower: Sendable {
    let feed: RevocationFeed
    let verifier: TokenVerifier

    /// Lends one that follows a daemon.
    static func following(
        _ daemon: RunningDaemon, whenStale policy: RevocationFeed.StalePolicy = .refuse,
        _ body: (Follower) async throws -> Void
    ) async throws {
        let base = daemon.base
        let keyFetcher = try HTTPSFetcher(to: .anyAddress)
        let feedFetcher = try HTTPSFetcher(to: .anyAddress)
        let keys = RemoteKeys(limits: .init(cooldown: .seconds(1))) {
            let text = try await keyFetcher.get(
                base + "/.well-known/jwks.json", maximumBytes: 65_536, timeout: .seconds(30))
            return FetchedKeySet(text, maxAge: .seconds(600))
        }
        let limits = RevocationFeed.Limits(patience: .seconds(3))
        let feed = RevocationFeed(limits: limits, whenStale: policy, keys: keys) { request in
            do throws(FetchError) {
                return .page(
                    try await feedFetcher.get(
                        base + "/auth/changes" + request.query, bearing: RouteStage.serviceSecret,
                        maximumBytes: ChangePage.maximumBytes, timeout: request.timeout))
            } catch .status(410) {
                return .gone
            }
        }
        let policy = AccessTokenPolicy(
            issuer: "https://id.example.test", audience: "https://id.example.test", leewaySeconds: 5)
        let follower = Follower(
            feed: feed, verifier: TokenVerifier(keys: keys, policy: policy, revocations: feed))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await feed.run(now: Follower.now) }
            try await body(follower)
            group.cancelAll()
        }
        keyFetcher.close()
        feedFetcher.close()
    }

    @Sendable
    static func now() -> Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    /// Waits until a token is accepted, or refused for a reason.
    func expect(_ wanted: TokenError?, of token: String, sourceLocation: SourceLocation = #_sourceLocation) async throws
    {
        var found: TokenError?
        try await wait("\(String(describing: wanted))", sourceLocation) {
            do throws(TokenError) {
                _ = try verifier.verify(token, at: Self.now())
                found = nil
            } catch {
                found = error
            }
            return found == wanted
        }
    }

    func waitUntilStale(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await wait("silence", sourceLocation) { !feed.isFresh }
    }

    /// Looks again and again, for a minute at most.
    private func wait(
        _ what: String, _ sourceLocation: SourceLocation, until condition: () -> Bool
    ) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while !condition() {
            if ContinuousClock.now > deadline {
                Issue.record("waited for \(what) in vain", sourceLocation: sourceLocation)
                throw Failure("waited for \(what) in vain")
            }
            // A program that ends paces the look-ups, and leaves the processor to who is waited for.
            _ = try await Command("true").run()
        }
    }
}
