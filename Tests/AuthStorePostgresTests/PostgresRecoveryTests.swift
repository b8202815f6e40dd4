// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import Testing

@testable import AuthStorePostgres

@Suite("PostgreSQL recovery", .timeLimit(.minutes(3)))
struct PostgresRecoveryTests {
    private static let terminateOthers = SQL(
        """
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """)

    /// An operation that tells when it has begun and then waits on the server.
    private func sleeping(
        _ access: SQLOperation<Bool>.Access, seconds: Int, begun: AsyncStream<Void>.Continuation
    ) -> SQLOperation<Bool> {
        SQLOperation(
            access,
            .run(Statement(SQL("SELECT 1::bigint"))) { (_) throws(StoreError) in
                begun.yield()
                let sleep = SQL(migration: "SELECT pg_sleep(\(seconds)) IS NULL")
                return .run(Statement(sleep)) { (_) throws(StoreError) in .commit([], true) }
            })
    }

    private func settled<Output>(
        _ body: () async throws(StoreError) -> Output
    ) async -> Result<Output, StoreError> {
        do throws(StoreError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    @Test("replaces connections that died while they were idle")
    func idleDeaths() async throws {
        let configuration = try await TemporaryPostgres.makeDatabase()
        let driver = try PostgresDriver(configuration)
        let other = try PostgresDriver(configuration)
        for _ in 0..<5 {
            let first = try await driver.run("SELECT 1::bigint", [], .writeOnce)
            try await other.once(Self.terminateOthers)
            let second = try await driver.run("SELECT 2::bigint", [], .read)

            #expect(first == [SQLRow([.int64(1)])])
            #expect(second == [SQLRow([.int64(2)])])
        }
        await driver.close()
        await other.close()
    }

    @Test("runs a transaction again on another connection when its own dies before the commit")
    func deathInTransaction() async throws {
        let configuration = try await TemporaryPostgres.makeDatabase()
        let driver = try PostgresDriver(configuration)
        let other = try PostgresDriver(configuration)
        try await other.run("CREATE TABLE public.t (x bigint)")
        let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
        let operation = SQLOperation(
            .write,
            SQLProgram<Bool>.run(Statement(SQL("INSERT INTO public.t VALUES (1)"))) { (_) throws(StoreError) in
                continuation.yield()
                return .run(Statement(SQL("SELECT pg_sleep(0.3) IS NULL"))) { (_) throws(StoreError) in .commit([], true) }
            })

        async let done = driver.perform(operation)
        var beginnings = begun.makeAsyncIterator()
        _ = await beginnings.next()
        try await other.once(Self.terminateOthers)
        _ = try await done

        let count = try await other.run("SELECT count(*) FROM public.t")
        #expect(await beginnings.next() != nil)
        #expect(count == [SQLRow([.int64(1)])])
        await driver.close()
        await other.close()
    }

    @Test("does not repeat a single write whose connection died with it under way")
    func deathOfSingleWrite() async throws {
        let configuration = try await TemporaryPostgres.makeDatabase()
        let driver = try PostgresDriver(configuration)
        let other = try PostgresDriver(configuration)
        try await other.run("CREATE TABLE public.t (x bigint)")
        try await other.run("INSERT INTO public.t VALUES (0)")

        // The write waits for a lock, is seen to wait, and is cut off.
        let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
        let blocked = SQLOperation(
            .write,
            SQLProgram<[SQLRow]>.run(Statement(SQL("SELECT x FROM public.t FOR UPDATE"))) { (_) throws(StoreError) in
                continuation.yield()
                return .run(Statement(SQL("SELECT pg_sleep(0.5) IS NULL"))) { (_) throws(StoreError) in
                    .run(
                        Statement(
                            SQL(
                                """
                                SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                                WHERE datname = current_database() AND query LIKE 'UPDATE%' AND pid <> pg_backend_pid()
                                """))
                    ) { (result) throws(StoreError) in .rollback(result.rows) }
                }
            })
        async let cut = other.perform(blocked)
        var beginnings = begun.makeAsyncIterator()
        _ = await beginnings.next()
        let update = await settled { () async throws(StoreError) in
            try await driver.once(SQL(migration: "UPDATE public.t SET x = x + 1"))
        }
        let terminated = try await cut

        #expect(terminated == [SQLRow([.bool(true)])])
        guard case .failure(.unavailable) = update else {
            Issue.record("the write ended with \(update)")
            return
        }
        let rows = try await driver.run("SELECT x FROM public.t")
        #expect(rows == [SQLRow([.int64(0)])])
        await driver.close()
        await other.close()
    }

    @Test("is unavailable while the server is stopped, then recovers by itself and says so to those who listen")
    func restart() async throws {
        let server = try await PostgresServer.started()
        let driver = try PostgresDriver(server.configuration())
        var signals = driver.changeSignals().makeAsyncIterator()
        _ = await signals.next()
        let before = try await driver.run("SELECT 1::bigint")

        await server.stop()
        let during = await settled { () async throws(StoreError) in try await driver.run("SELECT 2::bigint") }
        try await server.start()
        _ = await signals.next()
        let after = try await driver.run("SELECT 3::bigint")

        #expect(before == [SQLRow([.int64(1)])])
        #expect(after == [SQLRow([.int64(3)])])
        guard case .failure(.unavailable) = during else {
            Issue.record("the operation ended with \(during)")
            return
        }
        await driver.close()
        await server.stop()
    }

    @Test("is unavailable at once where nobody listens, and says why without the password")
    func refusedConnection() async throws {
        var configuration = try PostgresConfiguration(url: "postgresql://ada:hunter2@127.0.0.1/d")
        configuration.hosts[0].port = try PostgresServer.freePort()
        let driver = try PostgresDriver(configuration)

        let error = await #expect(throws: StoreError.self) { try await driver.run("SELECT 1::bigint") }

        #expect(error?.diagnostic?.contains("Connection refused") == true)
        #expect(error?.diagnostic?.contains("hunter2") == false)
        await driver.close()
    }

    @Test("is unavailable where the host has no address or the password is wrong, and finds localhost")
    func resolution() async throws {
        let server = try await TemporaryPostgres.server
        var configuration = server.configuration()
        configuration.password = PostgresPassword(PostgresServer.password)
        func answer() async throws -> Result<[SQLRow], StoreError> {
            let driver = try PostgresDriver(configuration)
            let answer = await settled { () async throws(StoreError) in try await driver.run("SELECT 1::bigint") }
            await driver.close()
            return answer
        }

        configuration.hosts = [.init(name: "localhost", port: server.port)]
        let found = try await answer()
        configuration.hosts = [.init(name: "absent.invalid"), .init(name: "localhost", port: server.port)]
        let second = try await answer()
        configuration.hosts = [.init(name: "absent.invalid")]
        let absent = try await answer()
        configuration.hosts = [.init(name: "127.0.0.1", port: server.port)]
        configuration.password = PostgresPassword("wrong")
        let wrong = try await answer()

        #expect(found == .success([SQLRow([.int64(1)])]))
        #expect(second == found)
        guard case .failure(.unavailable(let reason)) = absent, case .failure(.unavailable(let refusal)) = wrong else {
            Issue.record("\(absent) \(wrong)")
            return
        }
        #expect(reason.text.hasPrefix("absent.invalid: "))
        #expect(refusal.text.contains("password authentication failed"))
    }

    @Test("gives up a statement that takes too long, and the connection lives on")
    func statementTimeout() async throws {
        try await TemporaryPostgres.withDriver({
            $0.statementTimeout = .milliseconds(150)
            $0.pool = PoolLimits(size: 1, overflow: 0)
        }) { driver in
            for access in [SQLOperation<[SQLRow]>.Access.writeOnce, .write] {
                let error = await #expect(throws: StoreError.self) {
                    try await driver.run("SELECT pg_sleep(20) IS NULL", [], access)
                }

                #expect(error == .unavailable("SQLSTATE 57014: canceling statement due to statement timeout"))
            }
            let rows = try await driver.run("SELECT 1::bigint")
            #expect(rows == [SQLRow([.int64(1)])])
        }
    }

    @Test("has the server cancel a statement where it does not keep the bound itself")
    func clientTimeout() async throws {
        try await TemporaryPostgres.withDriver({
            $0.statementTimeout = .milliseconds(150)
            $0.settings[.options] = "-c statement_timeout=0"
            $0.pool = PoolLimits(size: 1, overflow: 0)
        }) { driver in
            let error = await #expect(throws: StoreError.self) {
                try await driver.run("SELECT pg_sleep(20) IS NULL", [], .writeOnce)
            }

            #expect(error == .unavailable("SQLSTATE 57014: canceling statement due to user request"))
            let rows = try await driver.run("SELECT 1::bigint")
            #expect(rows == [SQLRow([.int64(1)])])
        }
    }

    @Test("refuses an operation that no connection becomes free for in time")
    func exhaustion() async throws {
        try await TemporaryPostgres.withDriver({
            $0.pool = PoolLimits(size: 1, overflow: 0, timeout: .milliseconds(100))
        }) { driver in
            let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
            async let holding = driver.perform(sleeping(.read, seconds: 1, begun: continuation))
            var beginnings = begun.makeAsyncIterator()
            _ = await beginnings.next()

            let error = await #expect(throws: StoreError.self) { try await driver.run("SELECT 1::bigint") }

            #expect(error == .unavailable("no connection became free in time"))
            let counts = driver.poolCounts
            #expect(counts.inUse == 1)
            #expect(counts.waiting == 0)
            let held = try await holding
            #expect(held)
        }
    }

    @Test("lets a caller go that is cancelled while it waits, and finishes what has begun")
    func cancellation() async throws {
        try await TemporaryPostgres.withDriver({ $0.pool = PoolLimits(size: 1, overflow: 0) }) { driver in
            try await driver.run("CREATE TABLE public.t (x bigint)")
            let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
            let holding = Task { () async -> Result<Bool, StoreError> in
                await settled { () async throws(StoreError) in
                    try await driver.perform(sleeping(.read, seconds: 1, begun: continuation))
                }
            }
            var beginnings = begun.makeAsyncIterator()
            _ = await beginnings.next()
            let waiting = Task { () async -> Result<[SQLRow], StoreError> in
                await settled { () async throws(StoreError) in try await driver.run("INSERT INTO public.t VALUES (1)") }
            }

            holding.cancel()
            waiting.cancel()
            let left = await waiting.value
            let held = await holding.value

            #expect(left == .failure(.cancelled))
            #expect(held == .success(true))
            let count = try await driver.run("SELECT count(*) FROM public.t")
            #expect(count == [SQLRow([.int64(0)])])
        }
    }

    @Test("lets a caller go that was cancelled before it asked")
    func cancelledBefore() async throws {
        try await TemporaryPostgres.withDriver { driver in
            let task = Task { () async -> Result<[SQLRow], StoreError> in
                withUnsafeCurrentTask { $0?.cancel() }
                return await settled { () async throws(StoreError) in try await driver.run("SELECT 1::bigint") }
            }

            let outcome = await task.value
            #expect(outcome == .failure(.cancelled))
        }
    }

    @Test("finishes what is under way when it is closed, refuses the rest, and may be closed again")
    func close() async throws {
        var configuration = try await TemporaryPostgres.makeDatabase()
        configuration.pool = PoolLimits(size: 1, overflow: 0)
        let driver = try PostgresDriver(configuration)
        let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
        async let holding = driver.perform(sleeping(.write, seconds: 1, begun: continuation))
        var beginnings = begun.makeAsyncIterator()
        _ = await beginnings.next()

        async let first: Void = driver.close()
        await driver.close()
        _ = await first
        let held = try await holding

        #expect(held)
        #expect(driver.poolCounts == PoolCounts())
        await #expect(throws: StoreError.unavailable("the database driver is closed")) {
            try await driver.run("SELECT 1::bigint")
        }
        var signals = driver.changeSignals().makeAsyncIterator()
        #expect(await signals.next() == nil)
        await driver.close()
    }

    @Test("stops waiting for what is under way when the time to close is over")
    func hastyClose() async throws {
        var configuration = try await TemporaryPostgres.makeDatabase()
        configuration.drainTimeout = .milliseconds(50)
        let driver = try PostgresDriver(configuration)
        let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
        let holding = Task { () async -> Result<Bool, StoreError> in
            await settled { () async throws(StoreError) in
                try await driver.perform(sleeping(.write, seconds: 20, begun: continuation))
            }
        }
        var beginnings = begun.makeAsyncIterator()
        _ = await beginnings.next()

        await driver.close()

        let held = await holding.value
        #expect(held == .failure(.unavailable("the database driver is closed")))
    }
}
