// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres
import Testing

@Suite("PostgreSQL's list of sessions", .timeLimit(.minutes(10)))
struct PostgresSessionsTests {
    @Test("sessions of a daemon are found by the issuer in their name, unless the URL names them otherwise")
    func daemons() async throws {
        var configuration = try await TemporaryPostgres.makeDatabase()
        let looking = try PostgresDriver(configuration)
        configuration.programName = PostgresConfiguration.programName(issuer: "https://id.example")
        configuration.settings[.applicationName] = "mine"
        let named = try PostgresDriver(configuration)
        try await named.requireAnswer()
        let before = try await looking.daemonSessions()
        #expect(before.isEmpty)

        configuration.settings[.applicationName] = nil
        let daemon = try PostgresDriver(configuration)
        try await daemon.requireAnswer()
        let after = try await looking.daemonSessions()
        #expect(after.map(\.name) == ["authd serve https://id.example"])
        let transactions = try await looking.transactions()
        #expect(transactions.allSatisfy { !$0.waitsForLock })

        for driver in [looking, named, daemon] { await driver.close() }
    }
}
