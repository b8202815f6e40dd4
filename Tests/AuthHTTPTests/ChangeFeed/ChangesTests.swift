// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Following changes over HTTP", .timeLimit(.minutes(10)))
struct ChangesTests {
    static let secrets = ["6f1d2b9e4c7a8053e2d1c4b7a6958f30", "03f8596a7b4c1d2e3508a7c4e9b2d1f6"]
    let secret = secrets[0]

    private func fixture() async throws -> APIFixture {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.changeFeedSecrets = ChangeFeedSecrets(Self.secrets)
        return try await APIFixture(settings: settings)
    }

    @Test("only services are admitted, each by any of the secrets, and other clients learn nothing")
    func access() async throws {
        let fixture = try await fixture()

        for secret in Self.secrets {
            let seen = await fixture.send(.get, "/auth/changes", token: secret)
            #expect(seen.status == 200)
            #expect(seen["cache-control"] == "no-store")
        }
        let nobody = await fixture.send(.get, "/auth/changes")
        #expect(nobody.status == 401 && nobody.code == "unauthenticated" && nobody.stage == .now)
        #expect(nobody["www-authenticate"] == "Bearer realm=\"authd\"")
        for other in [
            "forged", secret + "0", secret.uppercased(), try await fixture.token("ada"),
            try await fixture.token("root", role: .admin),
        ] {
            let seen = await fixture.send(.get, "/auth/changes", token: other)
            #expect(seen.status == 401 && seen.code == "invalid_token")
            #expect(seen["www-authenticate"]?.contains("invalid_token") == true)
        }
        // The other way round a secret is no token.
        #expect(await fixture.send(.get, "/auth/me", token: secret).code == "invalid_token")
    }

    @Test("without a secret no client is admitted")
    func closed() async throws {
        let fixture = try await APIFixture()
        for token in [nil, "", secret] {
            #expect(await fixture.send(.get, "/auth/changes", token: token).status == 401)
        }
    }

    @Test("revocations are in the first response and in later ones")
    func following() async throws {
        let fixture = try await fixture()
        let ada = try await fixture.token("ada")
        let before = await fixture.send(.get, "/auth/changes", token: secret)
        #expect(before.json?["changes"]?.arrayValue == [])

        #expect(await fixture.send(.post, "/auth/logout", token: ada).status == 200)

        let cursor = try #require(before.text("cursor"))
        for target in ["/auth/changes", "/auth/changes?after=\(cursor)&wait=0"] {
            let page = try #require(ChangePage(json: await fixture.send(.get, target, token: secret).reply.body))
            #expect(page.entries.map(\.kind.word) == [.sessionEnded])
            #expect(!page.hasMore)
        }
        let limited = await fixture.send(.get, "/auth/changes?limit=1&wait=0&after=\(cursor)", token: secret)
        #expect(limited.json?["has_more"]?.boolValue == false)
    }

    @Test(
        "an invalid query is rejected",
        arguments: [
            "after=x", "after=", "after=-1.5.2", "after=1.5", "wait=31", "wait=-1", "wait=a", "limit=0", "since=1",
            "after=1.2.3&after=1.2.3",
        ])
    func malformed(_ query: String) async throws {
        let fixture = try await fixture()
        let seen = await fixture.send(.get, "/auth/changes?\(query)", token: secret)
        #expect(seen.status == 400 && seen.code == "invalid_query", "\(seen.text)")
    }

    @Test("an expired cursor is 410")
    func gone() async throws {
        let fixture = try await fixture()
        let seen = await fixture.send(.get, "/auth/changes?after=0.0.1", token: secret)
        #expect(seen.status == 410 && seen.code == "cursor_expired")
    }

    @Test("the silence of the feed is a metric, if the feed is followed")
    func metrics() async throws {
        let fixture = try await fixture()
        let before = await fixture.send(.get, "/metrics").text
        #expect(!before.contains("authd_feed_silence_seconds"))
        #expect(before.contains("\nauthd_feed_stale_tokens_total{outcome=\"refused\"} 0\n"))

        let run = Task { await fixture.service.run() }
        while fixture.service.changeFeed.health.silence == nil { await Task.yield() }
        run.cancel()
        await run.value
        fixture.authority.clock.advance(by: .seconds(12))

        let stale = await fixture.send(.get, "/auth/changes", token: secret)
        #expect(stale.status == 503 && stale["retry-after"] != nil)
        #expect(await fixture.send(.get, "/auth/me", token: "a.b.c").status == 503)
        let after = await fixture.send(.get, "/metrics").text
        #expect(after.contains("\nauthd_feed_silence_seconds 12.0\n"))
        #expect(after.contains("\nauthd_feed_stale_tokens_total{outcome=\"refused\"} 1\n"))
        #expect(after.contains("\nauthd_feed_stale_tokens_total{outcome=\"accepted\"} 0\n"))
    }
}
