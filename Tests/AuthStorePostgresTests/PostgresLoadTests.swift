// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import Testing

@testable import AuthStorePostgres

@Suite("PostgreSQL under load", .timeLimit(.minutes(10)))
struct PostgresLoadTests {
    private static let increment = SQL("UPDATE public.t SET n = n + 1 WHERE id = $1 RETURNING n")
    private static let sum = SQL("SELECT sum(n)::bigint FROM public.t")
    private static let large = SQL("SELECT repeat('x', 1000) FROM generate_series(1, $1)")

    private static func single(_ id: Int64) -> SQLOperation<Int64> {
        SQLOperation(
            .writeOnce,
            .run(Statement(increment, [.int64(id)])) { (result) throws(StoreError) in
                .commit([], try result.rows[0].int64(0))
            })
    }

    private static func transaction(_ id: Int64) -> SQLOperation<Int64> {
        SQLOperation(
            .write,
            .run(Statement(increment, [.int64(id)])) { (result) throws(StoreError) in
                .commit([], try result.rows[0].int64(0))
            })
    }

    @Test("a thousand operations at once all come through, each once")
    func thousand() async throws {
        try await TemporaryPostgres.withDriver { driver in
            try await driver.run("CREATE TABLE public.t (id bigint PRIMARY KEY, n bigint NOT NULL)")
            try await driver.run("INSERT INTO public.t SELECT i, 0 FROM generate_series(0, 9) i")

            try await withThrowingTaskGroup(of: Int64.self) { group in
                for number in 0..<1_000 {
                    let id = Int64(number % 10)
                    group.addTask {
                        try await driver.perform(number % 3 == 0 ? Self.transaction(id) : Self.single(id))
                    }
                }
                try await group.waitForAll()
            }

            let total = try await driver.once(Self.sum).rows
            #expect(total == [SQLRow([.int64(1_000)])])
            #expect(driver.poolCounts.waiting == 0)
            #expect(driver.poolCounts.idle + driver.poolCounts.inUse <= 15)
        }
    }

    @Test("large parameters and large results pass each other without a standstill")
    func largeBothWays() async throws {
        try await TemporaryPostgres.withDriver({ $0.pool = PoolLimits(size: 2, overflow: 0) }) { driver in
            let value = SQLValue.bytes([UInt8](repeating: 7, count: 3_000_000))
            let echo = Statement(SQL("SELECT $1::bytea"), [value])
            let operation = SQLOperation(
                .write,
                SQLProgram<Int>.run([echo, Statement(Self.large, [.int64(3_000)]), echo, echo]) {
                    (results) throws(StoreError) in
                    .commit([], results.reduce(0) { $0 + $1.rows.count })
                })

            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await driver.perform(operation) } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }

            #expect(counts == [Int](repeating: 3_003, count: 6))
        }
    }

    @Test("callers that are cancelled meanwhile leave nothing behind")
    func cancellations() async throws {
        try await TemporaryPostgres.withDriver({ $0.pool = PoolLimits(size: 3, overflow: 2) }) { driver in
            try await driver.run("CREATE TABLE public.t (id bigint PRIMARY KEY, n bigint NOT NULL)")
            try await driver.run("INSERT INTO public.t SELECT i, 0 FROM generate_series(0, 9) i")

            let done = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<600 {
                    group.addTask {
                        let task = Task { try await driver.perform(Self.transaction(Int64(number % 10))) }
                        if number % 2 == 0 { task.cancel() }
                        return (try? await task.value) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }

            let total = try await driver.once(Self.sum).rows
            #expect(done >= 300)
            #expect(total == [SQLRow([.int64(Int64(done))])])
        }
    }
}
