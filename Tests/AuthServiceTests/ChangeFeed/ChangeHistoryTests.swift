// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthTestSupport
import AuthTesting
import AuthTokens
import Synchronization
import Testing

@testable import AuthService

/// A store that is restored under the processes which use it.
@Suite("A change feed of another history", .timeLimit(.minutes(10)))
struct ChangeHistoryTests {
    private static func signOut(_ name: String, at authority: TestAuthority) async throws -> TokenPair {
        let pair = try await authority.signIn(as: name)
        try await authority.service.sessions.signOut(
            authority.service.access.authenticate(pair.accessToken), from: client)
        return pair
    }

    private static func historyChanges(_ authority: TestAuthority) -> Int {
        authority.events.all.count { if case .feedHistoryChanged = $0 { true } else { false } }
    }

    @Test(
        "a revocation after a restore is heard, with fewer entries since than were lost and with more",
        arguments: [0, 1, 3, 6])
    func heard(writtenSince: Int) async throws {
        let store = InMemoryAuthStore(isShared: true)
        let here = try await TestAuthority(store: store)
        _ = try await Self.signOut("early", at: here)
        let there = try await TestAuthority(store: store, clock: here.clock)
        let lost = try await here.signIn(as: "ada")
        let backup = store.backup()
        let ada = try await here.service.access.authenticate(lost.accessToken)
        try await here.service.sessions.signOut(ada, from: client)
        for number in 1...3 {
            here.clock.advance(by: .seconds(1))
            _ = try await Self.signOut("lost\(number)", at: here)
        }
        try await there.service.changeFeed.readChanges()

        store.restore(backup)
        var revoked: [TokenPair] = []
        for number in 0..<writtenSince {
            here.clock.advance(by: .seconds(1))
            revoked.append(try await Self.signOut("later\(number)", at: here))
        }
        let kept = try await here.signIn(as: "grace")
        try await there.service.changeFeed.readChanges()

        for pair in revoked + [lost] {
            // The last one's revocation was acknowledged: it stays, although the store has lost it.
            await #expect(throws: AuthError.tokenRevoked) {
                try await there.service.access.authenticate(pair.accessToken)
            }
        }
        _ = try await there.service.access.authenticate(kept.accessToken)
        #expect(Self.historyChanges(there) == 1 && there.service.changeFeed.health.historyChanges == 1)
        try await there.service.changeFeed.readChanges()
        let after = try await Self.signOut("after", at: here)
        try await there.service.changeFeed.readChanges()
        await #expect(throws: AuthError.tokenRevoked) { try await there.service.access.authenticate(after.accessToken) }
        #expect(there.service.changeFeed.health.historyChanges == 1)
    }

    @Test("a cached user and the keys are read again from a restored store")
    func caches() async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority(
            store: store, signing: .stored(.es256, rotationPeriod: .seconds(86_400)))
        _ = try await Self.signOut("early", at: authority)
        let ada = try await authority.principal("ada")
        let backup = store.base.backup()
        try await authority.service.keys.perform(.rotate)
        let lostKeys = authority.service.keys.jwks
        try await authority.service.changeFeed.readChanges()
        #expect(authority.service.core.directory.user(withID: ada.user.id) != nil)

        store.base.restore(backup)
        try await authority.service.changeFeed.readChanges()

        #expect(authority.service.core.directory.user(withID: ada.user.id) == nil)
        #expect(authority.service.access.principals.count == 0)
        #expect(authority.service.keys.jwks != lostKeys)
    }

    @Test("keys that a restore put back into an earlier state sign and verify again, and those that it lost do not")
    func keyStates() async throws {
        let store = InMemoryAuthStore(isShared: true)
        let here = try await TestAuthority(store: store, signing: .stored(.es256, rotationPeriod: nil))
        let first = try await here.signIn(as: "ada")
        _ = try await Self.signOut("early", at: here)
        let keys = here.service.keys.jwks
        let backup = store.backup()
        try await here.service.keys.perform(.rotateAfterCompromise)
        let lost = try await here.signIn(as: "ada")
        await #expect(throws: AuthError.self) { try await here.service.access.authenticate(first.accessToken) }
        try await here.service.changeFeed.readChanges()

        store.restore(backup)
        try await here.service.changeFeed.readChanges()

        #expect(here.service.keys.jwks == keys)
        _ = try await here.service.access.authenticate(first.accessToken)
        await #expect(throws: AuthError.self) { try await here.service.access.authenticate(lost.accessToken) }
        let after = try await here.signIn(as: "ada")
        let later = try await TestAuthority(
            store: store, clock: here.clock, signing: .stored(.es256, rotationPeriod: nil))
        _ = try await later.service.access.authenticate(after.accessToken)
    }

    @Test("a user whose sessions were all revoked in the lost history is rejected until they are revoked once more")
    func lostEpoch() async throws {
        let store = InMemoryAuthStore()
        let authority = try await TestAuthority(store: store)
        _ = try await Self.signOut("early", at: authority)
        let before = try await authority.signIn(as: "ada")
        let backup = store.backup()
        let ada = try await authority.service.access.authenticate(before.accessToken)
        _ = try await authority.service.sessions.signOutEverywhere(ada, from: client)
        try await authority.service.changeFeed.readChanges()

        store.restore(backup)
        try await authority.service.changeFeed.readChanges()

        let refused = try await authority.signIn(as: "ada")
        for pair in [before, refused] {
            await #expect(throws: AuthError.tokenRevoked) {
                try await authority.service.access.authenticate(pair.accessToken)
            }
        }
        authority.clock.advance(by: .seconds(1))
        let id = ada.user.id
        for isActive in [false, true] {
            let context = OperationContext(now: authority.clock.now)
            _ = try await store.perform(.setActive(isActive), on: id, context: context)
        }
        try await authority.service.changeFeed.readChanges()
        let admitted = try await authority.signIn(as: "ada")
        _ = try await authority.service.access.authenticate(admitted.accessToken)
    }

    @Test("until the process has caught up it counts as having heard nothing, and it tries again at each read")
    func failingCatchUp() async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority(store: store)
        _ = try await Self.signOut("early", at: authority)
        let kept = try await authority.signIn(as: "ada").accessToken
        let backup = store.base.backup()
        _ = try await Self.signOut("lost", at: authority)
        try await authority.service.changeFeed.readChanges()
        store.base.restore(backup)
        let isDown = Mutex(true)
        store.beforeEvery(.changeSnapshot) { () throws(StoreError) in
            if isDown.withLock({ $0 }) { throw .unavailable("down") }
        }

        for _ in 0..<3 {
            await #expect(throws: AuthError.unavailable) { try await authority.service.changeFeed.readChanges() }
            #expect(!authority.service.changeFeed.isFresh)
            await #expect(throws: AuthError.unavailable) { try await authority.service.access.authenticate(kept) }
            await #expect(throws: AuthError.unavailable) {
                try await authority.service.changeFeed.changes(after: nil, limit: 10, waitingUpTo: .zero)
            }
        }
        #expect(authority.service.changeFeed.health.refusedTokens == 3)

        isDown.withLock { $0 = false }
        try await authority.service.changeFeed.readChanges()
        #expect(authority.service.changeFeed.isFresh)
        _ = try await authority.service.access.authenticate(kept)
        #expect(Self.historyChanges(authority) == 1)
    }

    @Test("a follower's cursor is gone after a restore, however many entries came since", arguments: [0, 2, 4, 5, 9])
    func follower(writtenSince: Int) async throws {
        for isFollowed in [false, true] {
            let store = InMemoryAuthStore()
            let authority = try await TestAuthority(store: store)
            for number in 0..<2 { _ = try await Self.signOut("early\(number)", at: authority) }
            let backup = store.backup()
            for number in 0..<4 {
                authority.clock.advance(by: .seconds(1))
                _ = try await Self.signOut("lost\(number)", at: authority)
            }
            let cursor = try await Self.cursor(of: authority)
            #expect(cursor.place.cursor == 6)
            // As a process that follows the feed, it answers from memory.
            if isFollowed { authority.service.core.directory.beginFollowing() }
            try await authority.service.changeFeed.readChanges()

            store.restore(backup)
            for number in 0..<writtenSince {
                authority.clock.advance(by: .seconds(1))
                _ = try await Self.signOut("later\(number)", at: authority)
            }
            try await authority.service.changeFeed.readChanges()

            let answer = try await authority.service.changeFeed.changes(after: cursor, limit: 10, waitingUpTo: .zero)
            #expect(answer == .gone)
            guard
                case .page(let page) = try await authority.service.changeFeed.changes(
                    after: nil, limit: 100, waitingUpTo: .zero)
            else {
                Issue.record("a follower cannot begin")
                return
            }
            #expect(page.entries.count == 2 + writtenSince)
        }
    }

    private static func cursor(of authority: TestAuthority) async throws -> ChangeFeedCursor {
        let answer = try await authority.service.changeFeed.changes(after: nil, limit: 100, waitingUpTo: .zero)
        guard case .page(let page) = answer else { throw Gone() }
        return try #require(ChangeFeedCursor(parsing: page.cursor))
    }

    private struct Gone: Error {}

    @Test("a waiting follower is told that its cursor is gone when the process begins anew")
    func waiting() async throws {
        let store = InMemoryAuthStore()
        let authority = try await TestAuthority(store: store)
        _ = try await Self.signOut("early", at: authority)
        let backup = store.backup()
        _ = try await Self.signOut("lost", at: authority)
        let run = Task { await authority.service.run() }
        defer { run.cancel() }
        while authority.service.changeFeed.health.silence == nil { await Task.yield() }
        let cursor = try await Self.cursor(of: authority)
        async let waited = authority.service.changeFeed.changes(
            after: cursor, limit: 10, waitingUpTo: .seconds(3_600))
        while authority.service.gauges.waitingFollowers == 0 { await Task.yield() }

        store.restore(backup)

        #expect(try await waited == .gone)
    }
}
