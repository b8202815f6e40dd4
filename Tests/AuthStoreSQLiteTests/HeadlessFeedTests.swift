// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStoreSQL
import AuthStoreSQLite
import AuthTestSupport
import Testing

@Suite("A change feed without its head on SQLite") struct SQLiteHeadlessFeedTests {
    @Test("no write that appends succeeds or leaves a trace, and no reader takes the feed for an empty one")
    func writes() async throws {
        let observed = try await withDriver { driver, _ in
            try await SchemaMigrator(driver).up(at: Timestamp(microseconds: 0))
            return try await HeadlessFeed.observe(in: driver)
        }

        for attempt in observed.attempts + [observed.snapshot] {
            guard case .corrupt = attempt.error else {
                Issue.record("\(attempt.name): \(attempt.error.map(String.init(describing:)) ?? "succeeded")")
                continue
            }
        }
        #expect(observed.attempts.count == 10)
        #expect(observed.after == observed.before)
        #expect(observed.before.sessions.count == 1 && observed.before.token != nil)
        #expect(observed.before.feed == .continued([]))
        // With its head, the feed takes the same write.
        #expect(observed.repaired.error == nil)
        guard case .continued(let changes) = observed.feed else {
            Issue.record("the feed is of another history")
            return
        }
        #expect(changes.map(\.cursor) == [1])
    }
}
