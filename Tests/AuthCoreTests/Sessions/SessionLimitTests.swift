// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Session limits") struct SessionLimitTests {
    struct Case: CustomTestStringConvertible {
        let perUser: Int
        let alive: Int
        /// How many give way where the oldest are dropped.
        let evicted: Int

        var testDescription: String { "\(alive) alive of \(perUser)" }
    }

    static let cases = [
        Case(perUser: 1, alive: 0, evicted: 0), Case(perUser: 1, alive: 1, evicted: 1),
        Case(perUser: 3, alive: 2, evicted: 0), Case(perUser: 3, alive: 3, evicted: 1),
        Case(perUser: 3, alive: 7, evicted: 5), Case(perUser: .max, alive: 7, evicted: 0),
        // No limit keeps everybody out.
        Case(perUser: 0, alive: 0, evicted: 0), Case(perUser: .min, alive: 2, evicted: 2),
    ]

    // ASVS 7.1.2
    @Test("beyond the limit the oldest sessions are evicted, or the sign-in is rejected", arguments: cases)
    func decisions(_ item: Case) {
        let alive = (0..<item.alive).map(session)

        let dropping = SessionLimit(perUser: item.perUser, policy: .dropOldest).decide(alive: alive)
        let refusing = SessionLimit(perUser: item.perUser, policy: .refuse).decide(alive: alive)

        #expect(dropping == .open(evicting: Array(alive.prefix(item.evicted))))
        #expect(refusing == (item.evicted > 0 ? .refuse : .open(evicting: [])))
    }

    private func session(_ number: Int) -> Session {
        let now = Timestamp(seconds: Int64(number))
        return Session(
            id: SessionID(UUIDv7(high: 1, low: UInt64(number))), userID: UserID(UUIDv7(high: 1, low: 1)),
            scope: .everything, authenticatedAt: now, methods: [], createdAt: now, notAfter: now + .seconds(100),
            idleTimeout: .seconds(10), rotation: RefreshState(rotatedAt: now))
    }
}
