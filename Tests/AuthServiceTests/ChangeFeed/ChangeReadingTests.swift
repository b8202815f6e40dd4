// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTestSupport
import AuthTesting
import Testing

@Suite("Following changes from elsewhere", .timeLimit(.minutes(10)))
struct ChangeReadingTests {
    /// Reads at once.
    private func page(
        _ authority: TestAuthority, after cursor: String? = nil, limit: Int = 100
    ) async throws -> ChangePage {
        try await following(authority, after: cursor, limit: limit, wait: .zero)
    }

    private func following(
        _ authority: TestAuthority, after cursor: String?, limit: Int = 100, wait: Duration
    ) async throws -> ChangePage {
        let cursor = try cursor.map { try #require(ChangeFeedCursor(parsing: $0)) }
        let following = try await authority.service.changeFeed.changes(after: cursor, limit: limit, waitingUpTo: wait)
        guard case .page(let page) = following else { throw Gone() }
        return page
    }

    private struct Gone: Error {}

    /// Runs the service while `body` does.
    private func running(_ authority: TestAuthority, _ body: () async throws -> Void) async throws {
        let run = Task { await authority.service.run() }
        defer { run.cancel() }
        // It has begun once a signal of life is there.
        while authority.service.changeFeed.health.silence == nil { await Task.yield() }
        try await body()
    }

    private func signOut(_ name: String, _ authority: TestAuthority) async throws -> SessionID {
        let principal = try await authority.principal(name)
        try await authority.service.sessions.signOut(principal, from: client)
        return principal.sessionID
    }

    @Test("without a cursor the response has every revocation of unexpired tokens, and no other")
    func snapshot() async throws {
        let authority = try await TestAuthority()
        let old = try await signOut("ada", authority)
        authority.clock.advance(by: authority.service.settings.revocationHorizon + .seconds(1))
        let fresh = try await signOut("ada", authority)
        let grace = try await authority.principal("grace")
        _ = try await authority.service.sessions.signOutEverywhere(grace, from: client)

        let page = try await page(authority)

        #expect(page.entries.map(\.kind.word) == [.sessionEnded, .epochRaised])
        #expect(page.entries.first?.kind == .sessionEnded(fresh, userID: try await authority.principal("ada").user.id))
        #expect(!page.entries.contains { if case .sessionEnded(old, userID: _) = $0.kind { true } else { false } })
        #expect(!page.hasMore)
        #expect(page.retentionSeconds == authority.service.settings.revocationHorizon.components.seconds)
        #expect(try await self.page(authority, after: page.cursor).entries == [])
    }

    @Test("entries beyond a page are on the next one, and none is left out")
    func paging() async throws {
        let authority = try await TestAuthority()
        var ended: [SessionID] = []
        for number in 0..<7 { ended.append(try await signOut("user\(number)", authority)) }

        var seen: [SessionID] = []
        var cursor: String?
        var pages = 0
        repeat {
            let page = try await page(authority, after: cursor, limit: 3)
            for case .sessionEnded(let id, userID: _) in page.entries.map(\.kind) { seen.append(id) }
            cursor = page.hasMore ? page.cursor : nil
            pages += 1
        } while cursor != nil && pages < 10

        #expect(seen == ended)
        #expect(pages == 3)
    }

    @Test("a waiting follower is answered with the next change, or with none at its deadline")
    func waiting() async throws {
        let authority = try await TestAuthority()
        let ada = try await authority.principal("ada")
        try await running(authority) {
            let start = try await page(authority).cursor

            async let changed = following(authority, after: start, wait: .seconds(25))
            while authority.service.gauges.waitingFollowers == 0 { await Task.yield() }
            try await authority.service.sessions.signOut(ada, from: client)
            let page = try await changed
            #expect(page.entries.map(\.kind) == [.sessionEnded(ada.sessionID, userID: ada.user.id)])

            async let nothing = following(authority, after: page.cursor, wait: .seconds(5))
            while authority.service.gauges.waitingFollowers == 0 { await Task.yield() }
            authority.clock.advance(by: .seconds(5))
            #expect(try await nothing.entries == [])
        }
    }

    @Test("a stopping service answers waiting followers")
    func stopping() async throws {
        let authority = try await TestAuthority()
        try await running(authority) {
            let start = try await page(authority).cursor
            async let waited = following(authority, after: start, wait: .seconds(25))
            while authority.service.gauges.waitingFollowers == 0 { await Task.yield() }

            authority.service.changeFeed.endWaiting()

            #expect(try await waited.entries == [])
            #expect(try await following(authority, after: start, wait: .seconds(25)).entries == [])
        }
    }

    @Test("a service without a current feed answers unavailable, to waiting followers too")
    func stale() async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority(store: store)
        try await running(authority) {
            let start = try await page(authority).cursor
            let waited = Task { try await following(authority, after: start, wait: .seconds(3_600)) }
            while authority.service.gauges.waitingFollowers == 0 { await Task.yield() }

            store.beforeEvery(.changes) { () throws(StoreError) in throw .unavailable("silent") }
            authority.clock.advance(by: .seconds(600))

            await #expect(throws: AuthError.unavailable) { try await waited.value }
            await #expect(throws: AuthError.unavailable) { try await page(authority) }
        }
        let token = try await authority.signIn(as: "ada").accessToken
        #expect(authority.service.changeFeed.health.refusedTokens == 0)
        await #expect(throws: AuthError.unavailable) { try await authority.service.access.authenticate(token) }
        #expect(authority.service.changeFeed.health.refusedTokens == 1)
        #expect(authority.service.changeFeed.health.acceptedTokens == 0)
        #expect(try #require(authority.service.changeFeed.health.silence) >= .seconds(600))
    }

    @Test("a cursor that is too old, or of another feed, has expired")
    func gone() async throws {
        let authority = try await TestAuthority()
        _ = try await signOut("ada", authority)
        let cursor = try await page(authority).cursor
        authority.clock.advance(by: authority.service.settings.revocationHorizon)
        _ = try await page(authority, after: cursor)
        authority.clock.advance(by: .seconds(1))

        await #expect(throws: Gone.self) { try await page(authority, after: cursor) }
        let place = FeedPlace(cursor: 1_000_000, at: authority.clock.now)
        let ahead = ChangeFeedCursor(place: place, readAt: authority.clock.now).text
        await #expect(throws: Gone.self) { try await page(authority, after: ahead) }
    }

    @Test("only the exact secrets open the feed")
    func secrets() {
        let secrets = ChangeFeedSecrets(["6f1d2b9e4c7a8053e2d1c4b7a6958f30", "another one that is long enough!!"])
        #expect(secrets.contains("6f1d2b9e4c7a8053e2d1c4b7a6958f30"))
        #expect(secrets.contains("another one that is long enough!!"))
        for other in ["", "6f1d2b9e4c7a8053e2d1c4b7a6958f3", "6F1D2B9E4C7A8053E2D1C4B7A6958F30"] {
            #expect(!secrets.contains(other))
        }
        #expect(!secrets.contains(String(repeating: "6", count: 100_000)))
        #expect(!ChangeFeedSecrets().contains(""))
        #expect("\(secrets)" == "2 feed secrets")
    }
}
