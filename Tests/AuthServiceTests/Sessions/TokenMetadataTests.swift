// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Metadata in access tokens")
struct TokenMetadataTests {
    private static func authority(_ choice: TokenMetadata) async throws -> TestAuthority {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.tokenMetadata = choice
        return try await TestAuthority(settings: settings)
    }

    private static func change(
        _ pair: TokenPair, _ change: ProfileChange, at authority: TestAuthority
    ) async throws -> AccessTokenClaims {
        _ = try await authority.service.users.update(
            pair.user.id, by: change, administrator: .commandLine, from: client)
        let next = try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        return try await authority.service.access.authenticate(next.accessToken).claims
    }

    @Test("a token carries what the setting says, under the names of the record", arguments: TokenMetadata.allCases)
    func choice(_ choice: TokenMetadata) async throws {
        let authority = try await Self.authority(choice)
        let pair = try await authority.signIn(as: "ada")
        let change = ProfileChange(
            userMetadata: try MetadataPatch(["theme": "dark"]), appMetadata: try MetadataPatch(["plan": "free"]))

        let claims = try await Self.change(pair, change, at: authority)

        #expect(claims.appMetadata == ([.app, .both].contains(choice) ? ["plan": "free"] : nil))
        #expect(claims.userMetadata == ([.user, .both].contains(choice) ? ["theme": "dark"] : nil))
    }

    @Test("metadata longer than 1 KiB together is left out, and reported once a minute")
    func bound() async throws {
        let authority = try await Self.authority(.both)
        let pair = try await authority.signIn(as: "ada")
        func reports() -> Int {
            authority.events.all.count { if case .metadataLeftOut(pair.user.id) = $0 { true } else { false } }
        }
        // {"a":"…"} and {}
        let most = String(repeating: "x", count: TokenMetadata.maximumBytes - 10)
        let fitting = try await Self.change(
            pair, ProfileChange(userMetadata: try MetadataPatch(["a": .string(most)])), at: authority)
        #expect(fitting.userMetadata == ["a": .string(most)] && fitting.appMetadata == [:])
        #expect(reports() == 0)

        _ = try await authority.service.users.update(
            pair.user.id, by: ProfileChange(userMetadata: try MetadataPatch(["a": .string(most + "x")])),
            administrator: .commandLine, from: client)
        for _ in 0..<3 {
            let token = try await authority.signIn(as: "ada").accessToken
            let claims = try await authority.service.access.authenticate(token).claims
            #expect(claims.userMetadata == nil && claims.appMetadata == nil && claims.scope == "items me")
        }
        #expect(reports() == 1)
        authority.clock.advance(by: .seconds(61))
        _ = try await authority.signIn(as: "ada")
        #expect(reports() == 2)
    }

    @Test("a user changes their own metadata alone, and it grants nothing")
    func ownMetadata() async throws {
        let authority = try await Self.authority(.both)
        let ada = try await authority.principal("ada")
        let claims: JSONObject = ["role": "admin", "scope": "*", "permissions": ["*"]]
        let change = ProfileChange(userMetadata: try MetadataPatch(claims), appMetadata: try MetadataPatch(claims))

        let user = try await authority.service.users.updateProfile(of: ada, by: change, from: client).user

        #expect(JSONObject(metadata: user.userMetadata) == claims && user.appMetadata == "{}")
        let pair = try await authority.signIn(as: "ada")
        #expect(pair.scope == "items me" && pair.user.role == .user)
        let principal = try await authority.service.access.authenticate(pair.accessToken)
        #expect(throws: AuthError.self) { try authority.service.access.authorize(principal, .role(.admin)) }
        #expect(throws: AuthError.self) { try authority.service.access.authorize(principal, .permission("users:read")) }
    }

    @Test("a user with much metadata is checked from memory, and no token keeps a copy of it")
    func memory() async throws {
        let authority = try await TestAuthority()
        let ada = try await authority.principal("ada")
        let much = String(repeating: "x", count: 3_000)
        _ = try await authority.service.users.updateProfile(
            of: ada, by: ProfileChange(userMetadata: try MetadataPatch(["a": .string(much)])), from: client)
        let token = try await authority.signIn(as: "ada").accessToken
        let before = authority.service.gauges.cachedPrincipals
        _ = try await authority.service.access.authenticate(token)

        guard case .principal(let principal) = authority.service.access.authenticateNow(token) else {
            Issue.record("the token was not checked from memory")
            return
        }
        #expect(authority.service.gauges.cachedPrincipals == before)
        #expect(principal.user.userMetadata.utf8.count > 3_000)
    }

    @Test("metadata that would be too large is refused by its field")
    func tooLarge() async throws {
        let authority = try await TestAuthority()
        let ada = try await authority.principal("ada")
        let half = String(repeating: "x", count: MetadataPatch.maximumBytes / 2)
        _ = try await authority.service.users.updateProfile(
            of: ada, by: ProfileChange(userMetadata: try MetadataPatch(["a": .string(half)])), from: client)

        await #expect(throws: AuthError.invalid([FieldViolation(field: "user_metadata", .tooLarge)])) {
            try await authority.service.users.updateProfile(
                of: ada, by: ProfileChange(userMetadata: try MetadataPatch(["b": .string(half)])), from: client)
        }
    }
}
