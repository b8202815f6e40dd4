// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import AuthTokens
import HTTPTypes

@testable import AuthHTTP

/// A service that verifies tokens with the published keys and knows nothing else of the daemon.
struct ResourceServer {
    private let verifier: TokenVerifier
    private let fixture: APIFixture

    /// Takes the keys that a fixture publishes.
    init(_ fixture: APIFixture) async throws {
        let published = await fixture.send(.get, "/.well-known/jwks.json")
        let keys = try JWKSet(published.reply.body)
        verifier = TokenVerifier(
            keys: try VerificationKeySet(keys),
            policy: AccessTokenPolicy(
                issuer: "https://auth.example.test", audience: fixture.service.settings.audience, leewaySeconds: 5))
        self.fixture = fixture
    }

    /// What a token says, verified.
    func claims(_ token: String) throws -> AccessTokenClaims {
        try verifier.verify(token, at: fixture.authority.clock.now).claims
    }

    /// Whether the service would let a token write items.
    func opens(_ token: String, _ permission: String = "items:write") throws -> Bool {
        guard let permission = Permission(permission) else { return false }
        return Scope(parsing: try claims(token).scope)?.covers(permission) == true
    }
}
