// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStoreSQL
import AuthStoreSQLite
import Testing

@Suite("Migrating SQLite", .timeLimit(.minutes(10))) struct SchemaMigratorTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let latest = Migration.all(for: .sqlite).map(\.version).max() ?? 0

    @Test("up, down and up again, with the right status")
    func thereAndBack() async throws {
        try await withDriver { driver, _ in
            let migrator = SchemaMigrator(driver)
            #expect(try await migrator.status().allSatisfy { !$0.isApplied })
            #expect(await self.error { try await migrator.requireKnownSchema() } == .pending(Array(1...Self.latest)))

            let taken = try await migrator.up(to: 2, at: Self.now)
            #expect(taken.map(\.version) == [1, 2])
            #expect(try await migrator.status().filter(\.isApplied).map(\.version) == [1, 2])
            #expect(try await migrator.plan().map(\.version) == Array(3...Self.latest))

            try await migrator.up(at: Self.now)
            try await migrator.requireKnownSchema()
            try await SQLAuthStore(driver).checkHealth()
            #expect(try await migrator.up(at: Self.now).isEmpty)

            let back = try await migrator.down(to: 0, at: Self.now)
            #expect(back.map(\.version) == (1...Self.latest).reversed())
            let tables = try await driver.run(.read, Statement(Self.tables))
            #expect(try tables.rows.map { row in try row.text(0) } == ["schema_migrations"])
            #expect(try await migrator.up(at: Self.now).count == Int(Self.latest))
        }
    }

    @Test("a database from before the first release is left as it is")
    func beforeFirstRelease() async throws {
        try await withDriver { driver, _ in
            // What such a version remembered of its first step.
            try await driver.make(
                SQL(
                    """
                    CREATE TABLE authd.schema_migrations (
                        version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_us INTEGER NOT NULL
                    ) STRICT
                    """),
                SQL("INSERT INTO authd.schema_migrations VALUES (1, 'users', 'a1e288bb542a89aa', 0)"))
            let migrator = SchemaMigrator(driver)

            #expect(await self.error { try await migrator.requireKnownSchema() } == .beforeFirstRelease)
            #expect(await self.error { _ = try await migrator.up(at: Self.now) } == .beforeFirstRelease)
            #expect(await self.error { _ = try await migrator.down(to: 0, at: Self.now) } == .beforeFirstRelease)
            let tables = try await driver.run(.read, Statement(Self.tables))
            #expect(try tables.rows.map { row in try row.text(0) } == ["schema_migrations"])
        }
    }

    @Test("up does not go down, and down does not go up")
    func directions() async throws {
        try await withDriver { driver, _ in
            let migrator = SchemaMigrator(driver)
            try await migrator.up(to: 3, at: Self.now)

            #expect(try await migrator.up(to: 1, at: Self.now).isEmpty)
            #expect(try await migrator.down(to: 4, at: Self.now).isEmpty)
            #expect(try await migrator.status().filter(\.isApplied).map(\.version) == [1, 2, 3])
        }
    }

    @Test("many migrators at once take each step once")
    func concurrency() async throws {
        try await withDriver { driver, _ in
            let taken = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for _ in 0..<8 {
                    group.addTask { try await SchemaMigrator(driver).up(at: Self.now).map(\.version) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }

            #expect(taken.sorted() == Array(1...Self.latest))
            try await SchemaMigrator(driver).requireKnownSchema()
        }
    }

    @Test("a failed step changes nothing, and those before it stay")
    func failingStep() async throws {
        try await withDriver { driver, _ in
            let migrations = [
                Migration(version: 1, name: "one", up: "CREATE TABLE one (id INTEGER);\n", down: "DROP TABLE one;\n"),
                Migration(
                    version: 2, name: "two", up: "CREATE TABLE two (id INTEGER);\n\nINSERT INTO nowhere VALUES (1);\n",
                    down: "DROP TABLE two;\n"),
            ]
            let migrator = SchemaMigrator(driver, migrations: migrations)

            let failure = await self.error { try await migrator.up(at: Self.now) }

            guard case .store = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(try await migrator.status().filter(\.isApplied).map(\.version) == [1])
            let tables = try await driver.run(.read, Statement(Self.tables))
            #expect(try tables.rows.map { row in try row.text(0) } == ["one", "schema_migrations"])
        }
    }

    @Test("a database of a newer or another program is refused by everything")
    func foreignSchema() async throws {
        try await withDriver { driver, _ in
            let all = Migration.all(for: .sqlite)
            let newer =
                all + [
                    Migration(version: Self.latest + 1, name: "newer", up: "CREATE TABLE newer (id INTEGER);", down: "")
                ]
            try await SchemaMigrator(driver, migrations: newer).up(at: Self.now)
            let migrator = SchemaMigrator(driver)
            let expected = MigrationError.unknownVersion(Self.latest + 1)

            #expect(await self.error { try await migrator.requireKnownSchema() } == expected)
            #expect(await self.error { _ = try await migrator.status() } == expected)
            #expect(await self.error { try await migrator.up(at: Self.now) } == expected)
            #expect(await self.error { try await migrator.down(to: 0, at: Self.now) } == expected)
            await #expect(throws: StoreError.self) { try await SQLAuthStore(driver).checkHealth() }

            let altered = newer.map {
                Migration(version: $0.version, name: $0.name, up: $0.up + " ", down: $0.down)
            }
            let other = SchemaMigrator(driver, migrations: altered)
            #expect(await self.error { try await other.requireKnownSchema() } == .changed(1))
        }
    }

    private static let tables = SQL(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")

    private func error(_ body: () async throws -> Void) async -> MigrationError? {
        await #expect(throws: MigrationError.self) { try await body() }
    }
}
