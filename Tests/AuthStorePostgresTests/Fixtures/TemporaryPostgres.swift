// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthTestSupport
import Synchronization

/// The server that all tests of this process share, and a fresh database on it for each.
enum TemporaryPostgres {
    private static let starting = Task { try await PostgresCluster.started() }
    private static let administration = Task {
        try PostgresDriver(try await TemporaryPostgres.starting.value.configuration())
    }
    private static let count = Atomic<Int>(0)

    /// The server; the first test to ask starts it.
    static var server: PostgresCluster {
        get async throws { try await starting.value }
    }

    /// Makes a database, as a copy of `template` where one is named, and leads to it.
    static func makeDatabase(from template: String = "template0") async throws -> PostgresConfiguration {
        let name = "test\(count.add(1, ordering: .relaxed).newValue)"
        try await administrate("CREATE DATABASE \(name) TEMPLATE \(template)")
        return try await server.configuration(name)
    }

    /// Lends a database, a copy of `template` where one is named, and drops it, so that a thousand of them take the room of one.
    static func withDatabase<Outcome>(
        from template: String = "template0", _ body: (PostgresConfiguration) async throws -> Outcome
    ) async throws -> Outcome {
        let configuration = try await makeDatabase(from: template)
        let outcome = await Result(awaiting: { try await body(configuration) })
        try await administrate("DROP DATABASE \(configuration.database) WITH (FORCE)")
        return try outcome.get()
    }

    private static func administrate(_ text: String) async throws {
        let statement = Statement(SQL(migration: text))
        try await administration.value.perform(SQLOperation(.writeOnce, .commit([statement], ())))
    }

    /// Makes a database that holds what another version made, for the role that runs the tests.
    static func makeDatabase(from fixture: DatabaseFixture) async throws -> PostgresConfiguration {
        let configuration = try await makeDatabase()
        // The role that made it, which its policies name.
        let role =
            "DO $$ BEGIN CREATE ROLE authd; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        try await administration.value.run(role)
        let server = try await server
        try await Command(
            try PostgresCluster.binary("psql"), "-h", server.directory.path, "-p", "\(server.port)", "-U", "postgres",
            "-d", configuration.database, "-Xq", "-v", "ON_ERROR_STOP=1", "-f", fixture.script
        ).succeed()
        return configuration
    }

    /// Lends a driver on a fresh database.
    static func withDriver<Outcome>(
        _ change: (inout PostgresConfiguration) -> Void = { _ in }, _ body: (PostgresDriver) async throws -> Outcome
    ) async throws -> Outcome {
        try await withDatabase { database in
            var configuration = database
            change(&configuration)
            let driver = try PostgresDriver(configuration)
            let outcome = await Result(awaiting: { try await body(driver) })
            await driver.close()
            return try outcome.get()
        }
    }
}

extension Result where Failure == any Error {
    /// What came of something that may fail.
    init(awaiting body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

extension PostgresDriver {
    /// Makes the row that operations lock which may append to the change feed, without the rest of the schema.
    func makeFeedHead() async throws(StoreError) {
        try await run("CREATE SCHEMA authd")
        try await run("CREATE TABLE authd.feed_head AS SELECT 0::bigint AS cursor")
    }
}

extension SQLDriver {
    /// Runs statements in one transaction and gives the last one's rows.
    @discardableResult
    func run(
        _ text: String, _ values: [SQLValue] = [], _ access: SQLOperation<[SQLRow]>.Access = .write
    ) async throws(StoreError) -> [SQLRow] {
        try await perform(
            SQLOperation(access, .run(Statement(SQL(migration: text), values)) { .commit([], $0.rows) }))
    }

    /// Runs one kept statement by itself and gives its result.
    @discardableResult
    func once(_ sql: SQL, _ values: [SQLValue] = []) async throws(StoreError) -> SQLResult {
        try await perform(SQLOperation(.writeOnce, .run(Statement(sql, values)) { .commit([], $0) }))
    }
}
