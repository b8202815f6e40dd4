// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import Testing

@Suite("Signals of the store in memory", .timeLimit(.minutes(10))) struct InMemorySignalTests {
    @Test("every follower is woken once for any number of entries")
    func followers() async throws {
        let store = InMemoryAuthStore()
        let context = OperationContext(now: Timestamp(seconds: 1))
        let user = User(id: UserID(UUIDv7(high: 1, low: 1)), isAnonymous: true, createdAt: context.now)
        _ = try await store.createUser(user, passwordHash: nil, action: .userCreated, context: context)
        var one = store.changeSignals().makeAsyncIterator()
        var two = store.changeSignals().makeAsyncIterator()

        for _ in 0..<3 {
            _ = try await store.endSessions(of: user.id, except: nil, reason: .revoked, context: context).outcome
        }
        await store.close()

        #expect(await one.next() != nil)
        #expect(await one.next() == nil)
        #expect(await two.next() != nil)
        #expect(await two.next() == nil)
    }

    @Test("closing ends every stream, and a later one is over at once")
    func closing() async {
        let store = InMemoryAuthStore()
        var before = store.changeSignals().makeAsyncIterator()

        await store.close()
        var after = store.changeSignals().makeAsyncIterator()

        #expect(await before.next() == nil)
        #expect(await after.next() == nil)
    }

    @Test("signing in wakes no follower")
    func signingIn() async throws {
        let store = InMemoryAuthStore()
        let context = OperationContext(now: Timestamp(seconds: 1))
        let user = User(id: UserID(UUIDv7(high: 1, low: 1)), isAnonymous: true, createdAt: context.now)
        var signals = store.changeSignals().makeAsyncIterator()

        _ = try await store.createUser(user, passwordHash: nil, action: .userCreated, context: context)
        try await store.record([AuditEvent(.signIn, in: context)])
        await store.close()

        #expect(await signals.next() == nil)
    }
}
