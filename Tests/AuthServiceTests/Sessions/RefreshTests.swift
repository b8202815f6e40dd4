// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@Suite("Refresh")
struct RefreshTests {
    @Test("gives a new pair of the same session, and the successor works")
    func refreshes() async throws {
        let authority = try await TestAuthority()
        let first = try await authority.signIn(as: "ada")

        let second = try await authority.service.sessions.refresh(first.refreshToken, from: client)
        let third = try await authority.service.sessions.refresh(second.refreshToken, from: client)

        #expect(second.sessionID == first.sessionID && third.sessionID == first.sessionID)
        #expect(Set([first, second, third].map(\.refreshToken)).count == 3)
        #expect(Set([first, second, third].map(\.accessToken)).count == 3)
        #expect(try await authority.service.access.authenticate(first.accessToken).user.id == first.user.id)
    }

    @Test("presenting one token again within the grace time gives the same successor")
    func replay() async throws {
        let authority = try await TestAuthority()
        let first = try await authority.signIn(as: "ada")
        let second = try await authority.service.sessions.refresh(first.refreshToken, from: client)
        authority.clock.advance(by: .seconds(9))

        let replay = try await authority.service.sessions.refresh(first.refreshToken, from: client)

        #expect(replay.refreshToken == second.refreshToken)
        #expect(replay.accessToken != second.accessToken)
    }

    @Test("two hundred at once give one successor and no sign-out")
    func parallel() async throws {
        let authority = try await TestAuthority()
        let first = try await authority.signIn(as: "ada")

        let successors = try await withThrowingTaskGroup(of: TokenPair.self) { group in
            for _ in 0..<200 {
                group.addTask { try await authority.service.sessions.refresh(first.refreshToken, from: client) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(successors.count == 200)
        #expect(Set(successors.map(\.refreshToken)).count == 1)
        #expect(Set(successors.map(\.accessToken)).count == 200)
        for pair in successors { _ = try await authority.service.access.authenticate(pair.accessToken) }
    }

    @Test("reusing a superseded token revokes the session, and its access tokens at once")
    func reuse() async throws {
        let authority = try await TestAuthority()
        let first = try await authority.signIn(as: "ada")
        let second = try await authority.service.sessions.refresh(first.refreshToken, from: client)
        let third = try await authority.service.sessions.refresh(second.refreshToken, from: client)
        _ = try await authority.service.access.authenticate(third.accessToken)

        await #expect(throws: AuthError.refreshReused) {
            try await authority.service.sessions.refresh(first.refreshToken, from: client)
        }

        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(third.accessToken)
        }
        await #expect(throws: AuthError.sessionEnded(.refreshReused)) {
            try await authority.service.sessions.refresh(third.refreshToken, from: client)
        }
        #expect(try await authority.refusals(of: .refreshReused).count == 1)
        guard case .refreshReused(first.user.id, first.sessionID) = authority.events.all.last else {
            Issue.record("the operator saw \(authority.events.all)")
            return
        }
    }

    @Test(
        "a user and a thief who alternate one refresh token beyond the grace time end the session by the fourth replay"
    )
    func twoThieves() async throws {
        let authority = try await TestAuthority()
        var latest = try await authority.signIn(as: "ada")
        var previous = latest
        var replays = 0
        var outcome: AuthError?

        // The second refresh presents the token that the first one has just superseded.
        while outcome == nil, replays < 10 {
            previous = latest
            authority.clock.advance(by: .seconds(60))
            latest = try await authority.service.sessions.refresh(previous.refreshToken, from: client)
            authority.clock.advance(by: .seconds(60))
            replays += 1
            do throws(AuthError) {
                latest = try await authority.service.sessions.refresh(previous.refreshToken, from: client)
            } catch {
                outcome = error
            }
        }

        #expect(outcome == .refreshReused)
        #expect(replays == 4)
        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(latest.accessToken)
        }
        await #expect(throws: AuthError.sessionEnded(.refreshReused)) {
            try await authority.service.sessions.refresh(latest.refreshToken, from: client)
        }
        #expect(try await authority.refusals(of: .refreshReplayedLate).count == 3)
    }

    // ASVS 7.3.1, 7.3.2
    @Test("a session expires at the instant of each limit")
    func limits() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.sessions.refreshTokenLifetime = .seconds(100)
        settings.sessions.absoluteLifetime = .seconds(250)
        let authority = try await TestAuthority(settings: settings)
        var pair = try await authority.signIn(as: "ada")

        for _ in 0..<2 {
            authority.clock.advance(by: .seconds(99))
            pair = try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        }
        authority.clock.advance(by: .seconds(51))
        #expect(pair.expiresIn == .seconds(52))
        let last = try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        authority.clock.advance(by: .seconds(1))

        await #expect(throws: AuthError.sessionExpired) {
            try await authority.service.sessions.refresh(last.refreshToken, from: client)
        }
    }

    @Test("unknown, other and changed tokens are rejected without touching the session")
    func junk() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")
        var changed = Array(pair.refreshToken.utf8)
        changed[50] = changed[50] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")

        for junk in ["", "x", pair.accessToken, String(decoding: changed, as: UTF8.self), pair.refreshToken + "A"] {
            await #expect(throws: AuthError.badRefreshToken) {
                try await authority.service.sessions.refresh(junk, from: client)
            }
        }
        _ = try await authority.service.sessions.refresh(pair.refreshToken, from: client)
    }

    @Test("a token of another root key is rejected")
    func foreign() async throws {
        let authority = try await TestAuthority(seed: 1)
        let stranger = try await TestAuthority(seed: 2)
        let pair = try await stranger.signIn(as: "ada")

        await #expect(throws: AuthError.badRefreshToken) {
            try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        }
    }

    @Test("keeps how and when the user signed in, and follows a new role")
    func claims() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")
        let signedInAt = authority.clock.now
        _ = try await authority.service.users.perform(
            .setRole(.admin), on: pair.user.id, by: .commandLine, from: client)
        authority.clock.advance(by: .seconds(600))

        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(pair.accessToken)
        }
        let second = try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        let principal = try await authority.service.access.authenticate(second.accessToken)

        #expect(principal.authenticatedAt == Timestamp(seconds: signedInAt.seconds))
        #expect(principal.claims.authenticationMethods == ["pwd"])
        #expect(principal.user.role == .admin && second.scope == .everything)
    }
}
