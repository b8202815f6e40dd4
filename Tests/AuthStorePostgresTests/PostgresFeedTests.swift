// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStoreSQL
import Glibc
import Testing

@testable import AuthStorePostgres

@Suite("PostgreSQL's clock", .timeLimit(.minutes(10)))
struct PostgresClockTests {
    @Test("the server's clock can be read")
    func time() async throws {
        let driver = try PostgresDriver(try await TemporaryPostgres.makeDatabase())
        let store = SQLAuthStore(driver)
        let first = try #require(try await store.storeTime())
        let second = try #require(try await store.storeTime())
        // Both are asked of one machine, the clock of which is right to the day.
        #expect(first <= second)
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        #expect(abs(Int64(now.tv_sec) - first.seconds) < 86_400)
        await store.close()
    }
}

@Suite("PostgreSQL change signals", .timeLimit(.minutes(10)))
struct PostgresFeedTests {
    private static let notify = SQL("SELECT pg_notify('authd_changes', '')")

    @Test("come to every listener for every notification")
    func notification() async throws {
        let configuration = try await TemporaryPostgres.makeDatabase()
        let driver = try PostgresDriver(configuration)
        let other = try PostgresDriver(configuration)
        var first = driver.changeSignals().makeAsyncIterator()
        var second = driver.changeSignals().makeAsyncIterator()
        // The first signal says that the driver listens.
        _ = await first.next()
        _ = await second.next()

        for _ in 0..<3 {
            try await other.perform(SQLOperation(.write, .commit([Statement(Self.notify)], ())))
            #expect(await first.next() != nil)
            #expect(await second.next() != nil)
        }
        await driver.close()
        #expect(await first.next() == nil)
        await other.close()
    }

    @Test("come after the listening connection was lost, because something may have been missed")
    func reconnect() async throws {
        let configuration = try await TemporaryPostgres.makeDatabase()
        let driver = try PostgresDriver(configuration)
        let other = try PostgresDriver(configuration)
        var signals = driver.changeSignals().makeAsyncIterator()
        _ = await signals.next()

        let terminated = try await other.run(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE datname = current_database() AND query = 'LISTEN authd_changes'
            """)
        #expect(terminated == [SQLRow([.bool(true)])])
        #expect(await signals.next() != nil)

        try await other.perform(SQLOperation(.write, .commit([Statement(Self.notify)], ())))
        #expect(await signals.next() != nil)
        await driver.close()
        await other.close()
    }

    @Test("come from the driver's own writes if it cannot listen")
    func ownWrites() async throws {
        try await TemporaryPostgres.withDriver({ $0.pooler = .transaction }) { driver in
            try await driver.makeFeedHead()
            var signals = driver.changeSignals().makeAsyncIterator()

            try await driver.perform(SQLOperation(.writeFeed, .commit([Statement(SQL("SELECT 1::bigint"))], ())))

            #expect(await signals.next() != nil)
        }
    }
}
