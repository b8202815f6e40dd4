// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthStore
import AuthTesting
import AuthTokens
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Sessions") struct SessionTests {
    struct SignOut: CustomTestStringConvertible {
        let query: String
        let alive: [Bool]
        var testDescription: String { query }
    }

    // Behaviour D59, D63
    @Test(
        "signing out of this one, the others or all ends exactly those, both tokens, at the next request",
        arguments: [
            SignOut(query: "", alive: [true, true, false]),
            SignOut(query: "?sessions=this", alive: [true, true, false]),
            SignOut(query: "?sessions=others", alive: [false, false, true]),
            SignOut(query: "?sessions=all", alive: [false, false, false]),
        ])
    func signingOut(_ example: SignOut) async throws {
        let fixture = try await APIFixture()
        let stranger = try await fixture.authority.signIn(as: "bob")
        var pairs: [TokenPair] = []
        for _ in 0..<3 { pairs.append(try await fixture.authority.signIn(as: "ada")) }
        for pair in pairs { #expect(await fixture.send(.get, "/auth/me", token: pair.accessToken).status == 200) }

        #expect(await fixture.send(.post, "/auth/logout\(example.query)", token: pairs[2].accessToken).status == 200)

        for (pair, isAlive) in zip(pairs + [stranger], example.alive + [true]) {
            // From memory and from the store, for people and for proxies.
            for path in ["/auth/me", "/users/me", "/auth/verify", "/auth/sessions"] {
                let seen = await fixture.send(.get, path, token: pair.accessToken)
                #expect(isAlive ? seen.status < 300 : seen.code == "invalid_token", "\(path)")
            }
            let refreshed = await fixture.send(
                .post, "/auth/refresh", #"{"refresh_token":"\#(pair.refreshToken)"}"#)
            #expect(isAlive ? refreshed.status == 200 : refreshed.code == "invalid_refresh_token")
        }
    }

    // Behaviour D61
    @Test("the list shows device, time and address and marks the current session; another user's is not found")
    func list() async throws {
        let fixture = try await APIFixture()
        _ = try await fixture.token("ada")
        let stranger = try await fixture.token("bob")
        fixture.authority.clock.advance(by: .seconds(60))
        let login = await fixture.send(
            .post, "/auth/login", #"{"username":"ada","password":"\#(TestAuthority.password)"}"#, peer: "192.0.2.7",
            fields: ["User-Agent": "Analytical Engine"])
        let token = try #require(login.text("access_token"))
        fixture.authority.clock.advance(by: .seconds(60))

        let list = await fixture.send(.get, "/auth/sessions", token: token)
        let sessions = try #require(try JSONReader.read(list.reply.body).arrayValue).compactMap(\.objectValue)

        #expect(sessions.count == 2)
        let own = try #require(sessions.first { $0["current"] == true })
        #expect(
            own.names == ["id", "current", "device", "address", "created_at", "last_used_at", "expires_at"])
        #expect(own["device"] == "Analytical Engine" && own["address"] == "192.0.2.7")
        #expect(own["created_at"] == "2026-01-01T00:01:00.000000Z" && own["last_used_at"] == own["created_at"])
        #expect(sessions.count { $0["current"] == true } == 1)
        let id = try #require(own["id"]?.stringValue)
        #expect(try Forger.claims(of: token)["sid"]?.stringValue == id)

        let same = ["X-Request-ID": "same"]
        let nobodys = await fixture.send(
            .delete, "/auth/sessions/0199c3a1-6f2e-7c54-9b8e-2d5f0a7b1c3d", token: stranger, fields: same)
        let foreign = await fixture.send(.delete, "/auth/sessions/\(id)", token: stranger, fields: same)
        #expect(foreign.status == 404 && foreign.whole == nobodys.whole)
        #expect(await fixture.send(.get, "/auth/me", token: token).status == 200)
    }

    // ASVS 7.5.2
    @Test("revoking other sessions needs a recent sign-in; signing out of the current one does not")
    func recentSignIn() async throws {
        let fixture = try await APIFixture()
        let other = try await fixture.authority.signIn(as: "ada")
        let own = try await fixture.authority.signIn(as: "ada")
        fixture.authority.clock.advance(by: .seconds(15 * 60))
        let path = "/auth/sessions/\(other.sessionID)"

        for (method, target) in [
            (HTTPRequest.Method.delete, path), (.post, "/auth/logout?sessions=others"),
            (.post, "/auth/logout?sessions=all"),
        ] {
            let seen = await fixture.send(method, target, token: own.accessToken)
            #expect(seen.status == 403 && seen.code == "reauthentication_required", "\(target)")
        }
        #expect(await fixture.send(.get, "/auth/me", token: other.accessToken).status == 200)
        let login = await fixture.send(
            .post, "/auth/login", #"{"username":"ada","password":"\#(TestAuthority.password)"}"#)
        let fresh = try #require(login.text("access_token"))
        #expect(await fixture.send(.delete, path, token: fresh).status == 204)
        #expect(await fixture.send(.post, "/auth/logout", token: own.accessToken).status == 200)
        #expect(await fixture.send(.post, "/auth/logout?sessions=all", token: fresh).status == 200)
    }

    // Behaviour D62
    @Test("with a limit, the oldest session is evicted or the newest is rejected, as configured")
    func limit() async throws {
        func fixture(_ policy: SessionLimit.Policy) async throws -> (APIFixture, [TokenPair]) {
            let fixture = try await APIFixture(
                settings: AuthSettings(
                    issuer: "https://auth.example.test", sessionLimit: SessionLimit(perUser: 2, policy: policy)))
            var pairs: [TokenPair] = []
            for _ in 0..<2 {
                pairs.append(try await fixture.authority.signIn(as: "ada"))
                fixture.authority.clock.advance(by: .seconds(1))
            }
            return (fixture, pairs)
        }
        let login = #"{"username":"ada","password":"\#(TestAuthority.password)"}"#
        func statuses(_ fixture: APIFixture, _ pairs: [TokenPair]) async -> [UInt16] {
            var statuses: [UInt16] = []
            for pair in pairs {
                statuses.append(await fixture.send(.get, "/auth/me", token: pair.accessToken).status)
            }
            return statuses
        }

        let (dropping, first) = try await fixture(.dropOldest)
        #expect(await dropping.send(.post, "/auth/login", login).status == 200)
        #expect(await statuses(dropping, first) == [401, 200])

        let (refusing, second) = try await fixture(.refuse)
        #expect(await refusing.send(.post, "/auth/login", login).code == "session_limit_reached")
        let wrong = await refusing.send(.post, "/auth/login", #"{"username":"ada","password":"not the password"}"#)
        #expect(wrong.code == "invalid_credentials")
        #expect(await statuses(refusing, second) == [200, 200])
    }

    // Behaviour D67
    @Test(
        "tokens of a previous secret are accepted while it is listed, and rejected afterwards; refreshing works throughout"
    )
    func rotatedSecret() async throws {
        let store = InMemoryAuthStore()
        let clock = ManualClock()
        let old = try SigningKey(secret: [UInt8](64..<128))
        let new = try SigningKey(secret: [UInt8](128..<192))
        func fixture(_ signing: TokenSigning) async throws -> APIFixture {
            try await APIFixture(store: store, clock: clock, signing: signing)
        }
        let pair = try await fixture(.shared(old, previous: [])).authority.signIn(as: "ada")

        let during = try await fixture(.shared(new, previous: [old]))
        #expect(await during.send(.get, "/auth/me", token: pair.accessToken).status == 200)
        clock.advance(by: .seconds(1))
        let fresh = try await during.token("ada")
        let after = try await fixture(.shared(new, previous: []))

        #expect(await after.send(.get, "/auth/me", token: pair.accessToken).code == "invalid_token")
        #expect(await after.send(.get, "/auth/me", token: fresh).status == 200)
        let refreshed = await after.send(.post, "/auth/refresh", #"{"refresh_token":"\#(pair.refreshToken)"}"#)
        #expect(await after.send(.get, "/auth/me", token: refreshed.text("access_token")).status == 200)
    }
}
