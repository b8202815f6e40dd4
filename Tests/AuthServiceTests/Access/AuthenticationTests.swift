// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthTestSupport
import AuthTesting
import AuthTokens
import Testing

@testable import AuthService

@Suite("Authentication by access token")
struct AuthenticationTests {
    @Test("a token seen before is answered from memory, by the same object")
    func cached() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")

        guard case .needsStore = authority.service.access.authenticateNow(pair.accessToken) else {
            Issue.record("the user was in memory already")
            return
        }
        let principal = try await authority.service.access.authenticate(pair.accessToken)
        guard case .principal(let again) = authority.service.access.authenticateNow(pair.accessToken) else {
            Issue.record("the token was not kept")
            return
        }

        #expect(principal === again)
        #expect(principal.user.id == pair.user.id && principal.sessionID == pair.sessionID)
    }

    // ASVS 7.2.2
    @Test("the token has the expected claims and type")
    func claims() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")

        let claims = try await authority.service.access.authenticate(pair.accessToken).claims

        #expect(claims.issuer == "https://auth.example.test" && claims.audience == [claims.issuer])
        #expect(claims.subject == pair.user.id.description && claims.sessionID == pair.sessionID.description)
        #expect(claims.expiresAtSeconds - claims.issuedAtSeconds == 1_800)
        #expect(claims.clientID == "authd" && claims.role == "user" && claims.scope == "items me")
        #expect(claims.authenticationContext == "1" && claims.epoch == 0)
        #expect(claims.tokenID.utf8.count == 22)
    }

    // ASVS 9.2.1
    @Test("a token expires at its second, also if it is cached")
    func expiry() async throws {
        let authority = try await TestAuthority(
            settings: AuthSettings(issuer: "https://auth.example.test", clockLeeway: .zero))
        let pair = try await authority.signIn(as: "ada")
        authority.clock.advance(by: .seconds(1_799))
        _ = try await authority.service.access.authenticate(pair.accessToken)

        authority.clock.advance(by: .seconds(1))

        await #expect(throws: AuthError.badToken(.expired)) {
            try await authority.service.access.authenticate(pair.accessToken)
        }
    }

    @Test("a token is accepted within the leeway and rejected after it, cached or not")
    func leeway() async throws {
        let authority = try await TestAuthority(
            settings: AuthSettings(issuer: "https://auth.example.test", clockLeeway: .seconds(5)))
        let pair = try await authority.signIn(as: "ada")
        _ = try await authority.service.access.authenticate(pair.accessToken)

        authority.clock.advance(by: .seconds(1_804))
        for _ in 0..<3 { _ = try await authority.service.access.authenticate(pair.accessToken) }
        authority.clock.advance(by: .seconds(1))
        for _ in 0..<3 {
            await #expect(throws: AuthError.badToken(.expired)) {
                try await authority.service.access.authenticate(pair.accessToken)
            }
        }
    }

    // ASVS 9.2.2
    @Test("other kinds of token are refused")
    func kinds() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")
        let reset = try await authority.service.passwords.requestResetRevealing(
            of: authority.address("ada"), from: client
        ).token

        for other in [pair.refreshToken, try #require(reset).revealed, "", "a.b.c", pair.accessToken + "A"] {
            let error = await #expect(throws: AuthError.self) { try await authority.service.access.authenticate(other) }
            guard case .badToken = error else {
                Issue.record("got \(String(describing: error))")
                continue
            }
        }
    }

    @Test("a cached token is not found by another spelling of its letters")
    func otherSpelling() async throws {
        let authority = try await TestAuthority()
        var token = ""
        while !token.contains("K") { token = try await authority.signIn(as: "ada").accessToken }
        _ = try await authority.service.access.authenticate(token)

        let respelled = token.replacing("K", with: "\u{212A}")

        #expect(respelled == token && !respelled.utf8.elementsEqual(token.utf8))
        await #expect(throws: AuthError.badToken(.malformed)) {
            try await authority.service.access.authenticate(respelled)
        }
    }

    @Test("a token of a previous secret is accepted as long as the secret is listed")
    func previousSecret() async throws {
        let store = InMemoryAuthStore()
        let clock = ManualClock()
        let old = try SigningKey(secret: Array(64..<128))
        let pair = try await TestAuthority(store: store, clock: clock, signing: .shared(old, previous: [])).signIn(
            as: "ada")
        let new = try SigningKey(secret: Array(128..<192))

        let listed = try await TestAuthority(store: store, clock: clock, signing: .shared(new, previous: [old]))
        let unlisted = try await TestAuthority(store: store, clock: clock, signing: .shared(new, previous: []))

        _ = try await listed.service.access.authenticate(pair.accessToken)
        let error = await #expect(throws: AuthError.self) {
            try await unlisted.service.access.authenticate(pair.accessToken)
        }
        guard case .badToken = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }
}

@Suite("Revocation while a token is looked at")
struct RevocationMeanwhileTests {
    @Test("a session that ends while its user is read is rejected, then and later")
    func sessionEndsMeanwhile() async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority(store: store)
        let pair = try await authority.signIn(as: "ada")
        let other = try await authority.principal("ada")
        // A changed profile makes this process read the user again.
        _ = try await authority.service.users.updateProfile(
            of: other, by: ProfileChange(fullName: try FullName("Ada")), from: client)
        store.afterNext(.user) { () throws(StoreError) in
            _ = try? await authority.service.sessions.end(pair.sessionID, of: other, from: client)
        }

        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(pair.accessToken)
        }
        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(pair.accessToken)
        }
    }
}

@Suite("Revocation between processes")
struct RevocationBetweenProcessesTests {
    /// Two services on one store, as two processes have it.
    func pair() async throws -> (TestAuthority, TestAuthority) {
        let store = InMemoryAuthStore()
        let clock = ManualClock()
        return (
            try await TestAuthority(store: store, clock: clock, seed: 1),
            try await TestAuthority(store: store, clock: clock, seed: 1)
        )
    }

    @Test(
        "a session that one process ends is rejected by another once it has read the feed, and by a new one from its start"
    )
    func feed() async throws {
        let (here, there) = try await pair()
        let tokens = try await here.signIn(as: "ada")
        let principal = try await there.service.access.authenticate(tokens.accessToken)

        try await here.service.sessions.signOut(here.service.access.authenticate(tokens.accessToken), from: client)
        _ = try await there.service.access.authenticate(tokens.accessToken)
        try await there.service.changeFeed.readChanges()

        await #expect(throws: AuthError.tokenRevoked) {
            try await there.service.access.authenticate(tokens.accessToken)
        }
        let late = try await TestAuthority(store: here.store, clock: here.clock, seed: 1)
        await #expect(throws: AuthError.tokenRevoked) { try await late.service.access.authenticate(tokens.accessToken) }
        #expect(principal.user.username?.original == "ada")
    }

    @Test("after a silence of the feed, tokens are accepted only once the backlog was read completely")
    func backlog() async throws {
        let (here, there) = try await pair()
        let tokens = try await here.signIn(as: "ada")
        let principal = try await there.service.access.authenticate(tokens.accessToken)
        there.service.core.directory.beginFollowing()
        // As many as are read at once, and then the one that matters.
        for number in 0..<500 {
            let name = try FullName("Ada the \(number)th")
            _ = try await here.service.users.updateProfile(
                of: principal, by: ProfileChange(fullName: name), from: client)
        }
        try await here.service.sessions.signOut(principal, from: client)
        there.clock.advance(by: .seconds(11))

        #expect(try await there.service.changeFeed.readFeed())
        await #expect(throws: AuthError.unavailable) { try await there.service.access.authenticate(tokens.accessToken) }
        #expect(try await !there.service.changeFeed.readFeed())
        await #expect(throws: AuthError.tokenRevoked) {
            try await there.service.access.authenticate(tokens.accessToken)
        }
    }

    @Test("a changed profile and role reach other processes too")
    func profile() async throws {
        let (here, there) = try await pair()
        let tokens = try await here.signIn(as: "ada")
        let principal = try await there.service.access.authenticate(tokens.accessToken)
        _ = try await here.service.users.updateProfile(
            of: principal, by: ProfileChange(fullName: try FullName("Ada Lovelace")), from: client)

        try await there.service.changeFeed.readChanges()
        #expect(try await there.service.access.authenticate(tokens.accessToken).user.fullName?.text == "Ada Lovelace")

        _ = try await here.service.users.perform(.setRole(.guest), on: tokens.user.id, by: .commandLine, from: client)
        try await there.service.changeFeed.readChanges()
        await #expect(throws: AuthError.tokenRevoked) {
            try await there.service.access.authenticate(tokens.accessToken)
        }
    }

    @Test("the token cache is bounded in octets, and compares octets")
    func boundedCache() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")
        let cache = PrincipalCache(capacity: 64)
        let longest = String(repeating: "a", count: PrincipalCache.maximumTokenBytes)

        cache.keep(principal, for: longest + "a")
        #expect(cache.count == 0 && cache.principal(for: longest + "a") == nil)
        cache.keep(principal, for: longest)
        #expect(cache.principal(for: longest) === principal)
        // The end alone is hashed: the comparison has to notice what differs before it.
        #expect(cache.principal(for: "b" + longest.dropFirst()) == nil)
        // The Kelvin sign is K to Swift, and both of these end alike.
        let tail = String(repeating: "a", count: 40)
        cache.keep(principal, for: "\u{212A}" + tail)
        #expect(cache.principal(for: "K" + tail) == nil && cache.principal(for: "\u{212A}" + tail) === principal)
        cache.remove("\u{212A}" + tail)
        #expect(cache.count == 1)
    }

    @Test(
        "a token with the longest allowed scope is cached",
        arguments: [SignatureAlgorithm.es256, .rs256, .edDSA])
    func longestScope(algorithm: SignatureAlgorithm) async throws {
        let names = (0..<5).map { "items:" + String(repeating: "b", count: 93) + "\($0)" }
        let scope = try #require(Scope(requested: names.joined(separator: " ") + " items:c"))
        #expect(scope.description.utf8.count == Scope.maximumRequestBytes)
        let authority = try await TestAuthority(signing: .stored(algorithm, rotationPeriod: nil))

        let token = try await authority.signIn(as: "ada", scope: scope).accessToken

        #expect(token.utf8.count <= PrincipalCache.maximumTokenBytes)
        _ = try await authority.service.access.authenticate(token)
        guard case .principal = authority.service.access.authenticateNow(token) else {
            Issue.record("the token was not kept")
            return
        }
    }
}
