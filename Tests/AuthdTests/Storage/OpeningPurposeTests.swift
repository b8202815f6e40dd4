// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStoreSQL
import AuthTestSupport
import Logging
import Testing

@testable import authd

@Suite("What a command leaves as it is")
struct OpeningPurposeTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func configuration(_ folder: TemporaryDirectory) throws -> DaemonConfiguration {
        try DaemonConfiguration.read([
            "DATABASE_URL": "sqlite:///\(folder.file("authd.db"))", "PUBLIC_URL": "https://id.example.com",
            "ARGON2_MEMORY_KIB": "7168", "ARGON2_ITERATIONS": "5", "HASH_THREADS": "1",
        ])
    }

    /// Takes a database to a version, the latest for `nil`, and counts the migrations that it has then.
    @discardableResult
    private static func migrate(_ configuration: DaemonConfiguration, to version: Int64? = nil) async throws -> Int {
        let database = try await OpenDatabase.open(configuration)
        let migrator = try #require(database.migrator)
        _ = try await migrator.up(to: version, at: now)
        let count = try await migrator.status().count(where: \.isApplied)
        await database.store.close()
        return count
    }

    private static func failure(_ configuration: DaemonConfiguration) async throws -> CommandFailure? {
        do throws(CommandFailure) {
            await (try Daemon(configuration, for: .command, logger: quiet)).close()
            return nil
        } catch {
            return error
        }
    }

    @Test("the schema of an earlier version: a command says what to run, and the daemon's start applies the rest")
    func schema() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let configuration = try Self.configuration(folder)
        try await Self.migrate(configuration, to: 1)

        let failure = try #require(try await Self.failure(configuration))
        #expect(failure.status == .failed && failure.sentences.first?.contains("run `authd migrate`") == true)
        #expect(failure.sentences.last == "A daemon of this version applies what is pending when it starts.")
        #expect(try await Self.migrate(configuration, to: 1) == 1)

        await (try Daemon(configuration, for: .serving, logger: Self.quiet)).close()
        let all = try await Self.migrate(configuration)
        #expect(all > 1)
        #expect(try await Self.failure(configuration) == nil)
    }

    @Test("the root key: before the daemon's first start there is none, and a command says who makes it")
    func rootKey() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let configuration = try Self.configuration(folder)
        try await Self.migrate(configuration)

        let failure = try #require(try await Self.failure(configuration))
        let path = folder.file("authd.db.key")
        #expect(failure.status == .configuration)
        #expect(failure.sentences.first?.hasPrefix("ROOT_KEY_FILE \(path) does not exist: ") == true)
        #expect(failure.sentences.first?.contains("`authd key make-root --output \(path)`") == true)
        #expect(!folder.exists("authd.db.key"))

        await (try Daemon(configuration, for: .serving, logger: Self.quiet)).close()
        #expect(folder.exists("authd.db.key"))
        #expect(try await Self.failure(configuration) == nil)
    }
}
