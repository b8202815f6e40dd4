// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthTestSupport
import Testing

/// Settings that others change while connections are open.
@Suite("Settings of open sessions", .timeLimit(.minutes(10)))
struct SessionSettingsTests {
    private static let current = """
        SELECT pg_backend_pid()::bigint, current_setting('synchronous_commit'), current_setting('transaction_isolation'),
        current_setting('transaction_read_only'), current_setting('work_mem')
        """

    @Test("stay when the server, the database and the role are set otherwise and the server reads its file again")
    func outsideChanges() async throws {
        // A server of its own, whose settings no other test shares.
        let cluster = try await PostgresCluster.started()
        var configuration = cluster.configuration()
        configuration.pool = PoolLimits(size: 1, overflow: 0)
        let driver = try PostgresDriver(configuration)
        let result = await Result(awaiting: { try await check(driver, configuration, on: cluster) })
        await driver.close()
        await cluster.remove()
        try result.get()
    }

    private func check(
        _ driver: PostgresDriver, _ configuration: PostgresConfiguration, on cluster: PostgresCluster
    ) async throws {
        let session = try #require(try await driver.run(Self.current).first).int64(0)
        // One session makes all changes, which would hinder the next one. The last setting is one that the driver leaves
        // alone: it shows when a session has read the file.
        let settings = [
            "synchronous_commit = 'off'", "default_transaction_isolation = 'serializable'",
            "default_transaction_read_only = on", "work_mem = '5MB'",
        ]
        let changes = settings.flatMap { setting in
            ["SYSTEM", "DATABASE postgres", "ROLE postgres"].map { "ALTER \($0) SET \(setting)" }
        }
        try await psql(changes + ["SELECT pg_reload_conf()"], on: cluster)
        var hasRead = false
        for _ in 0..<10_000 where !hasRead {
            hasRead = try await driver.run(Self.current).first?.text(4) == "5MB"
        }
        #expect(hasRead)
        let others = try await psql(
            ["SELECT current_setting('synchronous_commit'), current_setting('transaction_isolation')"], on: cluster)
        #expect(others == "off|serializable\n")

        let kinds: [SQLOperation<[SQLRow]>.Access] = [.read, .writeOnce, .write]
        for kind in kinds {
            let row = try #require(try await driver.run(Self.current, [], kind).first)
            #expect(try row.int64(0) == session, "\(kind)")
            #expect(try (1...3).map { try row.text($0) } == ["on", "read committed", "off"], "\(kind)")
        }
        let new = try PostgresDriver(configuration)
        let rows = await Result(awaiting: { try await new.run(Self.current) })
        await new.close()
        let row = try #require(try rows.get().first)
        #expect(try row.int64(0) != session)
        #expect(try (1...3).map { try row.text($0) } == ["on", "read committed", "off"])
    }

    /// Runs SQL in a session whose settings are those of server, database and role.
    @discardableResult
    private func psql(_ statements: [String], on cluster: PostgresCluster) async throws -> String {
        let way = ["-h", cluster.directory.path, "-p", "\(cluster.port)", "-U", "postgres", "-d", "postgres"]
        let arguments = ["-XqAt", "-v", "ON_ERROR_STOP=1"] + statements.flatMap { ["-c", $0] }
        return try await Command([try PostgresCluster.binary("psql")] + way + arguments).succeed()
    }
}
