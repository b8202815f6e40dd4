// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres
import AuthStoreSQLite
import Testing

@testable import authd

@Suite("DATABASE_URL")
struct DatabaseSettingsTests {
    struct Case: CustomTestStringConvertible {
        let url: String
        let shown: String
        var testDescription: String { url }
    }

    @Test(
        "names a file, a server, or memory, and is shown without its password",
        arguments: [
            Case(url: "memory:", shown: "memory:"),
            Case(url: "sqlite:///./authd.db", shown: "sqlite:///./authd.db"),
            Case(url: "sqlite:////srv/authd.db", shown: "sqlite:////srv/authd.db"),
            Case(url: "sqlite+aiosqlite:///./authd.db", shown: "sqlite:///./authd.db"),
            Case(url: "SQLite:///a%20b.db", shown: "sqlite:///a b.db"),
            Case(url: "postgresql://ada:hunter2@db/auth", shown: "postgresql://ada@db:5432/auth"),
            Case(url: "postgres://ada@db:6543/auth?sslmode=verify-full", shown: "postgresql://ada@db:6543/auth"),
            Case(url: "postgresql+asyncpg://ada:hunter2@db/auth", shown: "postgresql://ada@db:5432/auth"),
            Case(url: "postgresql+psycopg2://ada:hunter2@db/auth", shown: "postgresql://ada@db:5432/auth"),
            Case(url: "postgresql://ada@a:1,b:2/auth", shown: "postgresql://ada@a:1,b:2/auth"),
        ])
    func forms(_ example: Case) throws {
        let variables = ["DATABASE_URL": example.url, "ROOT_KEY": Secrets.rootKey]
        #expect(try DaemonConfiguration.read(variables).database.displayName == example.shown)
    }

    @Test(
        "is refused otherwise, in a sentence without the password",
        arguments: [
            "mysql://ada:hunter2@db/auth", "hunter2", "sqlite:authd.db", "sqlite://authd.db", "sqlite:///:memory:",
            "sqlite:///", "postgresql://ada:hunter2@db", "postgresql://ada:hunter2@db:x/auth",
            "postgresql://ada:hunter2@db/auth#x", "postgresql://ada:hunter2@db/auth?sslmode=maybe",
            "postgresql://ada:hunter2@db/auth?sslmod=require", "postgresql://ada:%zz@db/auth",
        ])
    func refusals(url: String) {
        let problems = DaemonConfiguration.problems(in: ["DATABASE_URL": url, "ROOT_KEY": Secrets.rootKey])
        #expect(problems.count == 1)
        for problem in problems {
            #expect(problem.hasPrefix("DATABASE_URL "))
            #expect(!problem.contains("hunter2"))
        }
    }

    @Test("the pool's settings reach PostgreSQL")
    func pool() throws {
        let database = try DaemonConfiguration.read([
            "DATABASE_URL": "postgresql://ada@db/auth", "ROOT_KEY": Secrets.rootKey, "DB_POOL_SIZE": "7",
            "DB_MAX_OVERFLOW": "0", "DB_POOL_TIMEOUT": "3", "DB_POOL_RECYCLE": "60", "DB_POOLER": "transaction",
            "DB_CONNECT_TIMEOUT": "4", "DB_STATEMENT_TIMEOUT": "5",
        ]).database
        guard case .postgres(let postgres) = database else {
            Issue.record("\(database.displayName)")
            return
        }
        #expect(postgres.pool == PoolLimits(size: 7, overflow: 0, timeout: .seconds(3), recycle: .seconds(60)))
        #expect(postgres.pooler == .transaction)
        #expect(postgres.connectTimeout == .seconds(4))
        #expect(postgres.statementTimeout == .seconds(5))
    }

    struct Wait: CustomTestStringConvertible {
        let variables: Variables
        let seconds: Int
        var testDescription: String { "\(variables.sorted { $0.key < $1.key }.map(\.value))" }
    }

    @Test(
        "a start waits for PostgreSQL in production, not in development, and as long as configured",
        arguments: [
            Wait(variables: [:], seconds: 30), Wait(variables: ["ENVIRONMENT": "development"], seconds: 0),
            Wait(variables: ["DB_START_TIMEOUT": "0"], seconds: 0),
            Wait(variables: ["ENVIRONMENT": "development", "DB_START_TIMEOUT": "600"], seconds: 600),
        ])
    func startTimeout(_ wait: Wait) throws {
        let variables = ["DATABASE_URL": "postgresql://ada@db/auth", "ROOT_KEY": Secrets.rootKey]
        let configuration = try DaemonConfiguration.read(variables.merging(wait.variables) { _, new in new })
        #expect(configuration.databaseStartTimeout == .seconds(wait.seconds))
    }

    struct Warning: CustomTestStringConvertible {
        let url: String
        var environment = "production"
        /// A part of the sentence; `nil` where there is none.
        let words: String?
        var testDescription: String { "\(environment) \(url)" }
    }

    private static let unproven = "without sslmode=verify-full"

    @Test(
        "warns in production of an unauthenticated remote server, and of commits that may be lost",
        arguments: [
            Warning(url: "postgresql://ada@db/auth", words: unproven),
            Warning(url: "postgresql://ada@db/auth?sslmode=require", words: unproven),
            Warning(url: "postgresql://ada@127.0.0.1,db/auth", words: unproven),
            Warning(url: "postgresql://ada@db/auth?sslmode=verify-full", words: nil),
            Warning(url: "postgresql://ada@db/auth", environment: "development", words: nil),
            Warning(url: "postgresql://ada@localhost/auth", words: nil),
            Warning(url: "postgresql:///auth?host=/run/postgresql", words: nil),
            Warning(
                url: "postgresql://ada@localhost/auth?options=-c%20synchronous_commit%3Doff",
                words: "synchronous_commit=off"),
            Warning(url: "postgresql://ada@localhost/auth?options=-c%20synchronous_commit%3Don", words: nil),
        ])
    func warnings(_ warning: Warning) throws {
        let variables = [
            "DATABASE_URL": warning.url, "ROOT_KEY": Secrets.rootKey, "ENVIRONMENT": warning.environment,
        ]
        let about = try DaemonConfiguration.read(variables).warnings.filter { $0.hasPrefix("DATABASE_URL ") }
        #expect(about.count == (warning.words == nil ? 0 : 1), "\(about)")
        if let words = warning.words { #expect(about.first?.contains(words) == true, "\(about)") }
    }

    @Test("a limit on connecting in the URL holds unless the setting is given")
    func connectTimeout() throws {
        var variables = ["DATABASE_URL": "postgresql://ada@db/auth?connect_timeout=7", "ROOT_KEY": Secrets.rootKey]
        guard case .postgres(let byURL) = try DaemonConfiguration.read(variables).database else {
            Issue.record("no PostgreSQL")
            return
        }
        variables["DB_CONNECT_TIMEOUT"] = "9"
        guard case .postgres(let bySetting) = try DaemonConfiguration.read(variables).database else {
            Issue.record("no PostgreSQL")
            return
        }
        #expect(byURL.connectTimeout == .seconds(7))
        #expect(bySetting.connectTimeout == .seconds(9))
    }
}

@Suite("Origin of the root key")
struct RootKeySettingsTests {
    struct Case: CustomTestStringConvertible {
        let variables: Variables
        let source: String
        var testDescription: String { source }
    }

    @Test(
        "depends on database and environment",
        arguments: [
            Case(variables: [:], source: "made at ./authd.db.key"),
            Case(variables: ["DATABASE_URL": "sqlite:////srv/u.db"], source: "made at /srv/u.db.key"),
            Case(variables: ["ROOT_KEY_FILE": "/run/key"], source: "made at /run/key"),
            Case(variables: ["DATABASE_URL": "memory:"], source: "ephemeral"),
            Case(variables: ["DATABASE_URL": "memory:", "ROOT_KEY_FILE": "k"], source: "made at k"),
            Case(
                variables: ["DATABASE_URL": "postgresql://db/auth", "ENVIRONMENT": "development"],
                source: "made at authd.key"),
            Case(
                variables: ["DATABASE_URL": "postgresql://db/auth", "ROOT_KEY_FILE": "/run/key"],
                source: "read from /run/key"),
            Case(variables: ["DATABASE_URL": "postgresql://db/auth", "ROOT_KEY": Secrets.rootKey], source: "given"),
            Case(variables: ["ROOT_KEY": Secrets.rootKey.uppercased()], source: "given"),
        ])
    func source(_ example: Case) throws {
        let words =
            switch try DaemonConfiguration.read(example.variables).rootKey {
            case .given: "given"
            case .ephemeral: "ephemeral"
            case .file(let path, let mayCreate): mayCreate ? "made at \(path)" : "read from \(path)"
            }
        #expect(words == example.source)
    }

    @Test("earlier keys are read too")
    func previous() throws {
        let variables = ["ROOT_KEY_PREVIOUS": "\(Secrets.rootKey), \(Secrets.otherRootKey)"]
        #expect(try DaemonConfiguration.read(variables).previousRootKeys.count == 2)
    }
}
