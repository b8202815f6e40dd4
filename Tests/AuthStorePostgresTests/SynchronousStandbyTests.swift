// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import AuthTestSupport
import Testing

@testable import AuthStorePostgres

/// A primary that acknowledges nothing before its standby has it, and the standby cut off.
@Suite("PostgreSQL with a synchronous standby", .serialized, .timeLimit(.minutes(10)))
struct SynchronousStandbyTests {
    private static let insert = SQL("INSERT INTO public.t (x) VALUES ($1)")
    private static let isThere = SQL("SELECT x FROM public.t ORDER BY x")

    private func write(_ number: Int64, _ access: SQLOperation<Bool>.Access) -> SQLOperation<Bool> {
        SQLOperation(access, .commit([Statement(Self.insert, [.int64(number)])], true))
    }

    /// The answer to a write of each kind.
    private func answers(_ driver: PostgresDriver, from number: Int64) async -> [Result<Bool, StoreError>] {
        var answers: [Result<Bool, StoreError>] = []
        for (offset, access) in [SQLOperation<Bool>.Access.writeOnce, .write].enumerated() {
            do throws(StoreError) {
                answers.append(.success(try await driver.perform(write(number + Int64(offset), access))))
            } catch {
                answers.append(.failure(error))
            }
        }
        return answers
    }

    @Test("acknowledges only commits that the standby has, so that none is lost at a failover")
    func cutOff() async throws {
        let primary = try await PostgresCluster.started { _ in ["wal_level=replica", "hot_standby=on"] }
        var configuration = primary.configuration()
        configuration.statementTimeout = .milliseconds(800)
        let driver = try PostgresDriver(configuration)
        try await driver.run("CREATE TABLE public.t (x bigint PRIMARY KEY)")
        let standby = try await primary.standby()
        try await driver.once(SQL("ALTER SYSTEM SET synchronous_standby_names = '*'"))
        try await driver.run("SELECT pg_reload_conf()")
        // The standby counts from when the primary has read its settings again and heard of it.
        while try await driver.run("SELECT true FROM pg_stat_replication WHERE sync_state = 'sync'").isEmpty {}

        let together = await answers(driver, from: 0)
        #expect(together == [.success(true), .success(true)])

        await standby.stop()
        let alone = await answers(driver, from: 10)
        for answer in alone {
            guard case .failure(.unavailable(let diagnostic)) = answer else {
                Issue.record("a write that only the primary has was answered with \(answer)")
                continue
            }
            #expect(diagnostic.text.contains("synchronous replication"), "\(diagnostic.text)")
        }

        await driver.close()
        await primary.stop()
        try await standby.start()
        let survivor = try PostgresDriver(standby.configuration())
        let kept = try await survivor.perform(
            SQLOperation(.read, SQLProgram.run(Statement(Self.isThere)) { .commit([], $0.rows) }))
        #expect(kept == (0..<2).map { SQLRow([.int64($0)]) })
        await survivor.close()
        await standby.stop()
    }

    @Test("of several hosts, the one that accepts writes is used, wherever it stands in the list")
    func writableHost() async throws {
        let primary = try await PostgresCluster.started { _ in ["wal_level=replica", "hot_standby=on"] }
        let standby = try await primary.standby()
        func run(
            _ servers: [PostgresCluster], _ text: String, _ query: String = ""
        ) async throws -> [SQLRow] {
            let hosts = servers.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
            let driver = try PostgresDriver(
                PostgresConfiguration(url: "postgresql://postgres:p%40ss%2Fword%20%231@\(hosts)/postgres\(query)"))
            let rows = await Result(awaiting: { try await driver.run(text) })
            await driver.close()
            return try rows.get()
        }
        for (number, servers) in [[standby, primary], [primary, standby]].enumerated() {
            _ = try await run(servers, "CREATE TABLE public.t\(number) (x bigint)")
            let rows = try await run(servers, "SELECT pg_is_in_recovery()")
            #expect(rows == [SQLRow([.bool(false)])])
        }

        // To libpq, a primary whose role only reads by default is no better than a standby.
        _ = try await run([primary], "ALTER ROLE postgres SET default_transaction_read_only = on")
        await #expect(throws: StoreError.self) { try await run([standby, primary], "SELECT true") }
        for (servers, query) in [([primary], ""), ([standby, primary], "?target_session_attrs=primary")] {
            let rows = try await run(servers, "SELECT pg_is_in_recovery()", query)
            #expect(rows == [SQLRow([.bool(false)])])
        }
        await standby.remove()
        await primary.remove()
    }

    @Test("accepts a commit despite a trigger's warning")
    func triggerWarning() async throws {
        try await TemporaryPostgres.withDriver { driver in
            try await driver.run("CREATE TABLE public.t (x bigint PRIMARY KEY)")
            try await driver.run(
                """
                CREATE FUNCTION public.warn() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN RAISE WARNING 'a row came'; RETURN NEW; END $$
                """)
            try await driver.run(
                "CREATE TRIGGER warn BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.warn()")

            let written = await answers(driver, from: 0)

            #expect(written == [.success(true), .success(true)])
        }
    }
}
