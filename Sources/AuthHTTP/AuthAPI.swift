// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthHTTPServer
public import AuthService
public import HTTPTypes
public import Logging

/// The HTTP interface of an authentication service: what `HTTPServer` serves, and what another server's router may call.
///
/// ```swift
/// let api = AuthAPI(service: service, configuration: configuration, logger: logger)
/// try await HTTPServer(api, configuration: .init(port: 8000), logger: logger).run()
/// ```
public struct AuthAPI: RequestHandler {
    private let gate: Gate<ServiceAuthenticator>
    private let description: SelfDescription
    let service: AuthService

    /// Builds the table of routes and everything that follows from it.
    ///
    /// - Parameters:
    ///   - service: Started, and run by the embedder.
    ///   - configuration: How the interface presents itself.
    ///   - assets: Where the documentation pages take their scripts from.
    ///   - processMetrics: Numbers about the process that `/metrics` shows besides the interface's own.
    ///   - databasePool: The connections to the database, which `/metrics` and `/health/database` show; `nil` for none.
    ///   - requestIDSeed: Random; it keeps the request ids of two processes apart.
    ///   - logger: Where each request that took more than memory is logged.
    public init(
        service: AuthService, configuration: HTTPConfiguration, assets: DocumentationAssets = .contentDeliveryNetwork,
        processMetrics: @escaping @Sendable () -> [ProcessMetric] = { [] },
        databasePool: @escaping @Sendable () -> DatabasePool? = { nil },
        requestIDSeed: UInt64 = .random(in: .min ... .max), logger: Logger = Logger(label: "authd")
    ) {
        self.init(
            service: service, beside: [], configuration: configuration, assets: assets, processMetrics: processMetrics,
            databasePool: databasePool, requestIDSeed: requestIDSeed, logger: logger)
    }

    /// The same, with the routes of further targets of the package beside those of the service.
    package init(
        service: AuthService, beside groups: [any EndpointGroup], configuration: HTTPConfiguration,
        assets: DocumentationAssets = .contentDeliveryNetwork,
        processMetrics: @escaping @Sendable () -> [ProcessMetric] = { [] },
        databasePool: @escaping @Sendable () -> DatabasePool? = { nil },
        requestIDSeed: UInt64 = .random(in: .min ... .max), logger: Logger
    ) {
        let description = SelfDescription()
        self.description = description
        self.service = service
        let table = EndpointTable(
            service: service, configuration: configuration, assets: assets, description: description, beside: groups)
        gate = Gate(
            endpoints: table.endpoints, authenticator: ServiceAuthenticator(service: service),
            configuration: configuration,
            policy: { service.policy }, requestIDSeed: requestIDSeed, now: { service.now },
            settle: Self.settlement(by: service), logger: logger)
        let limiter = gate.limiter
        let described = table.described
        description.complete(
            .init(
                documents: { RoleDocuments(of: described, configuration, roles: service.policy.roles, after: $0) },
                metrics: gate.metrics,
                problems: described.problems,
                settlements: { limiter.counts },
                processMetrics: processMetrics, databasePool: databasePool))
    }

    /// The OpenAPI document of the interface of a service with these roles, as JSON; there need be no service.
    ///
    /// `groups` are the routes of further targets beside those of the service.
    package static func openAPI(
        _ configuration: HTTPConfiguration, roles: RoleTable, beside groups: [any EndpointGroup] = []
    ) -> [UInt8] {
        let table = EndpointTable(describing: configuration, beside: groups).described
        return OpenAPIDocument(table: table, configuration: configuration, roles: roles).json.serialized
    }

    /// The first parts of all paths at the root, of the pages of mailed actions, and of those that are kept for OAuth 2: a
    /// prefix that begins with one would hide a route behind another.
    package static let firstPathSegments: Set<String> = EndpointTable.firstSegments.union(others)  // own text

    private static let others: Set<String> = ["actions", "oauth2"]  // own text

    /// Answers 503 at `/health/database` from now on, so that a balancer sends requests elsewhere; everything else is
    /// served as before.
    public func announceShutdown() {
        description.announceShutdown()
    }

    /// How the buckets of sources are settled with the other processes; `nil` where there can be none.
    private static func settlement(by service: AuthService) -> RateLimiter.Settle? {
        guard service.limits.areShared else { return nil }
        return { uses in
            do throws(AuthError) {
                return try await service.limits.settle(uses)
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

    /// Routes a request, and answers it where neither the store nor a body is needed.
    public func admit(_ head: Request) -> RequestDecision {
        gate.admit(head)
    }

    /// Returns a problem document for bytes that could not be read as a request.
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
        let reply: Reply
        switch gate.admit(Request(request, peer: peer)) {
        case .answered(let immediate): reply = immediate
        case .deferred(let admitted): reply = await admitted.respond(body)
        }
        return (reply.httpResponse, reply.body)
    }

    /// Whether a request is for a route of this interface, which then answers it, also where the path does not have the method.
    ///
    /// Everything else is for the embedder's own routes. `target` is the path as sent, with or without a query.
    public func serves(_ method: HTTPRequest.Method, _ target: String) -> Bool {
        gate.serves(RequestMethod(rawValue: method.rawValue), target)
    }

    /// Decides about a request for a route of the embedder's own, as this interface does for its routes.
    ///
    /// It checks the limit, the bearer token or the cookies, with protection against CSRF, pending duties, and the
    /// requirement; it needs no body, and memory alone for a token that was seen before. There must be a token even where
    /// the requirement is `.anyone`.
    ///
    /// - Parameters:
    ///   - head: As it was read, its fields not merged.
    ///   - peer: The socket's other end, not an address taken from a header.
    ///   - requirement: What the caller must hold.
    ///   - limit: The kind of request that is counted against its source; by default none.
    /// - Returns: The caller, or the response that refuses the request.
    public func authenticate(
        _ head: HTTPRequest, peer: IPAddress?, requiring requirement: AccessRequirement = .authenticated,
        limit: LimitClass = .none
    ) async -> RequestAuthentication {
        await gate.authenticate(Request(head, peer: peer), requiring: requirement, limit: limit)
    }

    /// The response to a browser that asks whether a page may send a request to a route of the embedder's own.
    ///
    /// `nil` for other requests, and for pages whose origin is not one of `HTTPConfiguration.allowedOrigins`.
    public func preflight(_ head: HTTPRequest) -> HTTPResponse? {
        gate.preflight(Request(head, peer: nil))?.httpResponse
    }
}
