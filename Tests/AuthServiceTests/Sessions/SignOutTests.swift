// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
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
        for pair in pairs { _ = try await authority.service.authenticate(pair.accessToken) }
        return (authority, pairs, try await authority.service.authenticate(pairs[2].accessToken))
    }

    func alive(_ pairs: [TokenPair], _ authority: TestAuthority) async throws -> [Bool] {
        var alive: [Bool] = []
        for pair in pairs {
            let access = try? await authority.service.authenticate(pair.accessToken)
            let refresh = try? await authority.service.refresh(pair.refreshToken, from: client)
            #expect((access == nil) == (refresh == nil))
            alive.append(access != nil)
        }
        return alive
    }

    // ASVS 7.4.1
    @Test("ends this session and no other, from the next request on")
    func this() async throws {
        let (authority, pairs, principal) = try await threeSessions()

        try await authority.service.signOut(principal, from: client)

        #expect(try await alive(pairs, authority) == [true, true, false])
    }

    @Test("others ends all but this one")
    func others() async throws {
        let (authority, pairs, principal) = try await threeSessions()

        #expect(try await authority.service.signOutOthers(principal, from: client) == 2)
        #expect(try await alive(pairs, authority) == [false, false, true])
    }

    @Test("everywhere ends all")
    func everywhere() async throws {
        let (authority, pairs, principal) = try await threeSessions()

        #expect(try await authority.service.signOutEverywhere(principal, from: client) == 3)
        #expect(try await alive(pairs, authority) == [false, false, false])
    }

    @Test("the list shows what is alive, and one of it can be ended, but nobody else's")
    func list() async throws {
        let (authority, pairs, principal) = try await threeSessions()
        let stranger = try await authority.principal("mallory")

        let listed = try await authority.service.sessions(of: principal).map(\.id)
        #expect(listed == pairs.reversed().map(\.sessionID))
        #expect(try await !authority.service.endSession(pairs[0].sessionID, of: stranger, from: client))
        #expect(try await authority.service.endSession(pairs[0].sessionID, of: principal, from: client))
        #expect(try await !authority.service.endSession(pairs[0].sessionID, of: principal, from: client))
        #expect(try await alive(pairs, authority) == [false, true, true])
    }
}
