// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthStoreSQL
import AuthStoreSQLite
import AuthTesting
import Testing

@Suite("SQLite store by its name", .timeLimit(.minutes(10))) struct SQLiteAuthStoreTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let latest = Migration.all(for: .sqlite).map(\.version).max() ?? 0

    /// Why opening fails; `nil` where it does not.
    private func failure(
        _ path: String, _ schema: SchemaPreparation = .migrate(at: Self.now)
    ) async -> StoreOpenError? {
        do throws(StoreOpenError) {
            let store = try await SQLiteAuthStore.open(path: path, schema: schema)
            await store.close()
            return nil
        } catch {
            return error
        }
    }

    @Test("a path is enough: the file is made, its schema is there, and a second process opens it too")
    func opening() async throws {
        let database = try TemporaryDatabase()

        let store = try await SQLiteAuthStore.open(path: database.path)
        let other = try await SQLiteAuthStore.open(url: "sqlite:///\(database.path)", schema: .require)

        try await store.checkHealth()
        #expect(try await other.schemaFault() == nil)
        #expect(database.permissions(of: "authd.db") == 0o600)
        await other.close()
        await store.close()
    }

    @Test("processes that open an empty file at once all find its schema")
    func atOnce() async throws {
        let database = try TemporaryDatabase()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let store = try await SQLiteAuthStore.open(path: database.path)
                    try await store.checkHealth()
                    await store.close()
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("what is only to be checked is neither made nor migrated, and the error says how many steps are missing")
    func requiring() async throws {
        let database = try TemporaryDatabase()

        #expect(await failure(database.path, .require) == .missingFile(database.path))
        #expect(database.permissions(of: "authd.db") == nil)
        try database.write("", to: "authd.db")
        #expect(await failure(database.path, .require) == .schema(.pending(Int(Self.latest))))
        #expect(await failure(database.path) == nil)
        #expect(await failure(database.path, .require) == nil)
    }

    @Test("a folder that does not exist is named, and so is a file that is no database")
    func missing() async throws {
        let database = try TemporaryDatabase()
        try database.write("Dear diary, this is not a database of any kind. ", to: "diary.txt")

        #expect(await failure("\(database.directory)/no/a.db") == .missingFolder("\(database.directory)/no"))
        guard case .unreadable = await failure("\(database.directory)/diary.txt") else {
            Issue.record("a text passed for a database")
            return
        }
        await #expect(throws: StoreOpenError.self) { try await SQLiteAuthStore.open(url: "sqlite://") }
    }

    @Test("a database of a newer version, an altered one and one from before the first release are left as they are")
    func otherVersions() async throws {
        let cases: [(SQL, SchemaFault)] = [
            (SQL("INSERT INTO authd.schema_migrations VALUES (999, 'later', '0', 0)"), .newer(999)),
            (SQL("UPDATE authd.schema_migrations SET checksum = '0' WHERE version = 2"), .altered(2)),
            (
                SQL(
                    "UPDATE authd.schema_migrations SET name = 'users', checksum = 'a1e288bb542a89aa' WHERE version = 1"
                ),
                .beforeFirstRelease
            ),
        ]
        for (statement, fault) in cases {
            let database = try TemporaryDatabase()
            let store = try await SQLiteAuthStore.open(path: database.path)
            try await store.driver.run(.writeOnce, Statement(statement))
            #expect(try await store.schemaFault() == fault)
            await store.close()

            #expect(await failure(database.path) == .schema(fault))
        }
    }

    @Test("each error is a sentence with what to do")
    func sentences() {
        let errors: [StoreOpenError] = [
            .invalidURL("The URL is none."), .missingFolder("/no"), .missingFile("/no/a.db"), .schema(.pending(1)),
            .schema(.newer(9)), .schema(.altered(2)), .schema(.beforeFirstRelease), .denied("no such role"),
            .unavailable("no answer"), .unreadable("not a database"), .cancelled,
        ]
        for error in errors { #expect(error.description.hasSuffix(".") || error.description.hasSuffix(")")) }
        #expect(StoreOpenError.schema(.pending(9)).description.contains("lacks 9 migrations: run `authd migrate`"))
    }

    @Test("a service that is not run stops accepting access tokens, rather than accept what another one has revoked")
    func silence() async throws {
        let database = try TemporaryDatabase()
        let clock = ManualClock()
        // Each with connections of its own, as two processes have.
        let first = try await SQLiteAuthStore.open(path: database.path)
        let second = try await SQLiteAuthStore.open(path: database.path)
        let here = try await TestAuthority(store: first, clock: clock) { $0.measuresSilenceFromStart = true }
        let there = try await TestAuthority(store: second, clock: clock) { $0.measuresSilenceFromStart = true }
        let token = try await here.signIn(as: "ada").accessToken
        let principal = try await there.service.access.authenticate(token)

        try await here.service.sessions.signOut(principal, from: ClientContext())
        clock.advance(by: .seconds(10))
        #expect(there.service.changeFeed.isFresh)
        clock.advance(by: .seconds(1))

        #expect(!there.service.changeFeed.isFresh)
        await #expect(throws: AuthError.unavailable) { try await there.service.access.authenticate(token) }
        try await there.service.changeFeed.readChanges()
        await #expect(throws: AuthError.tokenRevoked) { try await there.service.access.authenticate(token) }
        await first.close()
        await second.close()
    }

    @Test("a service does not start on a store whose schema is pending, and says how many steps are missing")
    func pending() async throws {
        try await withDriver { driver, _ in
            let error = await #expect(throws: TestAuthorityError.self) {
                try await TestAuthority(store: SQLAuthStore(driver))
            }
            #expect(error?.description.contains("lacks \(Self.latest) migrations") == true)
        }
    }
}
