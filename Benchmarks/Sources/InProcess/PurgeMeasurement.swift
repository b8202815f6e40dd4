// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthStoreSQLite
import Yardsticks

/// How long one purge of expired sessions takes, with the daemon on the same database.
struct PurgeMeasurement {
    private let url: String
    private let limit: Int

    init(_ arguments: [String]) throws {
        guard arguments.count == 2, let limit = Int(arguments[1]) else { throw UsageError() }
        url = arguments[0]
        self.limit = limit
    }

    func print() async throws {
        if url.hasPrefix("sqlite:") {
            try await measure(SQLAuthStore(try await SQLiteDriver.open(try SQLiteConfiguration(url: url))))
        } else {
            try await measure(SQLAuthStore(try PostgresDriver(try PostgresConfiguration(url: url))))
        }
    }

    private func measure(_ store: SQLAuthStore<some SQLDriver>) async throws {
        // Sessions that expired in 1970 are all that is old enough: the change feed keeps its entries.
        let horizon = Timestamp(seconds: 1)
        // Opens the connection, and removes nothing.
        _ = try await store.purge(expiredAt: SystemClock().now, endedBefore: horizon, limit: 0)
        let start = yardstick_now_nanoseconds()
        let removed = try await store.purge(expiredAt: SystemClock().now, endedBefore: horizon, limit: limit)
        let elapsed = Double(yardstick_now_nanoseconds() - start) / 1_000
        await store.close()
        Swift.print("removed", removed)
        Swift.print("microseconds", elapsed)
    }
}
