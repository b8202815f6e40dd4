// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Signing in with an id token over HTTP")
struct IDTokenEndpointTests {
    private static let path = "/auth/providers/corp/token"

    private func nonce(_ fixture: ProviderFixture) async throws -> String {
        let seen = await fixture.fixture.send(.post, "/auth/providers/corp/nonce")
        #expect(seen.status == 200 && seen.json?["expires_in"]?.int64Value == 600)
        #expect(seen["cache-control"] == "no-store")
        return try #require(seen.text("nonce"))
    }

    private func send(_ fixture: ProviderFixture, _ token: String, _ nonce: String) async -> Seen {
        await fixture.fixture.send(.post, Self.path, #"{"id_token":"\#(token)","nonce":"\#(nonce)"}"#)
    }

    @Test("the token with the nonce opens a session, once")
    func once() async throws {
        let fixture = try await ProviderFixture()
        let nonce = try await nonce(fixture)
        let token = try fixture.provider.idToken(nonce: nonce)
        let seen = await send(fixture, token, nonce)
        #expect(seen.status == 200 && seen.text("refresh_token")?.hasPrefix("art_") == true, "\(seen.text)")
        #expect(await send(fixture, token, nonce).status == 400)
        let again = try await self.nonce(fixture)
        #expect(await send(fixture, token, again).code == "invalid_response")
    }

    @Test("a nonce of a stranger, a token that is old and a token of before the nonce are refused alike")
    func refused() async throws {
        let fixture = try await ProviderFixture()
        let (first, second, third) = (try await nonce(fixture), try await nonce(fixture), try await nonce(fixture))
        var answers: [Seen] = []
        answers.append(await send(fixture, try fixture.provider.idToken(nonce: "another"), first))
        answers.append(await send(fixture, "e30.e30.e30", second))
        fixture.provider.tell(.oldIssuance)
        answers.append(await send(fixture, try fixture.provider.idToken(nonce: third), third))
        for seen in answers {
            #expect(seen.status == 400 && seen.code == "invalid_response", "\(seen.text)")
            #expect(!seen.holdsToken)
        }
    }

    @Test("fields that are missing are named, and a foreign page gets no cookies")
    func fields() async throws {
        let fixture = try await ProviderFixture()
        let seen = await fixture.fixture.send(.post, Self.path, "{}")
        #expect(seen.status == 422 && seen.wrongFields == ["id_token", "nonce"])
        let foreign = await fixture.fixture.send(
            .post, Self.path, #"{"id_token":"x","nonce":"y"}"#,
            fields: ["X-Auth-Mode": "cookie", "Origin": "https://evil.example"])
        #expect(foreign.code == "csrf_refused")
    }
}
