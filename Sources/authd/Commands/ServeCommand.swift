// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthHTTP
import AuthService
import Logging
import ServiceLifecycle

/// `authd serve`: answers until it is told to stop.
struct ServeCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves; what authd does without a command.",
        discussion: "Settings as flags:\n" + Setting.flagOverview)

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        let configuration = try invocation.configuration()
        let logger = Self.makeLogger(configuration)
        for warning in configuration.warnings {
            logger.warning("a setting deserves a look", metadata: ["setting": "\(warning)"])
        }
        DescriptorLimit.raise()
        let lock = try configuration.database.lockForServing()
        let daemon = try await Daemon(configuration, logger: logger)
        let outcome = await Self.serve(daemon, logger: logger)
        await daemon.close()
        // The lock ends only after the last write.
        withExtendedLifetime(lock) {}
        try outcome.get()
    }

    private static func serve(_ daemon: Daemon, logger: Logger) async -> Result<Void, CommandFailure> {
        do {
            let signals = await ProcessSignals(logger: logger)
            let server = try await daemon.makeServer(logger: logger)
            // Shut down in the opposite order: the server first, then what it leaves to be done.
            try await signals.run(
                ServiceGroup(
                    configuration: .init(
                        services: [
                            .init(service: ServiceWork(service: daemon.service), serviceName: "work"),
                            .init(service: server, serviceName: "server"),
                        ], logger: logger)))
            logger.info("stopped")
            return .success(())
        } catch let failure as CommandFailure {
            return .failure(failure)
        } catch ServerStartError.unanswered(let address, let reason) {
            return .failure(
                CommandFailure(
                    .failed, "authd listens on \(address), but its own request there was not answered: \(reason)."))
        } catch {
            let server = daemon.configuration.server
            return .failure(CommandFailure(.failed, "Cannot listen on \(server.host) port \(server.port): \(error)"))
        }
    }

    private static func makeLogger(_ configuration: DaemonConfiguration) -> Logger {
        let format = configuration.logFormat
        let level = configuration.logLevel
        LoggingSystem.bootstrap { LineLogHandler(label: $0, level: level, format: format) }
        return Logger(label: "authd")
    }
}
