// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import Synchronization
import Testing

@testable import AuthStorePostgres

@Suite("PostgreSQL transactions", .timeLimit(.minutes(10)))
struct PostgresTransactionTests {
    private static let insert = SQL("INSERT INTO public.t (id, n) VALUES ($1, $2)")
    private static let increment = SQL("UPDATE public.t SET n = n + 1 WHERE id = $1 RETURNING n")
    private static let lock = SQL("SELECT n FROM public.t WHERE id = $1 FOR UPDATE")
    private static let selectAll = SQL("SELECT id, n FROM public.t ORDER BY id")

    /// A name that the server does not know, with what the operator is told to look at.
    private static func unknownSchema(_ words: String) -> StoreError {
        let advice = "The schema is not the one that this version knows: run authd migrate status."
        return .corrupt(StoreDiagnostic("\(words). \(advice)"))
    }

    private func withTable(
        _ change: (inout PostgresConfiguration) -> Void = { _ in }, _ body: (PostgresDriver) async throws -> Void
    ) async throws {
        try await TemporaryPostgres.withDriver(change) { driver in
            try await driver.run("CREATE TABLE public.t (id bigint PRIMARY KEY, n bigint NOT NULL)")
            try await driver.run("INSERT INTO public.t VALUES (1, 0), (2, 0)")
            try await body(driver)
        }
    }

    private func rows(_ driver: PostgresDriver) async throws -> [[SQLValue]] {
        try await driver.once(Self.selectAll).rows.map(\.columns)
    }

    @Test("keep everything or nothing")
    func atomicity() async throws {
        try await withTable { driver in
            let both = SQLOperation(
                .write,
                SQLProgram<Bool>.commit(
                    [
                        Statement(Self.increment, [.int64(1)]),
                        Statement(Self.insert, [.int64(2), .int64(9)]),
                    ], true))

            await #expect(throws: StoreError.conflict) { try await driver.perform(both) }

            let rows = try await rows(driver)
            #expect(rows == [[.int64(1), .int64(0)], [.int64(2), .int64(0)]])
        }
    }

    @Test("leave everything as it was when the program says so or throws")
    func rollback() async throws {
        try await withTable { driver in
            let leaving = SQLOperation(
                .write,
                .run(Statement(Self.increment, [.int64(1)])) { (result) throws(StoreError) in
                    .rollback(try result.rows[0].int64(0))
                })
            let throwing = SQLOperation<Int64>(
                .write,
                .run(Statement(Self.increment, [.int64(1)])) { (_) throws(StoreError) in throw .corrupt("odd") })

            let seen = try await driver.perform(leaving)
            await #expect(throws: StoreError.corrupt("odd")) { try await driver.perform(throwing) }

            let rows = try await rows(driver)
            #expect(seen == 1)
            #expect(rows.first == [.int64(1), .int64(0)])
        }
    }

    @Test("give the results of a batch in order, one for each statement")
    func batches() async throws {
        try await withTable { driver in
            let operation = SQLOperation(
                .write,
                SQLProgram<[Int]>.run([
                    Statement(Self.increment, [.int64(1)]), Statement(Self.increment, [.int64(3)]),
                    Statement(Self.insert, [.int64(3), .int64(5)]), Statement(Self.increment, [.int64(3)]),
                ]) { (results) throws(StoreError) in .commit([], results.map(\.affectedRows)) })

            let affected = try await driver.perform(operation)

            #expect(affected == [1, 0, 1, 1])
        }
    }

    @Test("that fail to serialize are run again until they succeed")
    func conflicts() async throws {
        try await withTable { driver in
            // A sequence is not undone with the transaction, so that two of three attempts fail.
            try await driver.run("CREATE SEQUENCE public.attempts")
            try await driver.run(
                """
                CREATE FUNCTION public.clash() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('public.attempts') % 3 = 0 THEN RETURN 1; END IF;
                RAISE serialization_failure;
                END $$
                """)
            let increment = SQLOperation(
                .write,
                SQLProgram<Void>.run(Statement(SQL("SELECT public.clash()"))) { (_) throws(StoreError) in
                    .commit([Statement(Self.increment, [.int64(1)])], ())
                })

            let succeeded = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        do throws(StoreError) {
                            try await driver.perform(increment)
                            return true
                        } catch {
                            #expect(error == .conflict)
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }

            let rows = try await rows(driver)
            #expect(succeeded > 5)
            #expect(rows.first == [.int64(1), .int64(Int64(succeeded))])
        }
    }

    @Test("that lock rows in opposite orders all come through")
    func deadlocks() async throws {
        try await withTable({ $0.settings[.options] = "-c deadlock_timeout=10" }) { driver in
            func both(_ ids: [Int64]) -> SQLOperation<Void> {
                SQLOperation(
                    .write,
                    .run(Statement(Self.lock, [.int64(ids[0])])) { (_) throws(StoreError) in
                        .run(Statement(Self.increment, [.int64(ids[1])])) { (_) throws(StoreError) in
                            .commit([Statement(Self.increment, [.int64(ids[0])])], ())
                        }
                    })
            }
            for _ in 0..<10 {
                async let upwards: Void = driver.perform(both([1, 2]))
                async let downwards: Void = driver.perform(both([2, 1]))
                _ = try await (upwards, downwards)
            }

            let rows = try await rows(driver)
            #expect(rows == [[.int64(1), .int64(20)], [.int64(2), .int64(20)]])
        }
    }

    @Test("one of two that wait for each other is run again, once, and both come through")
    func deadlock() async throws {
        try await withTable({ $0.settings[.options] = "-c deadlock_timeout=10" }) { driver in
            let attempts = Atomic<Int>(0)
            let count = Statement(SQL("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711"))
            // Says that this transaction holds its first row, and waits until the other one says so too.
            let meet = [Statement(SQL("SELECT pg_advisory_xact_lock_shared(4711) IS NULL")), count]
            @Sendable func met(_ next: SQLProgram<Void>) -> SQLProgram<Void> {
                .run(meet) { (results) throws(StoreError) in
                    try results[1].rows[0].int64(0) == 2 ? next : met(next)
                }
            }
            @Sendable func alone(_ next: SQLProgram<Void>) -> SQLProgram<Void> {
                .run(count) { (result) throws(StoreError) in
                    try result.rows[0].int64(0) == 0 ? next : alone(next)
                }
            }
            @Sendable func both(_ ids: [Int64]) -> SQLOperation<Void> {
                let first = Statement(Self.lock, [.int64(ids[0])])
                let second = SQLProgram<Void>.commit(
                    ids.reversed().map { Statement(Self.increment, [.int64($0)]) }, ())
                return SQLOperation(
                    .write,
                    .run(Statement(SQL("SELECT true"))) { _ in
                        // The third attempt is that of the one that the server chose. It waits for the other's commit: the
                        // two would race for the row that it gave back, and might wait for each other again.
                        attempts.add(1, ordering: .relaxed).newValue > 2
                            ? alone(.run(first) { _ in second }) : .run(first) { _ in met(second) }
                    })
            }

            let (upward, downward) = (both([1, 2]), both([2, 1]))
            async let upwards: Void = driver.perform(upward)
            async let downwards: Void = driver.perform(downward)
            _ = try await (upwards, downwards)

            let rows = try await rows(driver)
            #expect(rows == [[.int64(1), .int64(2)], [.int64(2), .int64(2)]])
            #expect(attempts.load(ordering: .relaxed) == 3)
        }
    }

    @Test("that end in a deadlock every time fail as contended after the last attempt, whatever their kind")
    func endlessDeadlock() async throws {
        try await withTable { driver in
            try await driver.run("CREATE SEQUENCE public.attempts")
            try await driver.run(
                """
                CREATE FUNCTION public.clash() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN
                PERFORM nextval('public.attempts');
                RAISE deadlock_detected;
                END $$
                """)
            let kinds: [SQLOperation<[SQLRow]>.Access] = [.read, .writeOnce, .write]
            for (done, kind) in kinds.enumerated() {
                await #expect(throws: StoreError.conflict, "\(kind)") {
                    try await driver.run("SELECT public.clash()", [], kind)
                }

                let attempts = try await driver.run("SELECT last_value FROM public.attempts")
                #expect(attempts == [SQLRow([.int64(Int64((done + 1) * OperationRun.attempts))])], "\(kind)")
            }
        }
    }

    @Test("whose plan the server cannot use any longer are prepared anew")
    func stalePlans() async throws {
        try await withTable({ $0.pool.size = 1 }) { driver in
            let everything = SQL("SELECT * FROM public.t ORDER BY id LIMIT 1")
            // A statement is kept only when it is a constant; this one lives as long as the test's driver.
            let before = try await driver.once(everything).rows
            try await driver.run("ALTER TABLE public.t ADD COLUMN extra text")
            let alone = try await driver.once(everything).rows
            try await driver.run("ALTER TABLE public.t DROP COLUMN extra")
            let inTransaction = try await driver.perform(
                SQLOperation(.write, .run(Statement(everything)) { .commit([], $0.rows) }))
            try await driver.run("DEALLOCATE ALL", [], .writeOnce)
            let forgotten = try await driver.once(everything).rows

            #expect(before == [SQLRow([.int64(1), .int64(0)])])
            #expect(alone == [SQLRow([.int64(1), .int64(0), .null])])
            #expect(inTransaction == before)
            #expect(forgotten == before)
        }
    }

    @Test("report a faulty statement, and do not stay open")
    func badStatement() async throws {
        try await withTable({ $0.pool = PoolLimits(size: 1, overflow: 0) }) { driver in
            let error = await #expect(throws: StoreError.self) { try await driver.run("SELECT absent FROM public.t") }

            #expect(error == Self.unknownSchema("SQLSTATE 42703: column \"absent\" does not exist"))
            let rows = try await rows(driver)
            #expect(rows.count == 2)
        }
    }

    @Test("do not find unqualified names, which another schema could stand in for")
    func searchPath() async throws {
        try await withTable { driver in
            let error = await #expect(throws: StoreError.self) { try await driver.run("SELECT n FROM t") }

            #expect(error == Self.unknownSchema("SQLSTATE 42P01: relation \"t\" does not exist"))
        }
    }

    @Test("of migrators run one after another, and each asks first")
    func migration() async throws {
        try await TemporaryPostgres.withDriver { driver in
            let isNew = SQLProgram<Bool>.run(
                Statement(SQL("SELECT to_regclass('public.m') IS NULL"))
            ) { (result) throws(StoreError) in .commit([], try result.rows[0].bool(0)) }
            let steps = ["CREATE TABLE public.m (id bigint)", "INSERT INTO public.m VALUES (1)"].map {
                Statement(SQL(migration: $0))
            }

            let ran = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 { group.addTask { try await driver.migrate(guarding: isNew, steps) } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }

            let count = try await driver.run("SELECT count(*) FROM public.m")
            #expect(ran == 1)
            #expect(count == [SQLRow([.int64(1)])])
        }
    }

    @Test("of a migration that fails leave nothing")
    func failedMigration() async throws {
        try await TemporaryPostgres.withDriver { driver in
            let steps = ["CREATE TABLE public.m (id bigint)", "SELECT nonsense"].map { Statement(SQL(migration: $0)) }

            let error = await #expect(throws: StoreError.self) {
                try await driver.migrate(guarding: .commit([], true), steps)
            }

            let isAbsent = try await driver.run("SELECT to_regclass('public.m') IS NULL")
            #expect(error == Self.unknownSchema("SQLSTATE 42703: column \"nonsense\" does not exist"))
            #expect(isAbsent == [SQLRow([.bool(true)])])
        }
    }

    @Test("that write to the feed commit in the order of their cursors")
    func feedOrder() async throws {
        try await TemporaryPostgres.withDriver({ $0.pool = PoolLimits(size: 8, overflow: 0) }) { driver in
            try await driver.makeFeedHead()
            try await driver.run("CREATE TABLE public.feed (id bigint GENERATED ALWAYS AS IDENTITY, x bigint)")
            let append = SQLOperation(
                .writeFeed,
                SQLProgram<Int64>.run(Statement(SQL("INSERT INTO public.feed (x) VALUES (1) RETURNING id"))) {
                    (result) throws(StoreError) in
                    let id = try result.rows[0].int64(0)
                    // An extra round trip gives others the time to overtake, if they could.
                    return .run(Statement(SQL("SELECT 1::bigint"))) { (_) throws(StoreError) in .commit([], id) }
                })
            let read = SQLOperation(
                .read,
                SQLProgram<[Int64]>.run(Statement(SQL("SELECT id FROM public.feed ORDER BY id"))) {
                    (result) throws(StoreError) in
                    var ids: [Int64] = []
                    for row in result.rows { ids.append(try row.int64(0)) }
                    return .commit([], ids)
                })

            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 { group.addTask { _ = try await driver.perform(append) } }
                group.addTask {
                    var seen: [Int64] = []
                    while seen.count < 200 {
                        let now = try await driver.perform(read)
                        #expect(Array(now.prefix(seen.count)) == seen, "an entry appeared behind one that was read")
                        seen = now
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
