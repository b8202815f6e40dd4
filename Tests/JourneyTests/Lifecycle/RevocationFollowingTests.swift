// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthTestSupport
import AuthTokens
import Foundation
import Testing

/// A service that verifies tokens by itself, beside a daemon that it follows.
@Suite("Following revocations from another process", .oneAtATime, .timeLimit(.minutes(10)))
struct RevocationFollowingTests {
    private static let issuer = "https://id.example.test"
    private static let settings = ["CHANGE_FEED_SECRETS": RouteStage.serviceSecret, "TOKEN_ISSUER": issuer]

    @Test("the follower rejects the tokens that the daemon revokes, and no others", arguments: DatabaseKind.allCases)
    func follows(on database: DatabaseKind) async throws {
        try await Installation.with(database, Self.settings) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                let ada = try await daemon.signUp("ada")
                let root = try await installation.administrator(of: daemon)
                try await Follower.following(daemon) { follower in
                    for person in [grace, ada, root] { try await follower.expect(nil, of: person.access) }

                    try await daemon.send("POST", "/auth/logout", token: grace.access).expect(200)
                    try await follower.expect(.revoked, of: grace.access)
                    try await daemon.send("DELETE", "/users/\(ada.id)", token: root.access).expect(204)
                    try await follower.expect(.revoked, of: ada.access)
                    try await follower.expect(nil, of: root.access)
                    try await follower.expect(nil, of: try await daemon.signIn("grace").access)
                }
            }
        }
    }

    @Test("a key that is revoked from the command line is soon rejected by the follower")
    func keyRevocation() async throws {
        try await Installation.with(.sqlite, Self.settings) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                try await Follower.following(daemon) { follower in
                    try await follower.expect(nil, of: grace.access)
                    let list = try JSONValue(parsing: try await installation.authd("key", "list", "--json").output)
                    let key = try #require(list.array?.first?["id"]?.string)

                    let revoked = try await installation.authd("key", "revoke", key, "--yes")
                    #expect(revoked.succeeded, "\(revoked)")

                    try await follower.expect(.unknownKey, of: grace.access)
                    try await daemon.poll(for: 401, "/auth/me", token: grace.access).expect(401)
                    try await follower.expect(nil, of: try await daemon.signIn("grace").access)
                }
            }
        }
    }

    @Test(
        "without the daemon the follower follows its policy, and later continues from its cursor",
        arguments: RevocationFeed.StalePolicy.allCases)
    func outage(policy: RevocationFeed.StalePolicy) async throws {
        try await Installation.with(.sqlite, Self.settings) { installation in
            let first = try await RunningDaemon(installation)
            let grace = try await first.signUp("grace")
            let ada = try await first.signUp("ada")
            // The same address afterwards: it is all that the follower knows.
            let again = installation.with(["PORT": first.port])
            try await Follower.following(first, whenStale: policy) { follower in
                try await follower.expect(nil, of: grace.access)

                _ = await first.kill()
                try await follower.waitUntilStale()
                try await follower.expect(policy == .refuse ? .revocationsUnknown : nil, of: grace.access)

                try await again.serving { daemon in
                    try await daemon.send("POST", "/auth/logout", token: grace.access).expect(200)
                    try await follower.expect(.revoked, of: grace.access)
                    try await follower.expect(nil, of: ada.access)
                }
            }
        }
    }

    @Test("a stopping daemon answers waiting requests at once")
    func stopping() async throws {
        try await Installation.with(.sqlite, Self.settings) { installation in
            let daemon = try await RunningDaemon(installation)
            let secret = RouteStage.serviceSecret
            let cursor = try await daemon.send("GET", "/auth/changes", token: secret).text("cursor")
            async let waited = daemon.send("GET", "/auth/changes?after=\(cursor)&wait=30", token: secret)
            try await daemon.awaitFollower()

            // Longer than a daemon waits for what is under way.
            try await daemon.stop()

            let answer = try await waited
            answer.expect(200)
            #expect(try answer.json["changes"]?.array?.isEmpty == true)
        }
    }
}

/// A service's verifier, and the feed that it asks.
private struct Follower: Sendable {
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
