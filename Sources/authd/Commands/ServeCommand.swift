// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthHTTP
import AuthHTTPServer
import AuthService
import AuthStoreSQLite
import Logging
import ServiceLifecycle

/// `authd serve`: answers until it is told to stop.
struct ServeCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Runs the daemon (the default command).",
        discussion: "Flags, with their defaults in parentheses; `authd config reference` describes each:\n"
            + Setting.flagOverview)

    @OptionGroup var settings: SettingOptions

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        let configuration: DaemonConfiguration
        do throws(CommandFailure) {
            configuration = try invocation.configuration()
        } catch {
            // There is no log yet.
            invocation.tellSettingsFile()
            throw error
        }
        ProcessSignals.ignoreNotifications()
        let manager = ServiceManager.adopted()
        manager?.tell(.status("Opening the database"))
        let log = Self.makeLog(configuration)
        if let file = invocation.settingsFile {
            Logger(label: "authd").info("settings read", metadata: ["file": "\(file)"])
        }
        let secrets = SecretReload(invocation, logger: Logger(label: "authd"))
        let outcome = await Self.serve(configuration, secrets, log, manager)
        // The log is written out before the reason of the end, if its reader still reads.
        await log.flush(within: LogWriter.patience)
        try outcome.get()
    }

    private static func serve(
        _ configuration: DaemonConfiguration, _ secrets: SecretReload, _ log: LogWriter, _ manager: ServiceManager?
    ) async -> Result<Void, CommandFailure> {
        let logger = Logger(label: "authd")
        for warning in configuration.warnings {
            logger.warning("configuration warning", metadata: ["setting": "\(warning)"])
        }
        DescriptorLimit.raise()
        let events = ServiceEventLog(Logger(label: "authd.sqlite"))
        SQLiteLog.direct { events.record($0) }
        do throws(CommandFailure) {
            let lock = try configuration.database.lockForServing()
            // The database may be waited for, and its schema be migrated.
            let daemon = try await ServiceManager.whileStarting(manager) { () throws(CommandFailure) in
                try await Daemon(
                    configuration.namingSessions, for: .serving, logger: logger,
                    echo: configuration.echoesStatements ? Self.echo : nil)
            }
            let roles = try await Self.loadRoles(daemon, logger)
            for warning in await daemon.excessPrivileges() {
                logger.warning("configuration warning", metadata: ["setting": "\(warning)"])
            }
            let upkeep = FileUpkeep(rootKey: configuration.rootKeyFile, lock: lock, logger: logger)
            let outcome = await serve(daemon, upkeep, secrets, roles, log, manager, logger: logger)
            await daemon.close()
            // The lock ends only after the last write.
            withExtendedLifetime(lock) {}
            return outcome
        } catch {
            return .failure(error)
        }
    }

    /// Takes over the file of roles; `nil` where none is named.
    ///
    /// - Throws: A sentence where it cannot be used; the daemon is closed then.
    private static func loadRoles(_ daemon: Daemon, _ logger: Logger) async throws(CommandFailure) -> RolesFileFollower?
    {
        do throws(CommandFailure) {
            guard let file = try daemon.configuration.readRolesFile() else { return nil }
            try await daemon.load(file, logger)
            return RolesFileFollower(daemon: daemon, logger: logger, loaded: file)
        } catch {
            await daemon.close()
            throw error
        }
    }

    private static func serve(
        _ daemon: Daemon, _ upkeep: FileUpkeep, _ secrets: SecretReload, _ roles: RolesFileFollower?, _ log: LogWriter,
        _ manager: ServiceManager?, logger: Logger
    ) async -> Result<Void, CommandFailure> {
        do {
            let (server, api) = try await daemon.makeServer(log, manager: manager, logger: logger)
            let readAgain: @Sendable () -> Void = { secrets.start { daemon.replace($0, by: $1) } }
            let signals = await ProcessSignals(
                delay: daemon.configuration.shutdownDelay,
                onEnding: {
                    api.announceShutdown()
                    manager?.tell(
                        .stopping, .status("Shutting down"), .needs(daemon.configuration.shutdownBound))
                }, onHangUp: secrets.hasFiles ? readAgain : nil, logger: logger)
            // Shut down in the opposite order: the server first, then what it leaves to be done.
            var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
                .init(service: MemoryMaintenance(logger: logger), serviceName: "memory"),
                .init(service: daemon.service, serviceName: "work"),
                .init(service: upkeep, serviceName: "files"),
            ]
            if let roles { services.append(.init(service: roles, serviceName: "roles")) }
            if let manager, let bound = manager.watchdog {
                let watchdog = Watchdog(manager: manager, bound: bound, server: server)
                services.append(.init(service: watchdog, serviceName: "watchdog"))
            }
            services.append(
                .init(
                    service: MailServerLook(daemon: daemon, logger: logger), successTerminationBehavior: .ignore,
                    serviceName: "mail server"))
            services.append(.init(service: server, serviceName: "server"))
            try await signals.run(ServiceGroup(configuration: .init(services: services, logger: logger)))
            logger.info("stopped")
            return .success(())
        } catch let failure as CommandFailure {
            return .failure(failure)
        } catch ServerStartError.unanswered(let address, let reason) {
            return .failure(
                CommandFailure(
                    .failed, "authd listens on \(address), but its own request there was not answered: \(reason)."))
        } catch ServerStartError.cannotListen(let code, let reason) {
            let fault = ListenFault(daemon.configuration.server, code: code, reason: reason)
            return .failure(CommandFailure(fault.status, fault.sentence))
        } catch {
            return .failure(CommandFailure(.failed, "The daemon stopped: \(error)"))
        }
    }

    /// Where statements are logged, whatever the level of other lines is.
    private static var echo: Logger {
        var logger = Logger(label: "authd.sql")
        logger.logLevel = .debug
        return logger
    }

    private static func makeLog(_ configuration: DaemonConfiguration) -> LogWriter {
        let format = configuration.logFormat
        let level = configuration.logLevel
        let writer = LogWriter(
            write: { StandardStream.error.write($0) },
            lossLine: { lost in
                format.line(
                    at: SystemClock().now, .warning, "log lines were lost", logger: "authd",
                    metadata: [("count", .integer(Int64(lost)))])
            })
        LoggingSystem.bootstrap { label in
            LineLogHandler(label: label, level: level, format: format) { writer.append($0) }
        }
        return writer
    }
}

extension DaemonConfiguration {
    /// How long an orderly end may take: the delay, the requests in flight, five seconds for those that are cut off, and half
    /// a minute for mail and database.
    var shutdownBound: Duration {
        shutdownDelay + server.drainTimeout + .seconds(35)
    }
}
