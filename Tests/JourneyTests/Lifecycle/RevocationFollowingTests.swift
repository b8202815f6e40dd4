// SPDX-License-Identifier: Apache-2.0

import AuthCore
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
