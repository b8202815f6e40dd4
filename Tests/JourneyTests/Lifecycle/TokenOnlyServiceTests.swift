// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthTokens
import Foundation
import Testing

/// A service that knows the published keys of a daemon and nothing else.
@Suite("Services that only verify tokens", .oneAtATime, .timeLimit(.minutes(10)))
struct TokenOnlyServiceTests {
    private static let issuer = "https://id.example.test"

    @Test("a first password that an administrator chose gives no access there until it is changed")
    func firstPassword() async throws {
        try await Installation.with(.sqlite, ["TOKEN_ISSUER": Self.issuer]) { installation in
            try await installation.serving { daemon in
                let root = try await installation.administrator(of: daemon)
                let fetcher = try HTTPSFetcher(to: .anyAddress)
                let base = daemon.base
                let keys = RemoteKeys {
                    let text = try await fetcher.get(
                        base + "/.well-known/jwks.json", maximumBytes: 65_536, timeout: .seconds(30))
                    return FetchedKeySet(text, maxAge: .seconds(600))
                }
                let verifier = TokenVerifier(
                    keys: keys,
                    policy: AccessTokenPolicy(issuer: Self.issuer, audience: Self.issuer, leewaySeconds: 5))
                func claims(_ response: Response) async throws -> AccessTokenClaims {
                    let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
                    return try await verifier.verifyRefreshingKeys(try response.text("access_token"), at: now).claims
                }

                let made = try await daemon.send(
                    "POST", "/users", token: root.access,
                    json: #"{"username":"jane","password":"chosen by an admin 1","role":"admin"}"#)
                made.expect(201)
                let login = try await daemon.send(
                    "POST", "/auth/login", json: #"{"username":"jane","password":"chosen by an admin 1"}"#)
                let refreshed = try await daemon.send(
                    "POST", "/auth/refresh", json: #"{"refresh_token":"\#(try login.text("refresh_token"))"}"#)
                for response in [login, refreshed] {
                    let claims = try await claims(response)
                    #expect(claims.scope.isEmpty && claims.role == nil && claims.authenticationContext == "0")
                }
                let changed = try await daemon.send(
                    "POST", "/auth/password/change", token: try refreshed.text("access_token"),
                    json: #"{"current_password":"chosen by an admin 1","new_password":"a compiler from 1952"}"#)
                let own = try await claims(changed)
                #expect(own.scope == "*" && own.role == "admin" && own.authenticationContext == "1")
                fetcher.close()
            }
        }
    }
}
