// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import AuthTokens
import Testing

@Suite("Processes on one store with different issuers")
struct OtherIssuerTests {
    private func told(_ authority: TestAuthority) -> Int {
        authority.events.all.count { if case .tokenOfOtherIssuer = $0 { true } else { false } }
    }

    @Test("a genuine token of another issuer is refused, and the operator is told once a minute")
    func genuine() async throws {
        let here = try await TestAuthority()
        let there = try await TestAuthority(
            settings: AuthSettings(issuer: "http://127.0.0.1:8000"), store: here.store)
        let token = try await there.signIn(as: "ada").accessToken
        let refusal = AuthError.badToken(
            .wrongIssuer(expected: "https://auth.example.test", found: "http://127.0.0.1:8000"))

        await #expect(throws: refusal) {
            try await here.service.access.authenticate(token)
        }
        #expect(told(here) == 1)
        await #expect(throws: refusal) {
            try await here.service.access.authenticate(token)
        }
        #expect(told(here) == 1)
        _ = try await there.service.access.authenticate(token)
        #expect(told(there) == 0)
    }

    @Test("a token that was not signed here says nothing about this service's issuers")
    func forged() async throws {
        let here = try await TestAuthority()
        let stranger = try await TestAuthority(
            settings: AuthSettings(issuer: "http://127.0.0.1:8000"),
            signing: .shared(try SigningKey(secret: Array(1..<65)), previous: []))
        let token = try await stranger.signIn(as: "ada").accessToken

        await #expect(throws: AuthError.self) { try await here.service.access.authenticate(token) }
        #expect(told(here) == 0)
    }
}
