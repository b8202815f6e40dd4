// SPDX-License-Identifier: Apache-2.0

import AuthService
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthStoreSQLite
import Logging

extension OpenDatabase {
    /// Opens a database and makes sure that its schema is the one this program knows: to serve, a SQLite file and
    /// a developer's database are migrated; any other is left alone, and so is each for a command.
    ///
    /// - Throws: Sentences; nothing is left open then.
    static func prepared(
        _ configuration: DaemonConfiguration, for purpose: OpeningPurpose, echo: Logger? = nil,
        observe: @escaping @Sendable (SQLiteEvent) -> Void = { _ in }, tell: (String) -> Void = Self.tellOperator
    ) async throws(CommandFailure) -> OpenDatabase {
        let database = try await open(configuration, echo: echo, observe: observe, tell: tell)
        guard let migrator = database.migrator else { return database }
        do throws(MigrationError) {
            switch purpose {
            case .serving where configuration.migratesByItself:
                _ = try await migrator.up(to: nil, at: SystemClock().now)
            case .serving, .command: break
            }
            // Also after migrating: a database that is ahead of this program needs no step and is no place to run.
            try await migrator.requireKnownSchema()
            return database
        } catch {
            await database.store.close()
            let failure = CommandFailure(error)
            guard purpose == .command, case .pending = error, configuration.migratesByItself else { throw failure }
            throw CommandFailure(
                failure.status, failure.sentences + ["A daemon of this version applies what is pending when it starts."]
            )
        }
    }

    /// Opens a database whatever its schema, and waits for a server that does not answer yet, saying so once.
    ///
    /// - Throws: Sentences; nothing is left open then. `.configuration` where the server refuses role, password, database
    ///   or privileges.
    static func open(
        _ configuration: DaemonConfiguration, echo: Logger? = nil,
        observe: @escaping @Sendable (SQLiteEvent) -> Void = { _ in }, tell: (String) -> Void = Self.tellOperator
    ) async throws(CommandFailure) -> OpenDatabase {
        if case .sqlite(let sqlite) = configuration.database, let fault = DatabaseFolder.fault(of: sqlite.path) {
            throw CommandFailure(.configuration, fault)
        }
        do throws(StoreError) {
            let database = try await OpenDatabase(configuration.database, echo: echo, observe: observe)
            do throws(StoreError) {
                try await database.awaitAnswer(configuration, tell: tell)
                return database
            } catch {
                await database.store.close()
                throw error
            }
        } catch {
            throw failure(error, configuration.database)
        }
    }

    /// What a database that cannot be opened means for the operator.
    static func failure(_ error: StoreError, _ database: DaemonConfiguration.Database) -> CommandFailure {
        guard case .unavailable = error else { return CommandFailure(error) }
        // libpq's messages have several lines.
        let words = (error.diagnostic ?? error.description).split(whereSeparator: \.isWhitespace)
        let reason = Redaction.printable(words.joined(separator: " "))
        return switch database {
        case .memory: CommandFailure(error)
        case .sqlite(let sqlite): CommandFailure(.failed, DatabaseFolder.sentence(sqlite.path, reason))
        case .postgres:
            CommandFailure(
                .failed,
                "DATABASE_URL \(database.displayName) does not answer (\(reason)): start the server, or correct host and "
                    + "port.")
        }
    }

    /// Writes a line for the operator who runs a command.
    static func tellOperator(_ sentence: String) {
        StandardStream.error.line(sentence)
    }

    private func awaitAnswer(
        _ configuration: DaemonConfiguration, tell: (String) -> Void
    ) async throws(StoreError) {
        guard let postgres else { return }
        var patience = StartPatience(bound: configuration.databaseStartTimeout)
        let clock = ContinuousClock()
        let start = clock.now
        while true {
            do throws(StoreError) {
                return try await postgres.requireAnswer()
            } catch {
                switch patience.step(after: error, elapsed: clock.now - start) {
                case .giveUp: throw error
                case .retry(let pause, let isFirst):
                    if isFirst {
                        tell(
                            "The database \(configuration.database.displayName) does not answer yet; waiting for it up to "
                                + "\(configuration.databaseStartTimeout.components.seconds) seconds. "
                                + "(\(Redaction.printable(error.diagnostic ?? "")))")
                    }
                    do { try await clock.sleep(for: pause) } catch { throw .cancelled }
                }
            }
        }
    }
}

extension DaemonConfiguration {
    /// Whether the schema is brought up to date without being asked.
    var migratesByItself: Bool {
        switch database {
        case .sqlite: true
        case .memory, .postgres: environment == .development
        }
    }
}
