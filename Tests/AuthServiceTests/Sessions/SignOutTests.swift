// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTestSupport
import AuthTesting
import Synchronization
import Testing

@Suite("Sign-out")
struct SignOutTests {
    /// Three sessions of one user, the last of which is the caller's.
    func threeSessions() async throws -> (TestAuthority, [TokenPair], Principal) {
        let authority = try await TestAuthority()
        var pairs: [TokenPair] = []
        for _ in 0..<3 {
            pairs.append(try await authority.signIn(as: "ada"))
            authority.clock.advance(by: .seconds(1))
        }
        for pair in pairs { _ = try await authority.service.access.authenticate(pair.accessToken) }
        return (authority, pairs, try await authority.service.access.authenticate(pairs[2].accessToken))
    }

    func alive(_ pairs: [TokenPair], _ authority: TestAuthority) async throws -> [Bool] {
        var alive: [Bool] = []
        for pair in pairs {
            let access = try? await authority.service.access.authenticate(pair.accessToken)
            let refresh = try? await authority.service.sessions.refresh(pair.refreshToken, from: client)
            #expect((access == nil) == (refresh == nil))
            alive.append(access != nil)
        }
        return alive
    }

    // ASVS 7.4.1
    @Test("revokes this session and no other, from the next request on")
    func this() async throws {
        let (authority, pairs, principal) = try await threeSessions()

        try await authority.service.sessions.signOut(principal, from: client)

        #expect(try await alive(pairs, authority) == [true, true, false])
    }

    @Test("others revokes all but this one")
    func others() async throws {
        let (authority, pairs, principal) = try await threeSessions()

        #expect(try await authority.service.sessions.signOutOthers(principal, from: client) == 2)
        #expect(try await alive(pairs, authority) == [false, false, true])
    }

    @Test("others revokes a session that is opened meanwhile, on this process at once")
    func othersMeanwhile() async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority(store: store)
        let own = try await authority.service.access.authenticate(authority.signIn(as: "ada").accessToken)
        let opened = Mutex<TokenPair?>(nil)
        store.beforeNext(.endSessions) { () throws(StoreError) in
            let pair = try? await authority.attempt("ada")
            opened.withLock { $0 = pair }
        }

        #expect(try await authority.service.sessions.signOutOthers(own, from: client) == 1)

        let meanwhile = try #require(opened.withLock { $0 })
        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(meanwhile.accessToken)
        }
    }

    @Test("everywhere revokes all")
    func everywhere() async throws {
        let (authority, pairs, principal) = try await threeSessions()

        #expect(try await authority.service.sessions.signOutEverywhere(principal, from: client) == 3)
        #expect(try await alive(pairs, authority) == [false, false, false])
    }

    // ASVS 7.5.2
    @Test(
        "other sessions can be revoked only soon after signing in; the current one always, and refreshing is no sign-in"
    )
    func recentSignIn() async throws {
        let (authority, pairs, _) = try await threeSessions()
        let service = authority.service
        authority.clock.advance(by: .seconds(15 * 60 - 2))
        let late = try await service.sessions.refresh(pairs[1].refreshToken, from: client)
        let stale = try await service.access.authenticate(late.accessToken)
        let recent = try await service.access.authenticate(pairs[2].accessToken)

        await #expect(throws: AuthError.reauthenticationRequired) {
            try await service.sessions.end(pairs[0].sessionID, of: stale, from: client)
        }
        await #expect(throws: AuthError.reauthenticationRequired) {
            try await service.sessions.signOutOthers(stale, from: client)
        }
        await #expect(throws: AuthError.reauthenticationRequired) {
            try await service.sessions.signOutEverywhere(stale, from: client)
        }
        #expect(try await service.sessions.list(of: stale).count == 3)
        #expect(try await service.sessions.end(pairs[0].sessionID, of: recent, from: client))
        #expect(try await service.sessions.end(pairs[1].sessionID, of: stale, from: client))
        #expect(try await service.sessions.signOutEverywhere(recent, from: client) == 1)
    }

    @Test("without a time limit a session may revoke others for as long as it lives")
    func anyTime() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.recentSignIn = nil
        let authority = try await TestAuthority(settings: settings)
        let first = try await authority.signIn(as: "ada")
        let second = try await authority.signIn(as: "ada")
        authority.clock.advance(by: .seconds(1_700))

        let principal = try await authority.service.access.authenticate(second.accessToken)
        #expect(try await authority.service.sessions.end(first.sessionID, of: principal, from: client))
    }

    @Test("the list shows live sessions, each can be revoked, and another user's cannot")
    func list() async throws {
        let (authority, pairs, principal) = try await threeSessions()
        let stranger = try await authority.principal("mallory")

        let listed = try await authority.service.sessions.list(of: principal).map(\.id)
        #expect(listed == pairs.reversed().map(\.sessionID))
        #expect(try await !authority.service.sessions.end(pairs[0].sessionID, of: stranger, from: client))
        #expect(try await authority.service.sessions.end(pairs[0].sessionID, of: principal, from: client))
        #expect(try await !authority.service.sessions.end(pairs[0].sessionID, of: principal, from: client))
        #expect(try await alive(pairs, authority) == [false, true, true])
    }
}
