// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// S1, S2, S7, S8 and S11: opening, ending and counting sessions.
enum SessionChecks {
    static let all: [StoreCheck] =
        SignInPlaceChecks.all + [
            StoreCheck("S1", "a session opens only for the epoch and state that were checked", on: opening),
            StoreCheck("S2", "opening a session sets the last sign-in, and changes nothing else", on: lastLogin),
            StoreCheck("S7", "a session ends once, and keeps its first reason", on: endingOnce),
            StoreCheck("S7", "of concurrent ends of one session, one succeeds", on: endingTogether),
            StoreCheck("S7", "a user cannot end another user's session", on: foreignSession),
            StoreCheck("S8", "ending all sessions raises the epoch and feeds one entry", on: endingAll),
            StoreCheck("S8", "ending all but one feeds an entry for each and leaves the epoch", on: endingOthers),
            StoreCheck("S8", "an unknown user has no sessions to end", on: unknownUser),
            StoreCheck("S8", "live sessions are listed, the most recently refreshed first", on: listing),
            StoreCheck("S11", "live sessions that were used since an instant are counted", on: counting),
        ]

    private static func counting(_ test: StoreUnderTest) async throws {
        func count(since seconds: Int64, _ microseconds: Int64 = 0, at now: Timestamp? = nil) async throws -> Int64 {
            try await test.store.sessionCount(
                usedSince: test.context(seconds).now + .microseconds(microseconds),
                aliveAt: now ?? test.context(100).now)
        }
        try requireEqual(try await count(since: -1_000_000), 0, "the sessions of an empty store")
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        for number in 1...3 { try await test.open(number, of: ada) }
        let refreshed = try await test.open(4, of: bob)
        let ended = try await test.open(5, of: bob)
        _ = try await test.refresh(refreshed, 0, at: 50)
        _ = try await test.refresh(ended, 0, at: 50)
        try requireEqual(try await count(since: 0), 5, "the sessions")
        _ = try await test.store.endSession(ended.id, of: bob.id, reason: .signedOut, context: test.context(60)).outcome
        try requireEqual(try await count(since: 0), 4, "the sessions without the one that ended")
        for (microseconds, expected) in [(-1, 1), (0, 1), (1, 0)] as [(Int64, Int64)] {
            try requireEqual(try await count(since: 50, microseconds), expected, "the sessions used since then")
        }
        let end = try requireValue(try await test.store.session(refreshed.id, of: refreshed.userID), "the session")
            .expiresAt
        for (microseconds, expected) in [(-1, 1), (0, 0)] as [(Int64, Int64)] {
            try requireEqual(
                try await count(since: 50, at: end + .microseconds(microseconds)), expected, "the sessions at the end")
        }
    }

    private static func opening(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for epoch in [UserEpoch(-1), UserEpoch(1)] {
            let outcome = try await test.store.openSession(
                test.session(1, of: ada), expecting: epoch, context: test.context()
            ).outcome
            try requireEqual(outcome, .stale)
        }
        var banned = try test.draft("bob", 2)
        banned.bannedUntil = test.context(100).now
        _ = try await test.store.createUser(
            banned, passwordHash: nil, action: .userCreated, context: test.context())
        for (seconds, microseconds, isOpen) in [(100, -1, false), (100, 0, true), (100, 1, true)] {
            let now = test.context(Int64(seconds)).now + .microseconds(microseconds)
            let outcome = try await test.store.openSession(
                test.session(10 + microseconds, of: banned), expecting: .first, context: OperationContext(now: now)
            ).outcome
            try requireEqual(outcome != .stale, isOpen, "whether one banned until then may sign in")
        }
        try requireEqual(try await test.liveSessions(of: ada), [], "the sessions")
        let unstored = try test.draft("unstored", 3)
        let outcome = try await test.store.openSession(
            test.session(2, of: unstored), expecting: .first, context: test.context()
        ).outcome
        try requireEqual(outcome, .stale, "opening a session for a user who is not stored")
    }

    private static func lastLogin(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let outcome = try await test.store.openSession(
            test.session(1, of: ada), expecting: .first, context: test.context(60)
        ).outcome
        var expected = ada
        expected.lastLoginAt = test.context(60).now
        guard case .opened(let user, let evicted) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(evicted, [], "the evicted sessions")
        try requireEqual(user.inFull, expected.inFull, "the user that was answered")
        try requireEqual(try await test.stored(ada).inFull, expected.inFull, "the user that is stored")
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash(), "the hash")
        let latest = try await test.store.users(matching: UserQuery(sort: .lastLogin, descending: true))
        try requireEqual(latest.users.first?.id, ada.id, "who signed in last")
    }

    private static func endingOnce(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        func end(_ reason: SessionEnd, at seconds: Int64) async throws -> Bool {
            try await test.store.endSession(
                session.id, of: ada.id, reason: reason, context: test.context(seconds)
            ).outcome
        }
        try requireEqual(try await end(.signedOut, at: 10), true)
        let feed = try await test.feed()
        let events = try await test.audit().count
        try requireEqual(try await end(.revoked, at: 20), false)
        let stored = try await test.store.session(session.id, of: session.userID)
        try requireEqual(
            stored?.ended, Session.Ended(at: test.context(10).now, reason: .signedOut), "the end")
        try requireEqual(try await test.feed(), feed, "the feed")
        try requireEqual(try await test.audit().count, events, "the length of the audit log")
        try requireEqual(feed, [.sessionEnded(session.id, userID: ada.id)], "the feed")
        try requireEqual(try await test.stored(ada).epoch, .first, "the epoch")
    }

    private static func endingTogether(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let ended = try await concurrently(12) { _ in
            try await test.store.endSession(session.id, of: ada.id, reason: .revoked, context: test.context(1)).outcome
        }
        try requireEqual(ended.count { $0 }, 1, "how many ended it")
        try requireEqual(try await test.feed().count, 1, "the length of the feed")
    }

    private static func foreignSession(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let eve = try await test.make("eve", 2)
        let session = try await test.open(1, of: ada)
        for (id, user) in [(session.id, eve.id), (SessionID(StoreUnderTest.uuid(99)), ada.id)] {
            let isEnded = try await test.store.endSession(
                id, of: user, reason: .revoked, context: test.context(1)
            ).outcome
            try require(!isEnded, "a session was ended")
        }
        let presented = RefreshPresentation(
            sessionID: session.id, userID: eve.id, counter: 0, grace: .seconds(10))
        try requireEqual(
            try await test.store.refresh(presented, context: test.context(1)).outcome, .unknown, "refreshing")
        try requireEqual(try await test.liveSessions(of: ada, at: 1), [session.id], "the sessions")
    }

    private static func endingAll(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        let foreign = try await test.open(0, of: bob)
        for number in 1...5 { try await test.open(number, of: ada) }
        let first = SessionID(StoreUnderTest.uuid(10_001))
        _ = try await test.store.endSession(first, of: ada.id, reason: .signedOut, context: test.context(1)).outcome
        let cursor = try await test.cursor()

        let ended = try await test.store.endSessions(
            of: ada.id, except: nil, reason: .revoked, context: test.context(2)
        ).outcome

        try requireEqual(ended, SessionsEnded(count: 4, epoch: test.epoch(2)))
        try requireEqual(try await test.feed(after: cursor), [.epochRaised(ada.id, test.epoch(2))], "the feed")
        try requireEqual(try await test.stored(ada).epoch, test.epoch(2), "the epoch")
        try requireEqual(try await test.liveSessions(of: ada, at: 2), [], "the sessions")
        try requireEqual(
            try await test.store.session(first, of: ada.id)?.ended?.reason, .signedOut, "the reason of the first")
        try requireEqual(try await test.liveSessions(of: bob, at: 2), [foreign.id], "another user's sessions")
        try requireEqual(try await test.audit().last?.action, .sessionsRevoked, "the audit event")
    }

    private static func endingOthers(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        var sessions: [Session] = []
        for number in 1...4 { sessions.append(try await test.open(number, of: ada)) }
        let kept = sessions[2].id
        // An expired one may have an access token that is still good, so it is ended and fed too.
        let expired = Session(
            id: SessionID(StoreUnderTest.uuid(500)), userID: ada.id, scope: .none,
            authenticatedAt: ada.createdAt, methods: [], createdAt: ada.createdAt, notAfter: ada.createdAt,
            idleTimeout: .seconds(1), rotation: RefreshState(rotatedAt: ada.createdAt))
        _ = try await test.store.openSession(expired, expecting: .first, context: test.context()).outcome

        let ended = try await test.store.endSessions(
            of: ada.id, except: kept, reason: .revoked, context: test.context(2)
        ).outcome

        try requireEqual(ended, SessionsEnded(count: 4, epoch: .first))
        let others = (sessions.map(\.id) + [expired.id]).filter { $0 != kept }
        let fed = Set(try await test.feed())
        try requireEqual(fed, Set(others.map { .sessionEnded($0, userID: ada.id) }), "the feed")
        try requireEqual(try await test.feed().count, 4, "the length of the feed")
        try requireEqual(try await test.liveSessions(of: ada, at: 2), [kept], "the sessions")
        try requireEqual(try await test.stored(ada).epoch, .first, "the epoch")
        guard case .accepted = try await test.refresh(sessions[2], 0, at: 3) else {
            throw ConformanceFailure(message: "the kept session is not refreshed", location: #fileID)
        }
    }

    private static func unknownUser(_ test: StoreUnderTest) async throws {
        for kept in [nil, SessionID(StoreUnderTest.uuid(1))] {
            let ended = try await test.store.endSessions(
                of: UserID(StoreUnderTest.uuid(2)), except: kept, reason: .revoked, context: test.context()
            ).outcome
            try requireEqual(ended, SessionsEnded(count: 0, epoch: nil))
        }
        try requireEqual(try await test.feed(), [], "the feed")
    }

    private static func listing(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let one = try await test.open(1, of: ada, at: 0)
        let two = try await test.open(2, of: ada, at: 10)
        let three = try await test.open(3, of: ada, at: 20)
        _ = try await test.refresh(one, 0, at: 30)
        _ = try await test.store.endSession(two.id, of: ada.id, reason: .signedOut, context: test.context(40)).outcome
        try requireEqual(try await test.liveSessions(of: ada, at: 50), [one.id, three.id], "the sessions")

        let end = three.expiresAt
        for (offset, expected) in [(-1, [one.id, three.id]), (0, [one.id]), (1, [one.id])] {
            let alive = try await test.store.sessions(of: ada.id, aliveAt: end + .microseconds(offset))
            try requireEqual(alive.map(\.id), expected, "the sessions \(offset) µs from the end of one")
        }
    }
}
