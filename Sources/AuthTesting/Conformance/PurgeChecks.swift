// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// A8: expired rows are purged, and no row too early.
enum PurgeChecks {
    static let all: [StoreCheck] = [
        StoreCheck("A8", "a session is kept until the horizon has passed its end", on: sessionHorizon),
        StoreCheck("A8", "expired tokens and feed entries are purged", on: tokensAndChanges),
        StoreCheck("A8", "flows are kept as long as they count, and budgets until they are whole", on: flows),
        StoreCheck("F4", "a purge keeps the place of a reader that is up to date at its horizon", on: places),
        StoreCheck("A8", "a purge removes a limited number of rows, and repeated purges remove all", on: limits),
        StoreCheck("A8", "the purge follows the expiry of a session that is refreshed", on: refreshedSessions),
    ]

    private static func sessionHorizon(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let idle = try await test.open(1, of: ada)
        let signedOut = try await test.open(2, of: ada)
        _ = try await test.store.endSession(signedOut.id, of: ada.id, reason: .signedOut, context: test.context(10))
            .outcome

        func purge(_ horizon: Timestamp) async throws -> [Bool] {
            _ = try await test.store.purge(
                expiredAt: test.context(1_000_000).now, endedBefore: horizon, limit: 100)
            return [
                try await test.store.session(idle.id, of: idle.userID) != nil,
                try await test.store.session(signedOut.id, of: signedOut.userID) != nil,
            ]
        }
        let end = test.context(10).now
        try requireEqual(try await purge(end), [true, true], "at the end of the one that was signed out")
        try requireEqual(try await purge(end + .microseconds(1)), [true, false], "just after it")
        try requireEqual(try await purge(idle.expiresAt), [true, false], "at the end of the idle one")
        try requireEqual(try await purge(idle.expiresAt + .microseconds(1)), [false, false], "just after it")
    }

    private static func tokensAndChanges(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let token = try await test.issue(1, .passwordReset, for: ada)
        for (role, seconds) in [(.guest, 40), (.user, 50)] as [(Role, Int64)] {
            _ = try await test.store.perform(.setRole(role), on: ada.id, context: test.context(seconds)).outcome
        }
        let all = try await test.entries()
        let written = test.context(50).now
        try require(all.count >= 2, "the feed has \(all.count) entries")

        _ = try await test.store.purge(
            expiredAt: token.expiresAt - .microseconds(1), endedBefore: test.context(40).now, limit: 100)
        try require(try await test.store.oneTimeToken(token.key) != nil, "the token went too early")
        try requireEqual(try await test.entries(), all, "the entries that are needed")
        let removed = try await test.store.purge(
            expiredAt: token.expiresAt, endedBefore: written + .microseconds(1), limit: 100)
        try require(try await test.store.oneTimeToken(token.key) == nil, "the token is still there")
        try requireEqual(try await test.entries(), [try requireValue(all.last)], "the feed")
        try requireEqual(removed, all.count, "the number of rows that are said to be gone")
        try requireEqual(try await test.stored(ada).role, .user, "the user's role")
    }

    private static func flows(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let terms = MailTerms(.stranger, rule: .standard)
        let token = test.token(1, .passwordReset, for: ada)
        let flow = test.flow(1, .passwordReset, of: token)
        _ = try await test.store.issueToken(
            MailedToken(token, flow: flow, mail: nil), under: terms, answering: nil, context: test.context())
        func purge(_ instant: Timestamp) async throws -> Int {
            try await test.store.purge(expiredAt: instant, endedBefore: test.context().now, limit: 100)
        }
        let whole = test.context(8_640).now
        try requireEqual(try await purge(token.expiresAt), 1, "what is over with the token")
        try requireEqual(try await purge(whole - .microseconds(1)), 0, "before the budget is whole")
        try requireEqual(try await purge(whole), 1, "once it is")
        try requireEqual(try await purge(flow.keptUntil - .microseconds(1)), 0, "before the flow may go")
        try requireEqual(try await test.stored(flow), flow, "the flow")
        try requireEqual(try await purge(flow.keptUntil), 1, "once it may")
        try requireEqual(try await test.store.mailedFlow(flow.id), nil, "the flow at last")
    }

    private static func places(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for seconds in 1...5 as ClosedRange<Int64> {
            _ = try await test.store.endSessions(
                of: ada.id, except: nil, reason: .revoked, context: test.context(seconds * 10)
            ).outcome
        }
        let all = try await test.entries()
        func purge(_ horizon: Timestamp, limit: Int = 100) async throws -> [Int64] {
            _ = try await test.store.purge(expiredAt: test.context().now, endedBefore: horizon, limit: limit)
            return try await test.entries().map(\.cursor)
        }
        // Who had read up to the second entry before the horizon needs it as long as no later one is as old.
        try requireEqual(try await purge(test.context(30).now), [2, 3, 4, 5], "after the first purge")
        try requireEqual(try await test.continued(after: all[1].place), Array(all[2...]), "behind the second")
        try requireEqual(try await purge(test.context(1_000).now, limit: 2), [4, 5], "after a limited one")
        try requireEqual(try await purge(test.context(1_000).now), [5], "after the last one")
        try requireEqual(try await test.continued(after: all[4].place), [], "behind the last")
        _ = try await test.store.endSessions(of: ada.id, except: nil, reason: .revoked, context: test.context(60))
            .outcome
        try requireEqual(try await test.continued(after: all[4].place).map(\.cursor), [6], "behind the last, later")
    }

    private static func limits(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for number in 1...7 { try await test.open(number, of: ada) }
        let far = test.context(10_000_000).now
        var rounds: [Int] = []
        repeat {
            rounds.append(try await test.store.purge(expiredAt: far, endedBefore: far, limit: 3))
        } while rounds.last != 0 && rounds.count < 10
        try requireEqual(rounds, [3, 3, 1, 0], "the rows removed in each round")
    }

    private static func refreshedSessions(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        // The last refresh is on the next day of the calendar; the session ends at its absolute limit.
        var counter: Int64 = 0
        for seconds in stride(from: Int64(3_000), through: 84_000, by: 3_000) {
            _ = try await test.refresh(session, counter, at: seconds)
            counter += 1
        }
        let far = test.context(10_000_000).now
        try requireEqual(
            try await test.store.purge(expiredAt: far, endedBefore: session.notAfter, limit: 100), 0,
            "the rows removed at the end")
        try requireEqual(
            try await test.store.purge(
                expiredAt: far, endedBefore: session.notAfter + .microseconds(1), limit: 100), 1,
            "the rows removed just after it")
    }
}
