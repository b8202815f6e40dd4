// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import AuthTestSupport
import Testing

@testable import AuthStorePostgres

@Suite("PostgreSQL recovery", .timeLimit(.minutes(10)))
struct PostgresRecoveryTests {
    private static let terminateOthers = SQL(
        """
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """)

    private static let terminateWaiting = SQL(
        """
        SELECT pg_terminate_backend(pid, 5000) FROM pg_locks
        WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
        """)

    /// Cuts off the connections that wait for this transaction, once there is one.
    private static func untilSomebodyIsCutOff() -> SQLProgram<Bool> {
        .run([Statement(nap), Statement(terminateWaiting)]) { (results) throws(StoreError) in
            results[1].rows.isEmpty ? untilSomebodyIsCutOff() : .rollback(true)
        }
    }

    /// An operation that tells when it has begun and then holds its connection until the gate is open.
    private static func holding(
        _ access: SQLOperation<Bool>.Access, first: SQL = SQL("SELECT 1::bigint"), begun: AsyncStream<Void>.Continuation
    ) -> SQLOperation<Bool> {
        SQLOperation(
            access,
            .run(Statement(first)) { (_) throws(StoreError) in
                begun.yield()
                return untilGateIsOpen()
            })
    }

    private static let nap = SQL("SELECT pg_sleep(0.01) IS NULL")
    private static let gate = SQL("SELECT count(*) FROM public.gate")

    private static func untilGateIsOpen() -> SQLProgram<Bool> {
        .run([Statement(nap), Statement(gate)]) { (results) throws(StoreError) in
            try results[1].rows[0].int64(0) > 0 ? .commit([], true) : untilGateIsOpen()
        }
    }

    /// Lends two drivers on one database: the one under test, and one for what others do.
    ///
    /// The gate is closed.
    private func withTwoDrivers(
        _ change: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (_ driver: PostgresDriver, _ other: PostgresDriver) async throws -> Void
    ) async throws {
        try await TemporaryPostgres.withDriver { other in
            try await other.run("CREATE TABLE public.gate (x bigint)")
            try await other.run("CREATE TABLE public.t (x bigint)")
            let name = try await other.run("SELECT current_database()::text")
            var configuration = try await TemporaryPostgres.server.configuration(try name[0].text(0))
            change(&configuration)
            let driver = try PostgresDriver(configuration)
            let outcome = await Result(awaiting: { try await body(driver, other) })
            await driver.close()
            try outcome.get()
        }
    }

    private func openGate(_ driver: PostgresDriver) async throws {
        try await driver.run("INSERT INTO public.gate VALUES (1)")
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
        try await withTwoDrivers { driver, other in
            for _ in 0..<5 {
                let first = try await driver.run("SELECT 1::bigint")
                try await other.once(Self.terminateOthers)
                let second = try await driver.run("SELECT 2::bigint", [], .read)

                #expect(first == [SQLRow([.int64(1)])])
                #expect(second == [SQLRow([.int64(2)])])
            }
        }
    }

    @Test("runs a transaction again on another connection when its own dies before the commit")
    func deathInTransaction() async throws {
        try await withTwoDrivers { driver, other in
            let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
            let insert = SQL("INSERT INTO public.t VALUES (1)")
            async let done = driver.perform(Self.holding(.write, first: insert, begun: continuation))
            var beginnings = begun.makeAsyncIterator()
            _ = await beginnings.next()

            try await other.once(Self.terminateOthers)
            _ = await beginnings.next()
            try await openGate(other)
            let isDone = try await done

            let count = try await other.run("SELECT count(*) FROM public.t")
            #expect(isDone)
            #expect(count == [SQLRow([.int64(1)])])
        }
    }

    @Test("does not repeat a single write whose connection died with it under way")
    func deathOfSingleWrite() async throws {
        try await withTwoDrivers { driver, other in
            try await other.run("INSERT INTO public.t VALUES (0)")
            let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
            let lock = SQL("SELECT x FROM public.t FOR UPDATE")
            async let cutting = other.perform(
                SQLOperation(
                    .write,
                    .run(Statement(lock)) { (_) throws(StoreError) in
                        continuation.yield()
                        return Self.untilSomebodyIsCutOff()
                    }))
            var beginnings = begun.makeAsyncIterator()
            _ = await beginnings.next()

            let update = await settled { () async throws(StoreError) in
                try await driver.once(SQL("UPDATE public.t SET x = x + 1"))
            }
            let isCut = try await cutting

            let rows = try await driver.run("SELECT x FROM public.t")
            #expect(isCut)
            #expect(rows == [SQLRow([.int64(0)])])
            guard case .failure(.unavailable) = update else {
                Issue.record("the write ended with \(update)")
                return
            }
        }
    }

    @Test("is unavailable while the server is stopped, then recovers by itself and wakes listeners")
    func restart() async throws {
        let server = try await PostgresCluster.started()
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

    @Test("is unavailable at once if the port is closed, with a reason that has no password")
    func refusedConnection() async throws {
        var configuration = try PostgresConfiguration(url: "postgresql://ada:hunter2@127.0.0.1/d")
        configuration.hosts[0].port = try LoopbackSocket.freePort()
        let driver = try PostgresDriver(configuration)

        let error = await #expect(throws: StoreError.self) { try await driver.run("SELECT 1::bigint") }

        #expect(error?.diagnostic?.contains("Connection refused") == true)
        #expect(error?.diagnostic?.contains("hunter2") == false)
        await driver.close()
    }

    @Test("is unavailable where the host has no address, denies a wrong password, and finds localhost")
    func resolution() async throws {
        let server = try await TemporaryPostgres.server
        var configuration = server.configuration()
        configuration.password = PostgresPassword(PostgresCluster.password)
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
        guard case .failure(.unavailable(let reason)) = absent, case .failure(.denied(let refusal)) = wrong else {
            Issue.record("\(absent) \(wrong)")
            return
        }
        #expect(reason.text.hasPrefix("absent.invalid: "))
        #expect(refusal.text.contains("password authentication failed"))
    }

    @Test("gives up a statement that takes too long, and the connection lives on")
    func statementTimeout() async throws {
        try await TemporaryPostgres.withDriver({
            $0.statementTimeout = .milliseconds(400)
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
            $0.statementTimeout = .milliseconds(400)
            $0.pool = PoolLimits(size: 1, overflow: 0)
        }) { driver in
            let unbound = [
                Statement(SQL("SET LOCAL statement_timeout = 0")), Statement(SQL("SELECT pg_sleep(20) IS NULL")),
            ]
            let error = await #expect(throws: StoreError.self) {
                try await driver.perform(SQLOperation(.write, .commit(unbound, true)))
            }

            #expect(error == .unavailable("SQLSTATE 57014: canceling statement due to user request"))
            let rows = try await driver.run("SELECT 1::bigint")
            #expect(rows == [SQLRow([.int64(1)])])
        }
    }

    @Test("refuses an operation that no connection becomes free for in time")
    func exhaustion() async throws {
        try await withTwoDrivers({
            $0.pool = PoolLimits(size: 1, overflow: 0, timeout: .milliseconds(100))
        }) { driver, other in
            // Opening a connection may take longer than that; afterwards it is there.
            func isOpen() async -> Bool { (try? await driver.run("SELECT 1::bigint")) != nil }
            while await !isOpen() {}
            let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
            async let holding = driver.perform(Self.holding(.read, begun: continuation))
            var beginnings = begun.makeAsyncIterator()
            _ = await beginnings.next()

            let error = await #expect(throws: StoreError.self) { try await driver.run("SELECT 1::bigint") }

            let counts = driver.poolCounts
            #expect(error == .unavailable("no connection became free in time"))
            #expect(counts.inUse == 1)
            #expect(counts.waiting == 0)
            try await openGate(other)
            let held = try await holding
            #expect(held)
        }
    }

    @Test("returns at once to a caller that is cancelled while it waits, and finishes operations that have begun")
    func cancellation() async throws {
        try await withTwoDrivers({ $0.pool = PoolLimits(size: 1, overflow: 0) }) { driver, other in
            let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
            let holding = Task { () async -> Result<Bool, StoreError> in
                await settled { () async throws(StoreError) in
                    try await driver.perform(Self.holding(.read, begun: continuation))
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
            try await openGate(other)
            let held = await holding.value

            let count = try await driver.run("SELECT count(*) FROM public.t")
            #expect(left == .failure(.cancelled))
            #expect(held == .success(true))
            #expect(count == [SQLRow([.int64(0)])])
        }
    }

    @Test("returns at once to a caller that was cancelled before")
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

    @Test("closing finishes operations in flight, rejects the rest, and can be repeated")
    func close() async throws {
        try await withTwoDrivers({ $0.pool = PoolLimits(size: 1, overflow: 0) }) { driver, other in
            let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
            async let holding = driver.perform(Self.holding(.write, begun: continuation))
            var beginnings = begun.makeAsyncIterator()
            _ = await beginnings.next()

            async let first: Void = driver.close()
            async let second: Void = driver.close()
            try await openGate(other)
            _ = await (first, second)
            let held = try await holding

            #expect(held)
            #expect(driver.poolCounts == PoolCounts())
            await #expect(throws: StoreError.unavailable("the database driver is closed")) {
                try await driver.run("SELECT 1::bigint")
            }
            var signals = driver.changeSignals().makeAsyncIterator()
            #expect(await signals.next() == nil)
        }
    }

    @Test("closing stops waiting for operations in flight at its deadline")
    func hastyClose() async throws {
        try await withTwoDrivers({ $0.drainTimeout = .milliseconds(50) }) { driver, _ in
            let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
            let holding = Task { () async -> Result<Bool, StoreError> in
                await settled { () async throws(StoreError) in
                    try await driver.perform(Self.holding(.write, begun: continuation))
                }
            }
            var beginnings = begun.makeAsyncIterator()
            _ = await beginnings.next()

            await driver.close()

            let held = await holding.value
            #expect(held == .failure(.unavailable("the database driver is closed")))
        }
    }
}
