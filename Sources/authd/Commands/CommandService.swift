// SPDX-License-Identifier: Apache-2.0

import AuthService
import Logging

/// The service as a command uses it: started, serving no requests, and closed when the command ends.
enum CommandService {
    /// Lends the service of a database that exists, and names that database on standard error.
    ///
    /// - Throws: What `body` throws; before that, sentences about settings, database, schema and root key, and nothing was made or
    ///   migrated.
    static func with(
        _ invocation: Invocation, _ body: (AuthService) async throws(CommandFailure) -> Void
    ) async throws(CommandFailure) {
        try await withDaemon(invocation) { (daemon) throws(CommandFailure) in try await body(daemon.service) }
    }

    /// As ``with(_:_:)``, with everything that a daemon has open.
    static func withDaemon(
        _ invocation: Invocation, _ body: (Daemon) async throws(CommandFailure) -> Void
    ) async throws(CommandFailure) {
        var configuration = try invocation.configuration()
        if case .memory = configuration.database {
            throw CommandFailure(.failed, "DATABASE_URL is memory: a command cannot reach the memory of the daemon.")
        }
        try configuration.requireDatabase()
        tell(configuration.database)
        // A command sends no mail and must not make the developer's mail file.
        configuration.mail.destination = .none
        let format = configuration.logFormat
        let logger = Logger(label: "authd") { label in
            LineLogHandler(label: label, level: .error, format: format) { StandardStream.error.write($0) }
        }
        let daemon = try await Daemon(configuration, for: .command, logger: logger)
        let outcome: Result<Void, CommandFailure>
        do throws(CommandFailure) {
            outcome = .success(try await body(daemon))
        } catch {
            outcome = .failure(error)
        }
        await daemon.close()
        try outcome.get()
    }

    /// Names a database on standard error, without its password.
    static func tell(_ database: DaemonConfiguration.Database) {
        StandardStream.error.line("database: \(database.location)", patience: .seconds(2))
    }
}

extension CommandFailure {
    /// Runs a use case whose error becomes sentences.
    static func wording<Value>(
        _ body: () async throws(AuthError) -> Value
    ) async throws(CommandFailure) -> Value {
        do throws(AuthError) {
            return try await body()
        } catch {
            throw CommandFailure(error)
        }
    }
}
