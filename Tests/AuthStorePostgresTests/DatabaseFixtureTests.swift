// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthTestSupport
import Testing

@Suite("PostgreSQL databases of released versions", .timeLimit(.minutes(10))) struct DatabaseFixtureTests {
    private static let now = Timestamp(seconds: 1_900_000_000)

    private func withCopies(_ body: (DatabaseFixture, PostgresDriver) async throws -> Void) async throws {
        for fixture in try DatabaseFixture.all(for: .postgres) {
            let configuration = try await TemporaryPostgres.makeDatabase(from: fixture)
            let driver = try PostgresDriver(configuration)
            let outcome = await Result(awaiting: { try await body(fixture, driver) })
            await driver.close()
            try outcome.get()
        }
    }

    @Test("are migrated, and their passwords, sessions, mailed tokens, keys and audit log are of use")
    func use() async throws {
        try await withCopies { fixture, driver in
            let migrator = SchemaMigrator(driver)
            try await migrator.up(at: Self.now)
            try await migrator.requireKnownSchema()

            let use = try await fixture.use(driver)

            let names = fixture.usernames
            #expect(use.foundAudit.fault == nil, "\(fixture)")
            #expect(use.foundAudit.count > 4 && use.foundAudit.unsealedCount == 0, "\(fixture)")
            #expect(use.users == [names.active, names.active, names.active], "\(fixture)")
            #expect(use.principal.username?.original == names.active, "\(fixture)")
            #expect(use.signsWithStoredKey, "\(fixture)")
            #expect(use.verified.username?.original == names.unverified, "\(fixture)")
            #expect(use.refusal == .invalidCredentials, "\(fixture)")
            #expect(use.refusalAfterReset == .invalidCredentials, "\(fixture)")
            #expect(use.finalAudit.fault == nil, "\(fixture)")
            #expect(use.finalAudit.count > use.foundAudit.count && use.finalAudit.unsealedCount == 0, "\(fixture)")
        }
    }

    @Test("are as useful after the way forward, back to their version, and forward again")
    func wayBack() async throws {
        try await withCopies { fixture, driver in
            let migrator = SchemaMigrator(driver)
            try await migrator.up(at: Self.now)
            try await migrator.down(to: fixture.schemaVersion, at: Self.now)
            #expect(try await migrator.status().filter(\.isApplied).count == Int(fixture.schemaVersion), "\(fixture)")
            try await migrator.up(at: Self.now)

            let use = try await fixture.use(driver)
            let orphans = try await SQLAuthStore(driver).orphanCount()
            let back = try await migrator.down(to: 0, at: Self.now)
            try await migrator.up(at: Self.now)

            #expect(use.users.count == 3 && use.finalAudit.fault == nil, "\(fixture)")
            #expect(orphans == 0, "\(fixture)")
            #expect(back.last?.version == 1, "\(fixture)")
            try await migrator.requireKnownSchema()
        }
    }
}
