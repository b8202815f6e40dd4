// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import Glibc
import Synchronization
import Testing

@testable import AuthStoreSQLite

@Suite("SQLite change signals", .timeLimit(.minutes(10)))
struct ChangeSignalTests {
    @Test("a commit of another process signals each listener")
    func otherProcess() async throws {
        try await withDriver { maker, database in
            try await maker.make(Rows.table)
            let listener = try await SQLiteDriver.open(database.configuration)
            var first = listener.changeSignals().makeAsyncIterator()
            var second = listener.changeSignals().makeAsyncIterator()

            // The first signal after opening may be for nothing.
            for id in Int64(1)...3 {
                try await maker.run(.write, Rows.insert(id))
                #expect(await first.next() != nil)
                #expect(await second.next() != nil)
            }
            await listener.close()
        }
    }

    @Test("the driver's own write to the feed is signalled")
    func ownWrite() async throws {
        try await withDriver { driver, _ in
            try await driver.make(Rows.table)
            var signals = driver.changeSignals().makeAsyncIterator()

            try await driver.run(.writeFeed, Rows.insert(1))

            #expect(await signals.next() != nil)
        }
    }

    @Test("a long read does not delay signals")
    func longRead() async throws {
        try await withDriver { configuration in
            configuration.readerCount = 1
        } _: { driver, database in
            try await driver.make(Rows.table)
            let (reached, reaching) = AsyncStream.makeStream(of: Void.self)
            let isOver = Mutex(false)
            let reading = Task {
                try await driver.perform(
                    SQLOperation(
                        .read,
                        .run(Statement(Rows.all)) { _ in
                            reaching.finish()
                            while !isOver.withLock({ $0 }) { sched_yield() }
                            return .commit([], true)
                        }))
            }
            for await _ in reached {}
            var signals = driver.changeSignals().makeAsyncIterator()

            for id in Int64(1)...3 {
                try Outsider(database).run(Rows.insert(id))
                #expect(await signals.next() != nil)
            }

            isOver.withLock { $0 = true }
            #expect(try await reading.value)
        }
    }

    @Test("streams end when the driver closes, and at once after that")
    func ending() async throws {
        try await withDriver { driver, _ in
            let stream = driver.changeSignals()

            await driver.close()

            for await _ in stream {}
            for await _ in driver.changeSignals() {}
        }
    }
}
