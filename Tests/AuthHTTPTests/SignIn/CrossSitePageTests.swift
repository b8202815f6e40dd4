// SPDX-License-Identifier: Apache-2.0

import AuthHTTPServer
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// A page of `localhost` that calls the interface under `127.0.0.1`, or the other way round.
@Suite("Page of another site in development") struct CrossSitePageTests {
    private static let page = "http://localhost:5173"

    private static func signIn(
        _ fixture: APIFixture, host: String, site: String, origin: String = page
    ) async -> Seen {
        await fixture.send(
            .post, "/auth/login", #"{"username":"ada","password":"\#(TestAuthority.password)"}"#, peer: "127.0.0.1",
            fields: ["Host": host, "Origin": origin, "Sec-Fetch-Site": site, "X-Auth-Mode": "cookie"])
    }

    @Test("is told that cookies need the same host, and nothing about the settings")
    func refusal() async throws {
        let fixture = try await APIFixture {
            $0.isDevelopment = true
            $0.allowedOrigins = [Self.page]
        }
        _ = try await fixture.token("ada")

        let refused = await Self.signIn(fixture, host: "127.0.0.1:8000", site: "cross-site")
        #expect(refused.status == 403)
        #expect(refused.code == "csrf_refused")
        let detail = try #require(refused.text("detail"))
        #expect(detail.contains("another site than PUBLIC_URL"))
        #expect(detail.contains("Cookies need the same host: localhost and 127.0.0.1 are two."))
        // Whether the origin is allowed makes no difference to the answer.
        let stranger = await Self.signIn(
            fixture, host: "127.0.0.1:8000", site: "cross-site", origin: "http://mallory.test")
        #expect(stranger.text("detail") == detail)

        let accepted = await Self.signIn(fixture, host: "localhost:8000", site: "same-site")
        #expect(accepted.status == 200)
        #expect(accepted["set-cookie"] != nil)
    }
}
