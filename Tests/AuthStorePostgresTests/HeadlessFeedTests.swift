// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStorePostgres
import AuthStoreSQL
import AuthTestSupport
import Testing

@Suite("A change feed without its head on PostgreSQL", .timeLimit(.minutes(5))) struct PostgresHeadlessFeedTests {
    @Test("no write that appends succeeds or leaves a trace, and no reader takes the feed for an empty one")
    func writes() async throws {
        let observed = try await TemporaryPostgres.withDriver { driver in
            try await SchemaMigrator(driver).up(at: Timestamp(microseconds: 0))
            return try await HeadlessFeed.observe(in: driver)
        }

        #expect(observed.findings == [])
    }
}
