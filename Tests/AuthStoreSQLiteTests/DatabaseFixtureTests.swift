// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStoreSQL
import AuthStoreSQLite
import AuthTestSupport
import Testing

@Suite("SQLite databases of released versions", .timeLimit(.minutes(10))) struct DatabaseFixtureTests {
    private static let now = Timestamp(seconds: 1_900_000_000)

    private func withCopies(_ body: (DatabaseFixture, SQLiteDriver) async throws -> Void) async throws {
        for fixture in try DatabaseFixture.all(for: .sqlite) {
            let database = try TemporaryDatabase()
            try await Command("sqlite3", "-bail", database.path, ".read '\(fixture.script)'").succeed()
            let driver = try await SQLiteDriver.open(database.configuration)
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(fixture, driver))
            } catch {
                outcome = .failure(error)
            }
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
