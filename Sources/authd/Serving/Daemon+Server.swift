// SPDX-License-Identifier: Apache-2.0

import AuthHTTP
import AuthService
import Logging

extension Daemon {
    /// Puts the HTTP interface in front of the service.
    ///
    /// It listens once it is run, asks itself for `/health`, and then tells the log where.
    ///
    /// - Throws: Sentences about the documentation's scripts or the database.
    func makeServer(logger: Logger) async throws(CommandFailure) -> HTTPServer<AuthAPI> {
        let assets = try DocumentationFolder.assets(configuration.docsAssetsFolder)
        let counters = ConnectionCounters()
        let api = AuthAPI(
            service: service, configuration: configuration.http, assets: assets,
            processMetrics: { counters.metrics }, logger: Logger(label: "authd.http"))
        let isEmpty = try await hasNoUsers()
        let configuration = configuration
        let service = service
        var serverConfiguration = configuration.server
        serverConfiguration.selfCheckPath = "/health"
        return HTTPServer(api, configuration: serverConfiguration, logger: logger, counters: counters) { port in
            if isEmpty {
                logger.notice(
                    "there are no users yet",
                    metadata: ["next": "authd user create --username NAME --email ADDRESS --role admin"])
            }
            // The last line of a start: whoever waits for it has seen all others.
            logger.notice("authd is ready", metadata: Self.greeting(configuration, port: port))
        } onDraining: {
            service.endWaiting()
        }
    }

    private func hasNoUsers() async throws(CommandFailure) -> Bool {
        do throws(AuthError) {
            return try await service.userCount() == 0
        } catch {
            throw CommandFailure(error)
        }
    }

    private static func greeting(_ configuration: DaemonConfiguration, port: Int) -> Logger.Metadata {
        let host = configuration.server.host
        let address = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        var metadata: Logger.Metadata = [
            "address": "\(address)",
            "database": "\(configuration.database.displayName)",
            "environment": "\(configuration.environment.rawValue)",
            "mail": "\(configuration.mail.displayName)",
            "version": "\(Version.text)",
        ]
        if configuration.http.exposesDocumentation {
            metadata["docs"] = "\(configuration.http.publicURL ?? address)/docs"
        }
        return metadata
    }
}
