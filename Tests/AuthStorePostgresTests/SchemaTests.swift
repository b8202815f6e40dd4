// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import Testing

@Suite("Schema in PostgreSQL", .timeLimit(.minutes(10))) struct SchemaTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let latest = Migration.all(for: .postgres).map(\.version).max() ?? 0

    @Test("up, down and up again")
    func thereAndBack() async throws {
        try await TemporaryPostgres.withDriver { driver in
            let migrator = SchemaMigrator(driver)
            #expect(try await migrator.up(at: Self.now).count == Int(Self.latest))
            try await migrator.requireKnownSchema()
            #expect(try await migrator.down(to: 0, at: Self.now).count == Int(Self.latest))
            #expect(try await driver.tables == ["schema_migrations"])
            #expect(try await migrator.up(at: Self.now).count == Int(Self.latest))
            try await SQLAuthStore(driver).checkHealth()
        }
    }

    @Test("a database from before the first release is left as it is")
    func beforeFirstRelease() async throws {
        try await TemporaryPostgres.withDriver { driver in
            // What such a version remembered of its first step.
            try await driver.run("CREATE SCHEMA authd")
            try await driver.run(
                """
                CREATE TABLE authd.schema_migrations (
                    version bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at_us bigint NOT NULL
                )
                """)
            try await driver.run("INSERT INTO authd.schema_migrations VALUES (1, 'users', '699f6c40f69fd399', 0)")
            let migrator = SchemaMigrator(driver)

            await #expect(throws: MigrationError.beforeFirstRelease) { try await migrator.requireKnownSchema() }
            await #expect(throws: MigrationError.beforeFirstRelease) { try await migrator.up(at: Self.now) }
            await #expect(throws: MigrationError.beforeFirstRelease) { try await migrator.down(to: 0, at: Self.now) }
            #expect(try await driver.tables == ["schema_migrations"])
        }
    }

    @Test("many migrators at once take each step once")
    func concurrency() async throws {
        try await TemporaryPostgres.withDriver { driver in
            let taken = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for _ in 0..<6 {
                    group.addTask { try await SchemaMigrator(driver).up(at: Self.now).map(\.version) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }

            #expect(taken.sorted() == Array(1...Self.latest))
        }
    }

    @Test("row-level security is on for every table, each has a policy, and nothing is granted to the public")
    func protection() async throws {
        try await TemporaryPostgres.withDriver { driver in
            try await SchemaMigrator(driver).up(at: Self.now)

            let open = try await driver.run(
                """
                SELECT c.relname::text FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'authd' AND c.relkind = 'r' AND (NOT c.relrowsecurity OR NOT EXISTS
                (SELECT FROM pg_catalog.pg_policies p WHERE p.schemaname = 'authd' AND p.tablename = c.relname))
                """)
            let granted = try await driver.run(
                """
                SELECT table_name::text FROM information_schema.table_privileges
                WHERE table_schema = 'authd' AND grantee = 'PUBLIC'
                """)
            let isUsable = try await driver.run("SELECT has_schema_privilege('pg_monitor', 'authd', 'USAGE')")

            #expect(open.isEmpty)
            #expect(granted.isEmpty)
            #expect(try isUsable.first?.bool(0) == false)
        }
    }

    @Test("the runtime role reads and writes rows, and cannot change the schema or its history")
    func runtimeRole() async throws {
        try await TemporaryPostgres.withDriver { driver in
            try await SchemaMigrator(driver).up(at: Self.now)
            let role = "DO $$ BEGIN CREATE ROLE authd_runtime; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            try await driver.run(role)
            try await driver.run("DO $$ BEGIN PERFORM authd.protect_tables(); END $$")

            let privileges = try await driver.run(
                """
                SELECT has_table_privilege('authd_runtime', 'authd.users', 'SELECT, INSERT, UPDATE, DELETE'),
                has_table_privilege('authd_runtime', 'authd.schema_migrations', 'SELECT'),
                has_table_privilege('authd_runtime', 'authd.schema_migrations', 'INSERT'),
                has_schema_privilege('authd_runtime', 'authd', 'CREATE')
                """)
            let row = try #require(privileges.first)
            #expect(try (0..<4).map { position in try row.bool(position) } == [true, true, false, false])
            let seen = try await driver.perform(
                SQLOperation(
                    .write,
                    .run([
                        Statement(SQL(migration: "SET LOCAL ROLE authd_runtime")),
                        Statement(SQL(migration: "SELECT count(*) FROM authd.user_counts")),
                    ]) { (results) throws(StoreError) in
                        .commit([], try results.last?.first?.int64(0))
                    }))
            #expect(seen == 16)
        }
    }

    @Test("the key of every table that belongs to users begins with the user's id, and identifiers refer to no table")
    func keys() async throws {
        try await TemporaryPostgres.withDriver { driver in
            try await SchemaMigrator(driver).up(at: Self.now)

            let keys = try await driver.run(
                """
                SELECT k.conrelid::regclass::text, a.attname::text FROM pg_catalog.pg_constraint k
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
                WHERE k.contype = 'p' AND k.conrelid IN
                (SELECT conrelid FROM pg_catalog.pg_constraint WHERE confrelid = 'authd.users'::regclass)
                ORDER BY 1
                """)
            let references = try await driver.run(
                """
                SELECT confrelid::regclass::text FROM pg_catalog.pg_constraint
                WHERE contype = 'f' AND conrelid = 'authd.identifiers'::regclass
                """)

            #expect(
                try keys.map { try $0.text(0) } == [
                    "authd.address_changes", "authd.address_confirmations", "authd.identities", "authd.invitations",
                    "authd.mail_budgets",
                    "authd.one_time_tokens",
                    "authd.passwords",
                    "authd.sessions",
                    "authd.sign_in_places",
                    "authd.supabase_codes",
                ])
            // A code leads to its user, as a name does: who exchanges it does not say whose it is.
            for key in keys {
                #expect(try key.text(1) == (try key.text(0) == "authd.supabase_codes" ? "digest" : "user_id"))
            }
            #expect(references.isEmpty)
        }
    }

    @Test("no index has a column that every refresh moves, so that PostgreSQL updates within the page")
    func heapOnlyUpdates() async throws {
        try await TemporaryPostgres.withDriver { driver in
            try await SchemaMigrator(driver).up(at: Self.now)

            let indexes = try await driver.run(
                "SELECT indexdef FROM pg_catalog.pg_indexes WHERE schemaname = 'authd' AND tablename = 'sessions'")

            #expect(indexes.count == 2)
            for index in indexes {
                let definition = try index.text(0)
                for column in ["counter", "rotated_at_us", "idle_until_us"] {
                    #expect(!definition.contains(column), "\(definition)")
                }
            }
        }
    }
}

extension PostgresDriver {
    fileprivate var tables: [String] {
        get async throws {
            let rows = try await run(
                "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = 'authd' ORDER BY tablename")
            return try rows.map { row in try row.text(0) }
        }
    }
}
