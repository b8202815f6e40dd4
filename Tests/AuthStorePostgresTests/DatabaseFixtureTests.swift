// SPDX-License-Identifier: Apache-2.0

import AuthCore
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
            let findings = try await fixture.findingsOfUse(driver, at: Self.now)
            #expect(findings == [], "\(fixture)")
        }
    }

    @Test("are as useful after the way forward, back to their version, and forward again")
    func wayBack() async throws {
        try await withCopies { fixture, driver in
            let findings = try await fixture.findingsOfWayBack(driver, at: Self.now)
            #expect(findings == [], "\(fixture)")
        }
    }
}
