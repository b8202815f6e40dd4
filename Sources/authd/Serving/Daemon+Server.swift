// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer
import AuthService
import AuthSupabase
import Glibc
import Logging

extension Daemon {
    /// Puts the HTTP interface in front of the service.
    ///
    /// It listens once it is run, asks itself for `/health`, and then tells the log and the service manager where.
    ///
    /// - Throws: Sentences about the documentation's scripts or the database.
    func makeServer(
        _ log: LogWriter, manager: ServiceManager?, logger: Logger
    ) async throws(CommandFailure) -> (server: HTTPServer, api: AuthAPI) {
        let assets = try DocumentationFolder.assets(configuration.docsAssetsFolder)
        let counters = ConnectionCounters()
        let api = AuthAPI(
            withSupabaseOf: service, leavingOut: configuration.mail.absentPages, configuration: configuration.http,
            assets: assets,
            processMetrics: { counters.metrics + Self.metrics(log) }, databasePool: { databasePool },
            logger: Logger(label: "authd.http"))
        let isEmpty = try await hasNoUsers()
        let setupText = isEmpty ? await setupText() : nil
        let databaseVersion = await databaseVersion()
        let configuration = configuration
        let service = service
        var serverConfiguration = configuration.server
        serverConfiguration.selfCheckPath = "/health"
        fitToDescriptors(&serverConfiguration, logger: logger)
        let server = HTTPServer(api, configuration: serverConfiguration, logger: logger, counters: counters) { port in
            if isEmpty {
                logger.notice(
                    "there are no users yet",
                    metadata: [
                        "next": "authd setup-link, or authd user create --username NAME --email ADDRESS --role admin"
                    ])
                // For the terminal alone: no line of the log has a secret.
                if let setupText { log.append(Array(setupText.utf8)) }
            }
            // The last line of a start: a reader who waits for it has seen all others.
            let address = Self.address(host: configuration.server.host, port: port)
            logger.notice(
                "authd is ready", metadata: Self.greeting(configuration, databaseVersion, address: address))
            if let manager, !manager.tell(.ready, .status("Serving at \(address)")) {
                logger.warning("the service manager cannot be told that authd is ready")
            }
        } onDraining: {
            service.changeFeed.endWaiting()
        }
        return (server, api)
    }

    private static func metrics(_ log: LogWriter) -> [ProcessMetric] {
        let memory = ProcessMemory.resident
        return [
            ProcessMetric(
                "authd_log_lines_lost_total", .counter, "Lines of the log that could not be written.", log.lost),
            ProcessMetric(
                "authd_memory_in_use_bytes", .gauge, "Memory that the program has asked for and not given back.",
                ProcessMemory.inUse),
            ProcessMetric(
                "authd_memory_resident_bytes", .gauge, "Memory that the process holds, with pages of files.",
                memory?.all ?? 0),
            ProcessMetric(
                "authd_memory_files_bytes", .gauge, "Pages of the program and of libraries in that.",
                memory?.files ?? 0),
        ]
    }

    /// Allows no more connections than there are descriptors for, so that one too many can still be told so.
    private func fitToDescriptors(_ server: inout ServerConfiguration, logger: Logger) {
        let possible = DescriptorLimit.connections(
            limit: DescriptorLimit.current, open: DescriptorLimit.open,
            reserve: configuration.database.descriptors + DescriptorLimit.otherFiles)
        guard possible < server.maximumConnections else { return }
        server.maximumConnections = possible
        logger.warning(
            "connection limit lowered; raise the limit of open files",
            metadata: [
                "connections": .stringConvertible(possible), "open_files": .stringConvertible(DescriptorLimit.current),
            ])
    }

    /// Makes a code for the first administrator and words it for the person at the terminal; `nil` without a terminal.
    private func setupText() async -> String? {
        guard isatty(STDERR_FILENO) == 1,
            let made = try? await service.users.makeSetupToken(from: ClientContext())
        else { return nil }
        return """
            The first administrator is made with this code, once, until \(made.expiresAt.rfc3339):
              \(made.token.revealed)
              POST \(SetupLinkCommand.link(configuration))

            """
    }

    private func hasNoUsers() async throws(CommandFailure) -> Bool {
        do throws(AuthError) {
            return try await service.users.count() == 0
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Where a person on this machine opens what listens on an address.
    ///
    /// The loopback address is shown as `localhost`, which tokens name as their issuer without `PUBLIC_URL`: to a browser the two
    /// are different sites, which do not share cookies.
    static func address(host: String, port: Int) -> String {
        let name = host == "127.0.0.1" ? "localhost" : host.contains(":") ? "[\(host)]" : host
        return "http://\(name):\(port)"
    }

    private static func greeting(
        _ configuration: DaemonConfiguration, _ databaseVersion: String?, address: String
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "address": "\(address)",
            "database": "\(configuration.database.displayName)",
            "environment": "\(configuration.environment.rawValue)",
            "mail": "\(configuration.mail.displayName)",
            "version": "\(Version.text)",
        ]
        if let databaseVersion { metadata["database_version"] = "\(Redaction.printable(databaseVersion))" }
        if configuration.http.version != Version.text { metadata["app_version"] = "\(configuration.http.version)" }
        if configuration.http.exposesDocumentation {
            metadata["docs"] = "\(configuration.http.publicURL ?? address)/docs"
        }
        return metadata
    }
}
