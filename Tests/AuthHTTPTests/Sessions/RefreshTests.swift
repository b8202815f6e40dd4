// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthStore
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Refreshing", .timeLimit(.minutes(2))) struct RefreshTests {
    func fixture(
        idle: Duration = .seconds(7 * 86_400), absolute: Duration = .seconds(90 * 86_400)
    ) async throws -> APIFixture {
        try await APIFixture(
            settings: AuthSettings(
                issuer: "https://auth.example.test",
                sessions: SessionPolicy(refreshTokenLifetime: idle, absoluteLifetime: absolute),
                clockLeeway: .zero))
    }

    func refresh(_ fixture: APIFixture, _ token: String) async -> Seen {
        await fixture.send(
            .post, "/auth/refresh", #"{"refresh_token":"\#(token)"}"#, fields: ["X-Request-ID": "same"])
    }

    func isGood(_ token: String, _ fixture: APIFixture) async -> Bool {
        await fixture.send(.get, "/auth/me", token: token).status == 200
    }

    // Behaviour D45
    @Test("both tokens are new, and the previous access token stays valid until it expires")
    func newPair() async throws {
        let fixture = try await fixture()
        let first = try await fixture.authority.signIn(as: "ada")
        fixture.authority.clock.advance(by: .seconds(600))

        let second = await refresh(fixture, first.refreshToken)

        let access = try #require(second.text("access_token"))
        #expect(second.json?.names == ["access_token", "refresh_token", "token_type", "expires_in", "scope"])
        #expect(access != first.accessToken && second.text("refresh_token") != first.refreshToken)
        #expect(second.json?["expires_in"]?.int64Value == 1_800)
        fixture.authority.clock.advance(by: .seconds(1_199))
        #expect(await isGood(first.accessToken, fixture))
        fixture.authority.clock.advance(by: .seconds(1))
        #expect(await !isGood(first.accessToken, fixture))
        #expect(await isGood(access, fixture))
    }

    // Behaviour D46
    @Test("the same token twice within the grace time gives the same successor, not a second one")
    func twice() async throws {
        let fixture = try await fixture()
        let first = try await fixture.authority.signIn(as: "ada")

        let second = await refresh(fixture, first.refreshToken)
        fixture.authority.clock.advance(by: .seconds(10))
        let replay = await refresh(fixture, first.refreshToken)

        #expect(second.status == 200 && replay.status == 200)
        #expect(replay.text("refresh_token") == second.text("refresh_token"))
        #expect(replay.text("access_token") != second.text("access_token"))
        for seen in [second, replay] { #expect(await isGood(try #require(seen.text("access_token")), fixture)) }
        #expect(await refresh(fixture, try #require(replay.text("refresh_token"))).status == 200)
    }

    // Behaviour D47
    @Test("two hundred concurrent refreshes give one successor, succeed, and sign no user out")
    func storm() async throws {
        let fixture = try await fixture()
        let first = try await fixture.authority.signIn(as: "ada")

        let answers = await withTaskGroup(of: Seen.self) { group in
            for _ in 0..<200 { group.addTask { await refresh(fixture, first.refreshToken) } }
            return await group.reduce(into: []) { $0.append($1) }
        }

        #expect(answers.allSatisfy { $0.status == 200 })
        #expect(Set(answers.map { $0.text("refresh_token") }).count == 1)
        let tokens = answers.compactMap { $0.text("access_token") }
        #expect(Set(tokens).count == 200)
        for token in tokens { #expect(await isGood(token, fixture)) }
        let sessions = await fixture.send(.get, "/auth/sessions", token: tokens[0])
        #expect(try JSONReader.read(sessions.reply.body).arrayValue?.count == 1)
    }

    // Behaviour D48
    @Test("after an answer was lost, the token that was sent works again, also long after")
    func lostAnswer() async throws {
        let fixture = try await fixture()
        let first = try await fixture.authority.signIn(as: "ada")
        let lost = await refresh(fixture, first.refreshToken)
        fixture.authority.clock.advance(by: .seconds(3 * 86_400))

        let again = await refresh(fixture, first.refreshToken)

        #expect(again.status == 200)
        #expect(again.text("refresh_token") == lost.text("refresh_token"))
        #expect(await isGood(try #require(again.text("access_token")), fixture))
    }

    // Behaviour D49, D50
    @Test("the token before the previous one is reuse: the session is revoked, logged and mailed to the user")
    func grandparent() async throws {
        let fixture = try await fixture()
        let root = try await fixture.token("root", role: .admin)
        let first = try await fixture.authority.signIn(as: "ada")
        let elsewhere = try await fixture.token("ada")
        let second = await refresh(fixture, first.refreshToken)
        fixture.authority.clock.advance(by: .seconds(60))
        let third = await refresh(fixture, try #require(second.text("refresh_token")))
        let access = try #require(third.text("access_token"))
        #expect(await isGood(access, fixture))
        fixture.authority.clock.advance(by: .seconds(60))

        let reused = await refresh(fixture, first.refreshToken)

        #expect(reused.status == 401 && reused.code == "refresh_reused")
        #expect(reused["www-authenticate"] == "Bearer realm=\"authd\"")
        for token in [first.accessToken, try #require(second.text("access_token")), access] {
            #expect(await !isGood(token, fixture))
        }
        for token in [first.refreshToken, second.text("refresh_token"), third.text("refresh_token")] {
            #expect(await refresh(fixture, try #require(token)).code == "invalid_refresh_token")
        }
        #expect(await isGood(elsewhere, fixture))
        // One mail, however often it is tried.
        await fixture.service.completeDeferredWork()
        #expect(
            fixture.authority.mailer.messages(to: try EmailAddress("ada@example.test")) == [.refreshReused])
        let audit = await fixture.send(.get, "/audit?action=refresh_reused", token: root)
        let event = try #require(audit.json?["items"]?.arrayValue?.first?.objectValue)
        #expect(event["target"]?.stringValue == first.user.id.description)
        #expect(event["session_id"]?.stringValue == first.sessionID.description)
        guard case .refreshReused(first.user.id, first.sessionID) = fixture.authority.events.all.last else {
            Issue.record("the operator saw \(fixture.authority.events.all)")
            return
        }
    }

    // Behaviour D51
    @Test("once signing out is answered no refresh succeeds, however many are in flight")
    func racingSignOut() async throws {
        let fixture = try await fixture()
        for _ in 0..<20 {
            let pair = try await fixture.authority.signIn(as: "ada")
            async let racing = refreshUntilRefused(fixture, pair.refreshToken)
            await Task.yield()
            let signedOut = await fixture.send(.post, "/auth/logout", token: pair.accessToken)
            let early = await refresh(fixture, pair.refreshToken)

            #expect(signedOut.status == 200)
            #expect(early.code == "invalid_refresh_token")
            // Those that come out of the race are as dead as the first.
            for token in await racing { #expect(await refresh(fixture, token).code == "invalid_refresh_token") }
        }
    }

    /// Presents each token from four places at once, and its successor in the same way, for as long as that works.
    private func refreshUntilRefused(_ fixture: APIFixture, _ first: String) async -> Set<String> {
        var tokens: Set<String> = [first]
        var latest = first
        while tokens.count < 500 {
            let token = latest
            let next = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<4 { group.addTask { await refresh(fixture, token).text("refresh_token") } }
                return await group.reduce(into: nil as String?) { $0 = $0 ?? $1 }
            }
            guard let next else { break }
            tokens.insert(next)
            latest = next
        }
        return tokens
    }

    enum Ending: String, CaseIterable, CustomTestStringConvertible {
        case deletion, deactivation, passwordChange, passwordReset, signOutEverywhere, endedByAdministrator
        var testDescription: String { rawValue }
    }

    // Behaviour D52
    @Test(
        "refreshing is rejected, with one answer, after every operation that ends all sessions",
        arguments: Ending.allCases)
    func afterEnding(_ ending: Ending) async throws {
        let fixture = try await fixture()
        let root = try await fixture.token("root", role: .admin)
        let pair = try await fixture.authority.signIn(as: "ada")
        let other = try await fixture.token("ada")
        let path = "/users/\(pair.user.id)"
        let junk = await refresh(fixture, "art_junk")
        #expect(junk.code == "invalid_refresh_token")

        let done =
            switch ending {
            case .deletion: await fixture.send(.delete, path, token: root)
            case .deactivation: await fixture.send(.patch, path, #"{"is_active":false}"#, token: root)
            case .passwordChange:
                await fixture.send(
                    .post, "/auth/password/change",
                    #"{"current_password":"\#(TestAuthority.password)","new_password":"another good one"}"#,
                    token: other)
            case .passwordReset:
                await fixture.send(
                    .post, "/auth/password/reset/confirm",
                    #"{"token":"\#(try await resetToken(fixture))","new_password":"another good one"}"#)
            case .signOutEverywhere: await fixture.send(.post, "/auth/logout?sessions=all", token: other)
            case .endedByAdministrator: await fixture.send(.delete, "\(path)/sessions", token: root)
            }

        #expect(done.status < 300, "\(done.text)")
        #expect(await refresh(fixture, pair.refreshToken).whole == junk.whole)
        #expect(await !isGood(pair.accessToken, fixture))
    }

    private func resetToken(_ fixture: APIFixture) async throws -> String {
        let token = try await fixture.service.passwords.requestResetRevealing(
            of: EmailAddress("ada@example.test"), from: ClientContext())
        return try #require(token.token).revealed
    }

    // Behaviour D53
    @Test("however often it is refreshed, a session ends at its absolute limit, and no token outlives it")
    func absoluteLimit() async throws {
        let fixture = try await fixture(absolute: .seconds(5_000))
        var token = try await fixture.authority.signIn(as: "ada").refreshToken
        var lifetimes: [Int64?] = []
        for _ in 0..<4 {
            fixture.authority.clock.advance(by: .seconds(1_100))
            let seen = await refresh(fixture, token)
            lifetimes.append(seen.json?["expires_in"]?.int64Value)
            token = try #require(seen.text("refresh_token"))
        }
        #expect(lifetimes == [1_800, 1_800, 1_700, 600])

        fixture.authority.clock.advance(by: .seconds(600) - .microseconds(1))
        let last = await refresh(fixture, token)
        #expect(last.status == 200)
        fixture.authority.clock.advance(by: .microseconds(1))
        #expect(await refresh(fixture, try #require(last.text("refresh_token"))).code == "invalid_refresh_token")
        #expect(await !isGood(try #require(last.text("access_token")), fixture))
    }

    // Behaviour D54
    @Test("an idle session expires at the stated second, not before")
    func idleLimit() async throws {
        let fixture = try await fixture(idle: .seconds(100))
        let kept = try await fixture.authority.signIn(as: "ada")
        let left = try await fixture.authority.signIn(as: "ada")

        fixture.authority.clock.advance(by: .seconds(100) - .microseconds(1))
        #expect(await refresh(fixture, kept.refreshToken).status == 200)
        fixture.authority.clock.advance(by: .microseconds(1))

        #expect(await refresh(fixture, left.refreshToken).code == "invalid_refresh_token")
    }

    // Behaviour D55
    @Test("how, how strongly and when the user signed in stays unchanged, however often the session is refreshed")
    func assurance() async throws {
        let fixture = try await fixture()
        let first = try await fixture.authority.signIn(as: "ada")
        let before = try Forger.claims(of: first.accessToken)
        #expect(before["amr"] == ["pwd"] && before["acr"] == "1")
        var token = first.refreshToken

        for _ in 0..<5 {
            fixture.authority.clock.advance(by: .seconds(3_600))
            let seen = await refresh(fixture, token)
            let claims = try Forger.claims(of: try #require(seen.text("access_token")))
            for name in ["amr", "acr", "auth_time", "sid", "sub", "client_id"] {
                #expect(claims[name] == before[name], "\(name)")
            }
            token = try #require(seen.text("refresh_token"))
        }
    }

    // Behaviour D57
    @Test("no kind of token is accepted as another kind, or used up by trying")
    func kinds() async throws {
        let fixture = try await fixture()
        let pair = try await fixture.authority.signIn(as: "ada")
        let asked = await fixture.send(.post, "/auth/email/verification/request", token: pair.accessToken)
        #expect(asked.status == 200)
        await fixture.service.completeDeferredWork()
        let verification = try #require(
            fixture.authority.mailer.messages(to: EmailAddress("ada@example.test")).compactMap(\.token).last)
        let tokens = [
            "access": pair.accessToken, "refresh": pair.refreshToken, "reset": try await resetToken(fixture),
            "verification": verification, "device": try #require(pair.deviceToken).revealed,
        ]
        func reset(_ token: String) async -> Seen {
            await fixture.send(
                .post, "/auth/password/reset/confirm", #"{"token":"\#(token)","new_password":"another good one"}"#)
        }
        func verify(_ token: String) async -> Seen {
            await fixture.send(.post, "/auth/email/verification/confirm", #"{"token":"\#(token)"}"#)
        }

        for (kind, token) in tokens {
            if kind != "access" {
                #expect(await fixture.send(.get, "/auth/me", token: token).code == "invalid_token", "\(kind)")
            }
            if kind != "refresh" {
                #expect(await refresh(fixture, token).code == "invalid_refresh_token", "\(kind)")
            }
            if kind != "reset" { #expect(await reset(token).code == "bad_token", "\(kind)") }
            if kind != "verification" { #expect(await verify(token).code == "bad_token", "\(kind)") }
        }

        #expect(await isGood(pair.accessToken, fixture))
        #expect(await refresh(fixture, pair.refreshToken).status == 200)
        #expect(await verify(verification).status == 200)
        #expect(await reset(tokens["reset"] ?? "").status == 200)
    }

    // Behaviour D58
    @Test("a token with one changed character is rejected and does not touch the session")
    func changedCharacter() async throws {
        let fixture = try await fixture()
        let pair = try await fixture.authority.signIn(as: "ada")
        let spent = pair.refreshToken
        let second = try #require(await refresh(fixture, spent).text("refresh_token"))
        let third = try #require(await refresh(fixture, second).text("refresh_token"))
        let refusals = try await fixture.authority.store.auditEvents(before: nil, limit: 1_000).count

        // A spent token too: unchanged, it would end the session.
        for token in [third, spent] {
            for index in token.indices {
                for other in ["A", "B", "-"] where token[index] != Character(other) {
                    let changed = token[..<index] + other + token[token.index(after: index)...]
                    #expect(await refresh(fixture, String(changed)).code == "invalid_refresh_token", "\(index)")
                }
            }
        }

        #expect(try await fixture.authority.store.auditEvents(before: nil, limit: 1_000).count == refusals)
        #expect(await isGood(pair.accessToken, fixture))
        #expect(await refresh(fixture, third).status == 200)
    }
}
