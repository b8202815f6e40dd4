// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import AuthTestSupport
import Testing

@testable import AuthStorePostgres

@Suite("PostgreSQL behind a transaction pooler", .timeLimit(.minutes(10)))
struct PostgresPoolerTests {
    private static let increment = SQL("UPDATE public.t SET n = n + 1 WHERE id = $1 RETURNING n")
    private static let select = SQL("SELECT n FROM public.t WHERE id = $1 FOR UPDATE")

    private func withPooler(
        _ change: (inout PostgresConfiguration) -> Void = { _ in }, _ body: (PostgresDriver) async throws -> Void
    ) async throws {
        let pooler = try await PgBouncer.started(for: try await TemporaryPostgres.makeDatabase())
        var configuration = pooler.configuration
        change(&configuration)
        let driver = try PostgresDriver(configuration)
        try await driver.run("CREATE TABLE public.t (id bigint PRIMARY KEY, n bigint NOT NULL)")
        try await driver.run("INSERT INTO public.t SELECT i, 0 FROM generate_series(0, 9) i")
        try await driver.makeFeedHead()
        try await body(driver)
        await driver.close()
        await pooler.remove()
    }

    @Test("operations of every kind share the server's few sessions")
    func everyKind() async throws {
        try await withPooler { driver in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    let id = SQLValue.int64(Int64(number % 10))
                    let accesses: [SQLOperation<Int64>.Access] = [.writeOnce, .write, .writeFeed]
                    let once = SQLOperation(
                        accesses[number % 3],
                        SQLProgram<Int64>.run(Statement(Self.increment, [id])) { (result) throws(StoreError) in
                            .commit([], try result.rows[0].int64(0))
                        })
                    let twice = SQLOperation(
                        .write,
                        SQLProgram<Int64>.run(Statement(Self.select, [id])) { (_) throws(StoreError) in
                            .run(Statement(Self.increment, [id])) { (result) throws(StoreError) in
                                .commit([], try result.rows[0].int64(0))
                            }
                        })
                    group.addTask { _ = try await driver.perform(number % 4 == 0 ? twice : once) }
                }
                try await group.waitForAll()
            }

            let total = try await driver.run("SELECT sum(n)::bigint FROM public.t")
            #expect(total == [SQLRow([.int64(300)])])
        }
    }

    @Test("nothing is kept prepared")
    func nothingPrepared() async throws {
        try await withPooler { driver in
            for _ in 0..<3 { try await driver.once(Self.increment, [.int64(1)]) }

            let prepared = try await driver.run("SELECT count(*) FROM pg_prepared_statements")
            #expect(prepared == [SQLRow([.int64(0)])])
        }
    }

    @Test("the server keeps the bound on a statement, although the session does not know it")
    func statementTimeout() async throws {
        try await withPooler({ $0.statementTimeout = .milliseconds(1_000) }) { driver in
            let error = await #expect(throws: StoreError.self) {
                try await driver.run("SELECT pg_sleep(20) IS NULL")
            }

            #expect(error == .unavailable("SQLSTATE 57014: canceling statement due to statement timeout"))
            let rows = try await driver.run("SELECT 1::bigint")
            #expect(rows == [SQLRow([.int64(1)])])
        }
    }
}

@Suite("PostgreSQL behind a session pooler", .timeLimit(.minutes(10)))
struct PostgresSessionPoolerTests {
    private static let select = SQL("SELECT 1::bigint")

    @Test("works without a setting: statements stay prepared, sessions keep their settings, and notifications arrive")
    func everything() async throws {
        let pooler = try await PgBouncer.started(
            for: try await TemporaryPostgres.makeDatabase(), mode: .session, sessions: 20)
        let driver = try PostgresDriver(pooler.configuration)

        for _ in 0..<3 { try await driver.once(Self.select) }
        let prepared = try await driver.run("SELECT count(*) > 0 FROM pg_prepared_statements")
        let timeout = try await driver.run("SELECT current_setting('statement_timeout')")
        var signals = driver.changeSignals().makeAsyncIterator()
        // The first signal says that the driver listens.
        _ = await signals.next()
        try await driver.run("NOTIFY authd_changes")
        let heard: Void? = await signals.next()

        #expect(prepared == [SQLRow([.bool(true)])])
        #expect(timeout == [SQLRow([.text("30s")])])
        #expect(heard != nil)
        await driver.close()
        await pooler.remove()
    }
}
