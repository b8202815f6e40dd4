// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthTestSupport
import Foundation
import Testing

@Suite("PostgreSQL store by its name", .timeLimit(.minutes(10))) struct PostgresAuthStoreTests {
    private static let latest = Migration.all(for: .postgres).map(\.version).max() ?? 0

    /// The URL of a new, empty database.
    private func emptyDatabase() async throws -> String {
        let configuration = try await TemporaryPostgres.makeDatabase()
        return try await Self.url(of: configuration.database)
    }

    /// The URL of a database, over TCP, where the server asks for the password.
    private static func url(of database: String) async throws -> String {
        let server = try await TemporaryPostgres.server
        let password = "p%40ss%2Fword%20%231"
        #expect(password.removingPercentEncoding == PostgresCluster.password)
        return "postgresql://postgres:\(password)@127.0.0.1:\(server.port)/\(database)"
    }

    @Test("a URL is enough; the schema is migrated where that is asked for, and otherwise named as missing")
    func opening() async throws {
        let url = try await emptyDatabase()

        await #expect(throws: StoreOpenError.schema(.pending(Int(Self.latest)))) {
            try await PostgresAuthStore.open(url: url)
        }
        let store = try await PostgresAuthStore.open(url: url, schema: .migrate())
        try await store.checkHealth()
        let other = try await PostgresAuthStore.open(url: url)
        #expect(try await other.schemaFault() == nil)
        await other.close()
        await store.close()
    }

    @Test("processes that migrate an empty database at once all find its schema")
    func atOnce() async throws {
        let url = try await emptyDatabase()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let store = try await PostgresAuthStore.open(url: url, schema: .migrate())
                    try await store.checkHealth()
                    await store.close()
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("a role or database that the server refuses, a server that does not answer and a text that is no URL differ")
    func failures() async throws {
        let server = try await TemporaryPostgres.server

        for url in [
            "postgresql://stranger@127.0.0.1:\(server.port)/postgres",
            try await Self.url(of: "no_such"),
        ] {
            let error = await #expect(throws: StoreOpenError.self) { try await PostgresAuthStore.open(url: url) }
            guard case .denied = error else {
                Issue.record("got \(String(describing: error))")
                continue
            }
        }
        // The discard port, where nothing listens.
        let error = await #expect(throws: StoreOpenError.self) {
            try await PostgresAuthStore.open(url: "postgresql://postgres:secret@127.0.0.1:9/postgres")
        }
        guard case .unavailable(let diagnostic) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(!diagnostic.text.contains("secret"))
        await #expect(throws: StoreOpenError.invalidURL(PostgresURLError.missingDatabase.description)) {
            try await PostgresAuthStore.open(url: "postgresql://postgres@127.0.0.1")
        }
    }
}
