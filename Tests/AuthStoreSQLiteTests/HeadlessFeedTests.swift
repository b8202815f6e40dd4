// SPDX-License-Identifier: Apache-2.0

import AuthCore
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

        #expect(observed.findings == [])
    }
}
