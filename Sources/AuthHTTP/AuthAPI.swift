// SPDX-License-Identifier: Apache-2.0

package import AuthCore
public import AuthHTTPServer
public import AuthService
public import HTTPTypes
public import Logging

/// The HTTP interface of an authentication service: what ``HTTPServer`` serves, and what another server's router may call.
///
/// ```swift
/// let api = AuthAPI(service: service, configuration: configuration, logger: logger)
/// try await HTTPServer(api, configuration: .init(port: 8000), logger: logger).run()
/// ```
public struct AuthAPI: RequestHandler {
    private let gate: Gate<ServiceAuthenticator>
    private let description: SelfDescription

    /// Builds the table of routes and everything that follows from it.
    ///
    /// - Parameters:
    ///   - service: Started; somebody also runs it.
    ///   - configuration: How the interface presents itself.
    ///   - assets: Where the documentation pages take their scripts from.
    ///   - processMetrics: Numbers about the process that `/metrics` shows besides the interface's own.
    ///   - requestIDSeed: Random; it keeps the request ids of two processes apart.
    ///   - logger: Where each request that took more than memory is logged.
    public init(
        service: AuthService, configuration: HTTPConfiguration, assets: DocumentationAssets = .contentDeliveryNetwork,
        processMetrics: @escaping @Sendable () -> [ProcessMetric] = { [] },
        requestIDSeed: UInt64 = .random(in: .min ... .max), logger: Logger
    ) {
        self.init(
            service: service, beside: [], configuration: configuration, assets: assets, processMetrics: processMetrics,
            requestIDSeed: requestIDSeed, logger: logger)
    }

    /// The same, with the routes of further targets of the package beside those of the service.
    package init(
        service: AuthService, beside groups: [any EndpointGroup], configuration: HTTPConfiguration,
        assets: DocumentationAssets = .contentDeliveryNetwork,
        processMetrics: @escaping @Sendable () -> [ProcessMetric] = { [] },
        requestIDSeed: UInt64 = .random(in: .min ... .max), logger: Logger
    ) {
        let description = SelfDescription()
        self.description = description
        let table = EndpointTable(
            service: service, configuration: configuration, assets: assets, description: description, beside: groups)
        gate = Gate(
            endpoints: table.endpoints, authenticator: ServiceAuthenticator(service: service),
            configuration: configuration,
            policy: service.policy, requestIDSeed: requestIDSeed, now: { service.now },
            settle: Self.settlement(by: service), logger: logger)
        let document = OpenAPIDocument(
            table: table, configuration: configuration, roles: service.policy.roles)
        let limiter = gate.limiter
        description.complete(
            .init(
                openAPI: document.json.serialized, metrics: gate.metrics, problems: table.problems,
                settlements: { limiter.counts },
                processMetrics: processMetrics))
    }

    /// The OpenAPI document of the interface of a service with these roles, as JSON; there need be no service.
    package static func openAPI(_ configuration: HTTPConfiguration, roles: RoleTable) -> [UInt8] {
        OpenAPIDocument(table: EndpointTable(describing: configuration), configuration: configuration, roles: roles)
            .json.serialized
    }

    /// The first parts of all paths at the root, and of those that are kept for OAuth 2: a prefix that begins with one would
    /// hide a route behind another.
    package static var firstPathSegments: Set<String> { EndpointTable.firstSegments.union(["oauth2"]) }  // own text

    /// Answers 503 at `/health/database` from now on, so that a balancer sends requests elsewhere; everything else is
    /// served as before.
    public func announceShutdown() {
        description.announceShutdown()
    }

    /// How the buckets of sources are settled with the other processes; `nil` where there can be none.
    private static func settlement(by service: AuthService) -> RateLimiter.Settle? {
        guard service.sharesSourceLimits else { return nil }
        return { uses in
            do throws(AuthError) {
                return try await service.settleSourceLimits(uses)
            } catch {
                // The service has told its observer.
                return nil
            }
        }
    }

    /// Tells the other processes on a shared store now what is left of limits; it happens by itself in the background.
    func reportLimits() async {
        await gate.limiter.report()
    }

    /// Answers what needs neither the store nor a body.
    public func respondFromMemory(_ request: Request) -> Reply? {
        gate.respondFromMemory(request)
    }

    /// Answers everything else.
    public func respond(to request: Request) async -> Reply {
        await gate.respond(to: request)
    }

    /// Whether the route waits for something, which is of no use once nobody waits for the answer.
    public func cancelsOnDisconnect(_ method: RequestMethod?, _ target: String) -> Bool {
        gate.cancelsOnDisconnect(method, target)
    }

    /// Whether the route answers without looking at a body.
    public func ignoresBody(_ method: RequestMethod?, _ target: String) -> Bool {
        gate.ignoresBody(method, target)
    }

    /// Answers what never became a request, in the form of every other refusal.
    public func refuse(_ failure: TransportFailure) -> Reply {
        gate.refuse(failure)
    }

    /// Answers a request that another server has read.
    ///
    /// - Parameters:
    ///   - request: As it was read, its fields not merged.
    ///   - body: The whole body; bound its size before.
    ///   - peer: The socket's other end, not an address taken from a header.
    /// - Returns: The response, and its body; the caller leaves the body out for HEAD.
    public func respond(
        to request: HTTPRequest, body: [UInt8], peer: IPAddress?
    ) async -> (response: HTTPResponse, body: [UInt8]) {
        let request = Request(request, body: body, peer: peer)
        let reply: Reply
        if let immediate = gate.respondFromMemory(request) {
            reply = immediate
        } else {
            reply = await gate.respond(to: request)
        }
        return (reply.httpResponse, reply.body)
    }
}
