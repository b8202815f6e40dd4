// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import AuthStore
import AuthStoreSQL

/// `authd migrate`: takes the database's schema from one version to another.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Migrates the database schema.",
        subcommands: [UpCommand.self, DownCommand.self, StatusCommand.self, PlanCommand.self],
        defaultSubcommand: UpCommand.self)

    struct UpCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "up", abstract: "Applies all migrations up to a version.")

        @Option(help: "The version to migrate to; the latest by default.")
        var to: Int64?

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await MigrateCommand.withMigrator(invocation) { (migrator) throws(MigrationError) in
                MigrateCommand.report(try await migrator.up(to: to, at: SystemClock().now))
            }
        }
    }

    struct DownCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "down", abstract: "Reverts all migrations above a version, with their data.")

        @Option(help: "The version to return to; 0 leaves an empty schema.")
        var to: Int64

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            // A daemon would go on with a schema that it no longer knows.
            let lock = try invocation.configuration().database.lockForServing()
            try await MigrateCommand.withMigrator(invocation) { (migrator) throws(MigrationError) in
                MigrateCommand.report(try await migrator.down(to: to, at: SystemClock().now))
            }
            withExtendedLifetime(lock) {}
        }
    }

    struct StatusCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Lists all migrations and whether they are applied.")

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await MigrateCommand.withMigrator(invocation) { (migrator) throws(MigrationError) in
                for migration in try await migrator.status() {
                    let state = migration.isApplied ? "applied" : "pending"
                    StandardStream.output.line("\(MigrateCommand.number(migration.version)) \(state) \(migration.name)")
                }
            }
        }
    }

    struct PlanCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "plan", abstract: "Shows the migrations that would be applied, without applying them.")

        @Option(help: "The version to migrate to; the latest by default.")
        var to: Int64?

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await MigrateCommand.withMigrator(invocation) { (migrator) throws(MigrationError) in
                MigrateCommand.report(try await migrator.plan(to: to))
            }
        }
    }
}

extension MigrateCommand {
    fileprivate static func withMigrator(
        _ invocation: Invocation, _ body: (any SchemaMigrating) async throws(MigrationError) -> Void
    ) async throws(CommandFailure) {
        let database = try await OpenDatabase.open(try invocation.configuration())
        guard let migrator = database.migrator else {
            throw CommandFailure(.failed, "The in-memory store has no schema.")
        }
        let outcome: Result<Void, MigrationError>
        do throws(MigrationError) {
            outcome = .success(try await body(migrator))
        } catch {
            outcome = .failure(error)
        }
        await database.store.close()
        if case .failure(let error) = outcome { throw CommandFailure(error) }
    }

    fileprivate static func report(_ steps: [MigrationStep]) {
        for step in steps {
            StandardStream.output.line("\(step.direction.rawValue) \(number(step.version)) \(step.name)")
        }
        if steps.isEmpty { StandardStream.output.line("nothing to do") }
    }

    fileprivate static func number(_ version: Int64) -> String {
        let digits = String(version)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
