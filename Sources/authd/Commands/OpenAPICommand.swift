// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCrypto
import AuthHTTP
import AuthService
import AuthStore
import HTTPTypes
import Logging

/// `authd openapi`: the description of the HTTP interface, as the daemon would serve it.
struct OpenAPICommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Prints the OpenAPI document; does not connect to the database.")

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        var configuration = try invocation.configuration()
        configuration.http.exposesDocumentation = true
        let pool: HashingPool
        let service: AuthService
        do throws(CryptoError) {
            pool = try HashingPool(configuration: .init(threads: 1))
            service = try AuthService(
                settings: configuration.service, store: InMemoryAuthStore(), hashing: PooledPasswordHasher(pool: pool),
                rootKeys: RootKeys(current: RootKey(random: SystemRandom())), signing: configuration.signing)
        } catch {
            throw CommandFailure(.failed, "The system refused memory, threads or descriptors.")
        }
        let logger = Logger(label: "authd") { _ in SwiftLogNoOpLogHandler() }
        let api = AuthAPI(service: service, configuration: configuration.http, logger: logger)
        let request = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/openapi.json")
        let (response, body) = await api.respond(to: request, body: [], peer: nil)
        await pool.shutdown()
        guard response.status == .ok else { throw CommandFailure(.failed, "The document could not be made.") }
        StandardStream.output.write(body + [UInt8(ascii: "\n")])
    }
}
