// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import AuthStore
import AuthStoreSQL

/// `authd migrate`: takes the database's schema from one version to another.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Migrates the database schema.", discussion: SettingOptions.note,
        subcommands: [UpCommand.self, DownCommand.self, StatusCommand.self, PlanCommand.self],
        defaultSubcommand: UpCommand.self)

    struct UpCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "up", abstract: "Applies pending migrations, up to a version (the default command).",
            discussion: "Makes a SQLite database where there is none.")

        @OptionGroup var settings: SettingOptions
        @Option(help: "The version to migrate to; the latest by default.")
        var to: Int64?

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await MigrateCommand.withMigrator(invocation, mayMake: true) { (migrator, _) throws(CommandFailure) in
                let steps = try await MigrateCommand.wording { () throws(MigrationError) in
                    try await migrator.up(to: to, at: SystemClock().now)
                }
                MigrateCommand.report(steps)
                MigrateCommand.tell(steps, "applied")
            }
        }
    }

    struct DownCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "down", abstract: "Reverts all migrations above a version, with their data.",
            discussion: """
                This cannot be undone. The command shows which migrations it reverts, with how many users and sessions there \
                are, and asks for confirmation on a terminal; without a terminal it needs --yes.
                """)

        @OptionGroup var settings: SettingOptions
        @Option(help: "The version to return to; 0 leaves an empty schema.")
        var to: Int64
        @OptionGroup var confirmation: ConfirmationOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let configuration = try invocation.configuration()
            try configuration.requireDatabase()
            // A daemon would go on with a schema that it no longer knows.
            let lock = try configuration.database.lockForServing()
            try await MigrateCommand.withMigrator(invocation) { (migrator, store) throws(CommandFailure) in
                let steps = try await MigrateCommand.wording { () throws(MigrationError) in
                    try await migrator.plan(to: to).filter { $0.direction == .down }
                }
                if !steps.isEmpty {
                    StandardStream.error.line(await Self.loss(steps, to: to, in: store))
                    try Confirmation.require("Revert them?", given: confirmation.yes)
                }
                let taken = try await MigrateCommand.wording { () throws(MigrationError) in
                    try await migrator.down(to: to, at: SystemClock().now)
                }
                MigrateCommand.report(taken)
                MigrateCommand.tell(taken, "reverted")
            }
            withExtendedLifetime(lock) {}
        }

        /// What goes with the migrations; without numbers where the schema is not the one that this program knows.
        private static func loss(_ steps: [MigrationStep], to target: Int64, in store: any AuthStore) async -> String {
            let now = SystemClock().now
            let users = try? await store.userCount()
            let sessions = try? await store.sessionCount(usedSince: Timestamp(seconds: 0), aliveAt: now)
            let held =
                users.flatMap { users in
                    sessions.map {
                        "\(Counted.things(users, "user", "users")) and \(Counted.things($0, "live session", "live sessions"))"
                    }
                } ?? "users and sessions that could not be counted"
            let names = steps.map { MigrateCommand.number($0.version) }.joined(separator: ", ")
            let rest = target == 0 ? "all of it goes" : "what these migrations stored goes"
            return
                "\(Counted.things(Int64(steps.count), "migration", "migrations")) will be reverted (\(names)). The database "
                + "has \(held); \(rest), and only a backup brings it back."
        }
    }

    struct StatusCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Lists all migrations and whether they are applied.",
            discussion: ListingOptions.note)

        @OptionGroup var settings: SettingOptions
        @OptionGroup var listing: ListingOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await MigrateCommand.withMigrator(invocation) { (migrator, _) throws(CommandFailure) in
                let migrations = try await MigrateCommand.wording { () throws(MigrationError) in
                    try await migrator.status()
                }
                let records = migrations.map { migration in
                    Record([
                        "version": .text(MigrateCommand.number(migration.version)),
                        "state": .text(migration.isApplied ? "applied" : "pending"), "name": .text(migration.name),
                    ])
                }
                listing.show(records, columns: ["version", "state", "name"])
            }
        }
    }

    struct PlanCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "plan", abstract: "Shows the migrations that would be applied, without applying them.")

        @OptionGroup var settings: SettingOptions
        @Option(help: "The version to migrate to; the latest by default.")
        var to: Int64?

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await MigrateCommand.withMigrator(invocation) { (migrator, _) throws(CommandFailure) in
                let steps = try await MigrateCommand.wording { () throws(MigrationError) in
                    try await migrator.plan(to: to)
                }
                MigrateCommand.report(steps)
                MigrateCommand.tell(steps, "would be taken; nothing was changed")
            }
        }
    }
}

extension MigrateCommand {
    /// Lends the migrator of a database and its store, whatever the schema.
    ///
    /// Only with `mayMake` a SQLite file is made where there is none.
    fileprivate static func withMigrator(
        _ invocation: Invocation, mayMake: Bool = false,
        _ body: (any SchemaMigrating, any AuthStore) async throws(CommandFailure) -> Void
    ) async throws(CommandFailure) {
        let configuration = try invocation.configuration()
        if !mayMake { try configuration.requireDatabase() }
        CommandService.tell(configuration.database)
        let database = try await OpenDatabase.open(configuration)
        guard let migrator = database.migrator else {
            throw CommandFailure(.failed, "The in-memory store has no schema.")
        }
        let outcome: Result<Void, CommandFailure>
        do throws(CommandFailure) {
            outcome = .success(try await body(migrator, database.store))
        } catch {
            outcome = .failure(error)
        }
        await database.store.close()
        try outcome.get()
    }

    /// Runs an operation of the migrator whose error becomes sentences.
    fileprivate static func wording<Value>(
        _ body: () async throws(MigrationError) -> Value
    ) async throws(CommandFailure) -> Value {
        do throws(MigrationError) {
            return try await body()
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Says on standard error how many steps there were.
    fileprivate static func tell(_ steps: [MigrationStep], _ predicate: String) {
        guard !steps.isEmpty else { return }
        StandardStream.error.line("\(Counted.things(Int64(steps.count), "migration", "migrations")) \(predicate).")
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
