// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthTestSupport
import AuthTesting
import Testing

/// The store under a role whose settings change the meaning of everything that can be changed.
///
/// The role is a member of `authd_runtime` and owns nothing, so that the checks also prove its privileges to be enough.
@Suite("Store under hostile settings of a role", .serialized, .timeLimit(.minutes(10)))
struct HostileSessionTests {
    /// What a role, a database or a URL may set.
    private static let settings = [
        "default_transaction_read_only = on", "default_transaction_deferrable = on", "synchronous_commit = off",
        // Long enough for the first statement of a session, too short for waiting.
        "statement_timeout = '40ms'", "lock_timeout = '1ms'", "idle_in_transaction_session_timeout = '5ms'",
        "idle_session_timeout = '250ms'", "search_path = hostile, pg_catalog, public",
        "standard_conforming_strings = off", "\"DateStyle\" = 'SQL, DMY'", "\"IntervalStyle\" = 'sql_standard'",
        "\"TimeZone\" = 'Asia/Kathmandu'", "bytea_output = 'escape'", "extra_float_digits = -15", "row_security = off",
        "plan_cache_mode = force_generic_plan", "client_min_messages = error",
        "client_encoding = 'LATIN1'", "transform_null_equals = on",
    ]

    /// A database with the schema, and an operator that would answer in place of `=` where the search path found it.
    private static let template = Task {
        let configuration = try await TemporaryPostgres.makeDatabase()
        let driver = try PostgresDriver(configuration)
        try await driver.run("DO $$ BEGIN CREATE ROLE authd_runtime; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        try await SchemaMigrator(driver).up(at: Timestamp(microseconds: 0))
        for statement in [
            "CREATE SCHEMA hostile", "GRANT USAGE ON SCHEMA hostile TO PUBLIC",
            "CREATE FUNCTION hostile.never(uuid, uuid) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false'",
            "CREATE OPERATOR hostile.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = hostile.never)",
        ] { try await driver.run(statement) }
        for isolation in isolations {
            let role = role(isolation)
            try await driver.run("CREATE ROLE \(role) LOGIN IN ROLE authd_runtime")
            try await driver.run("ALTER ROLE \(role) SET default_transaction_isolation = '\(isolation)'")
            for setting in settings + (compiling[isolation] ?? []) {
                try await driver.run("ALTER ROLE \(role) SET \(setting)")
            }
        }
        await driver.close()
        return configuration.database
    }

    private static let isolations = ["repeatable read", "serializable"]

    /// What has every statement compiled; where sessions are few, for each takes longer to load the compiler than for its check.
    private static let compiling = ["repeatable read": ["jit = on", "jit_above_cost = 0"]]

    private static func role(_ isolation: String) -> String {
        "hostile_" + isolation.split(separator: " ").joined(separator: "_")
    }

    /// The one in front of the database of every check.
    private static let pooler = Task { try await PgBouncer.started(forEveryDatabaseAs: role("repeatable read")) }

    private func run(
        _ check: StoreCheck, isolation: String, through pooler: PgBouncer? = nil
    ) async throws {
        try await TemporaryPostgres.withDatabase(from: Self.template.value) { database in
            var configuration = pooler?.configuration(database.database) ?? database
            configuration.user = Self.role(isolation)
            configuration.connectTimeout = .seconds(60)
            let driver = try PostgresDriver(configuration)
            let result = await Result(awaiting: { try await check.run(SQLAuthStore(driver)) })
            await driver.close()
            do {
                try result.get()
            } catch let error as StoreError {
                throw Failure(error.diagnostic ?? error.description)
            }
        }
    }

    @Test("conforms", arguments: StoreConformance.allChecks)
    func conforms(_ check: StoreCheck) async throws {
        try await run(check, isolation: "serializable")
    }

    @Test(
        "keeps one of two administrators who remove each other at once, in many rounds", arguments: isolations, 0..<8)
    func administrators(_ isolation: String, _ round: Int) async throws {
        let removals = StoreConformance.allChecks.filter { $0.clause == "U7" }
        try #require(removals.count > 1)
        for check in removals { try await run(check, isolation: isolation) }
    }

    @Test("conforms behind a transaction pooler", arguments: StoreConformance.allChecks)
    func conformsBehindPooler(_ check: StoreCheck) async throws {
        try await run(check, isolation: "repeatable read", through: Self.pooler.value)
    }
}
