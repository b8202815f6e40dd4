// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// S9 and S10: how many sessions a user may have, and which one a new session replaces.
enum SessionLimitChecks {
    static let all: [StoreCheck] = [
        StoreCheck("S9", "the oldest session is evicted, is in the feed and audited", on: evicting),
        StoreCheck("S9", "a session beyond the limit is rejected and changes nothing", on: refusing),
        StoreCheck("S9", "expired sessions, and those of other users, do not count", on: counting),
        StoreCheck("S9", "all sessions beyond a limit that is set later are evicted", on: lateLimit),
        StoreCheck("S9", "concurrent sign-ins never exceed the limit", on: racing),
        StoreCheck("S10", "the replaced session ends, is in the feed and audited, and does not count", on: replacing),
        StoreCheck("S10", "if no session opens, the one to be replaced stays", on: notReplacing),
        StoreCheck("S10", "an expired session, or another user's, is not replaced", on: nothingToReplace),
    ]

    private static func open(
        _ test: StoreUnderTest, _ number: Int, of user: User, at seconds: Int64, limit: SessionLimit?,
        replacing replaced: SessionID? = nil
    ) async throws -> SessionOpening {
        try await test.store.openSession(
            test.session(number, of: user, at: seconds), expecting: .first, limit: limit, replacing: replaced,
            context: test.context(seconds)
        ).outcome
    }

    private static func replacing(_ test: StoreUnderTest) async throws {
        for (number, limit) in [nil, SessionLimit(perUser: 2), SessionLimit(perUser: 2, policy: .refuse)].enumerated() {
            let user = try await test.make("user\(number)", number + 1)
            let other = try await test.open(10 * number + 1, of: user, at: 0)
            let left = try await test.open(10 * number + 2, of: user, at: 1)
            let cursor = try await test.cursor()

            let opening = try await open(
                test, 10 * number + 3, of: user, at: 2, limit: limit, replacing: left.id)

            guard case .opened(_, evicted: [left.id]) = opening else {
                throw ConformanceFailure(message: "it ended as \(opening)", location: #fileID)
            }
            let opened = test.session(10 * number + 3, of: user, at: 2)
            try requireEqual(try await test.liveSessions(of: user, at: 2), [opened.id, other.id], "the sessions")
            try requireEqual(
                try await test.store.session(left.id, of: left.userID)?.ended,
                Session.Ended(at: test.context(2).now, reason: .signedOut), "the end of the replaced one")
            try requireEqual(
                try await test.feed(after: cursor), [.sessionEnded(left.id, userID: user.id)], "the feed")
            let events = try await test.audit().suffix(2)
            try requireEqual(Set(events.map(\.action)), [.signIn, .signOut], "the audit events")
            try requireEqual(
                events.first { $0.action == .signOut }?.sessionID, left.id, "the session in the audit")
        }
    }

    private static func notReplacing(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let sessions = [try await test.open(1, of: ada, at: 0), try await test.open(2, of: ada, at: 1)]
        let cursor = try await test.cursor()

        let full = try await open(
            test, 3, of: ada, at: 2, limit: SessionLimit(perUser: 1, policy: .refuse), replacing: sessions[1].id)
        let stale = try await test.store.openSession(
            test.session(4, of: ada, at: 2), expecting: UserEpoch(7), limit: nil,
            replacing: sessions[1].id, context: test.context(2)
        ).outcome

        try requireEqual(full, .limitReached, "beyond the limit")
        try requireEqual(stale, .stale, "of an earlier epoch")
        try requireEqual(
            try await test.liveSessions(of: ada, at: 2), sessions.reversed().map(\.id), "the sessions")
        try requireEqual(try await test.feed(after: cursor), [], "the feed")
    }

    private static func nothingToReplace(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        let bobs = try await test.open(1, of: bob, at: 0)
        let over = try await test.open(2, of: ada, at: 0)
        _ = try await test.store.endSession(over.id, of: ada.id, reason: .revoked, context: test.context(1)).outcome
        let cursor = try await test.cursor()

        for (number, replaced) in [bobs.id, over.id, test.session(9, of: ada, at: 0).id].enumerated() {
            let opening = try await open(test, 10 + number, of: ada, at: 2, limit: nil, replacing: replaced)
            guard case .opened(_, evicted: []) = opening else {
                throw ConformanceFailure(message: "it ended as \(opening)", location: #fileID)
            }
        }

        try requireEqual(try await test.liveSessions(of: bob, at: 2), [bobs.id], "the other's session")
        try requireEqual(
            try await test.store.session(over.id, of: over.userID)?.ended?.reason, .revoked,
            "the end of the one that was over")
        try requireEqual(try await test.feed(after: cursor), [], "the feed")
    }

    private static func evicting(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let limit = SessionLimit(perUser: 2)
        let oldest = try await test.open(9, of: ada, at: 0)
        let second = try await test.open(1, of: ada, at: 1)
        // Recent use does not protect the oldest session.
        _ = try await test.refresh(oldest, 0, at: 2)
        let cursor = try await test.cursor()

        guard case .opened(_, evicted: [oldest.id]) = try await open(test, 2, of: ada, at: 3, limit: limit) else {
            throw ConformanceFailure(message: "the oldest session did not give way", location: #fileID)
        }

        let third = test.session(2, of: ada, at: 3)
        try requireEqual(try await test.liveSessions(of: ada, at: 3), [third.id, second.id], "the sessions")
        let stored = try await test.store.session(oldest.id, of: oldest.userID)
        try requireEqual(
            stored?.ended, Session.Ended(at: test.context(3).now, reason: .evicted), "the end of the oldest")
        try requireEqual(stored?.rotation.counter, 1, "its counter")
        try requireEqual(
            try await test.feed(after: cursor), [.sessionEnded(oldest.id, userID: ada.id)], "the feed")
        let events = try await test.audit().suffix(2)
        try requireEqual(Set(events.map(\.action)), [.signIn, .sessionRevoked], "the audit events")
        try requireEqual(
            events.first { $0.action == .sessionRevoked }?.sessionID, oldest.id, "the session in the audit")
        try requireEqual(
            try await test.refresh(oldest, 1, at: 4), .refused(.ended(.evicted)), "refreshing the oldest")
    }

    private static func refusing(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let limit = SessionLimit(perUser: 2, policy: .refuse)
        for number in 1...2 {
            guard case .opened(_, evicted: []) = try await open(test, number, of: ada, at: 0, limit: limit) else {
                throw ConformanceFailure(message: "session \(number) was not opened", location: #fileID)
            }
        }
        let alive = try await test.liveSessions(of: ada, at: 1)

        try requireEqual(try await open(test, 3, of: ada, at: 1, limit: limit), .limitReached, "one more")

        try requireEqual(try await test.liveSessions(of: ada, at: 1), alive, "the sessions")
        try requireEqual(try await test.feed(), [], "the feed")
        try requireEqual(try await test.stored(ada).lastLoginAt, test.context(0).now, "the last sign-in")
        try requireEqual(try await test.audit().last?.refusal, "session_limit_reached", "the refusal in the audit")
    }

    private static func counting(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        try await test.open(0, of: bob)
        let signedOut = try await test.open(1, of: ada)
        try await test.open(2, of: ada)
        _ = try await test.store.endSession(signedOut.id, of: ada.id, reason: .signedOut, context: test.context(1))
            .outcome
        let limit = SessionLimit(perUser: 1, policy: .refuse)

        // The second one lies idle for an hour, and is over at that instant.
        for (seconds, isOpen) in [(Int64(3_599), false), (3_600, true)] {
            let outcome = try await open(test, 3, of: ada, at: seconds, limit: limit)
            try requireEqual(outcome != .limitReached, isOpen, "whether there is room after \(seconds) s")
        }
        try requireEqual(try await test.liveSessions(of: bob).count, 1, "another user's sessions")
    }

    private static func lateLimit(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for number in 1...6 { try await test.open(number, of: ada, at: Int64(number)) }

        let outcome = try await open(test, 7, of: ada, at: 7, limit: SessionLimit(perUser: 3))

        guard case .opened(_, let evicted) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(evicted, (1...4).map { test.session($0, of: ada).id }, "the evicted sessions")
        try requireEqual(
            try await test.liveSessions(of: ada, at: 7), [7, 6, 5].map { test.session($0, of: ada).id },
            "the sessions")
    }

    private static func racing(_ test: StoreUnderTest) async throws {
        for policy in SessionLimit.Policy.allCases {
            for round in 0..<6 {
                let number = (policy == .refuse ? 0 : 100) + round
                let user = try await test.make("user\(number)", number)
                let limit = SessionLimit(perUser: 2, policy: policy)

                let outcomes = try await concurrently(8) { racer in
                    try await open(test, number * 10 + racer, of: user, at: 1, limit: limit)
                }

                let opened = outcomes.count { $0 != .limitReached }
                try requireEqual(opened, policy == .refuse ? 2 : 8, "how many sign-ins got a session")
                try requireEqual(try await test.liveSessions(of: user, at: 1).count, 2, "the sessions alive")
            }
        }
    }
}
