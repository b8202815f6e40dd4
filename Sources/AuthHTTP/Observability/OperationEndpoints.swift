// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Health, metrics, keys and the description of problems.
struct OperationEndpoints: EndpointGroup {
    let reference: ServiceReference
    let configuration: HTTPConfiguration
    let description: SelfDescription
    let replies: ReplyFactory

    var endpoints: [Endpoint] {
        let overview = configuration.exposesOverview ? [overviewEndpoint, iconEndpoint] : []
        let metrics = configuration.exposesMetrics ? [metricsEndpoint] : []
        return overview + [healthEndpoint, storeHealthEndpoint, keySetEndpoint, problemEndpoint] + metrics
    }

    var schemas: [(name: String, schema: Schema)] {
        let overview = configuration.exposesOverview ? [(name: "Overview", schema: OverviewPage.schema)] : []
        return overview + [(name: "Health", schema: Self.healthSchema)]
    }

    var problems: [ProblemKind] { ProblemKind.operations }

    static let healthSchema = Schema.object([
        .required("status", .string(choices: ["healthy"])), .optional("database", .string()),
        .optional("version", .string()),
        .optional(
            "pool",
            .object([
                .required("open", .integer()), .required("idle", .integer()), .required("waiting", .integer()),
                .required("limit", .integer()),
            ])),
    ])

    private var overviewEndpoint: Endpoint {
        let overview = OverviewPage(configuration: configuration)
        let json = overview.json
        let block = replies.publicBlock(
            contentType: "application/json", cacheControl: "public, max-age=300", isNegotiated: true)
        let pageBlock = replies.publicBlock(
            contentType: Page.contentType, cacheControl: "public, max-age=300", policy: Page.policy, isNegotiated: true)
        let prefix = configuration.prefix
        let answer: @Sendable (Call) -> Reply = { call in
            guard call.prefersPage else { return Reply(.ok, block, body: json) }
            return Reply(
                .ok, pageBlock, body: overview.html(base: Page.base(of: call.request.target, depth: 0, prefix: prefix)))
        }
        return Endpoint(
            method: .get, path: "/", operationID: "overview", tag: .operations,
            summary: "Read where to go from here", access: .anyone, limit: .none,
            description: "Browsers, which prefer `text/html`, get a page.",
            replies: [.json(.ok, "The addresses of the documentation and of the health check", .component("Overview"))],
            immediate: { answer($0) }, handle: { (call) throws(Refusal) in answer(call) })
    }

    private var iconEndpoint: Endpoint {
        let block = replies.publicBlock(contentType: Favicon.contentType, cacheControl: "public, max-age=86400")
        return Endpoint(
            method: .get, path: "/favicon.ico", operationID: "favicon", tag: .operations,
            summary: "Read the icon of the pages", access: .anyone, limit: .none,
            // Without its type, which generators of clients do not know.
            replies: [.empty(.ok, "The icon")],
            immediate: { (_) in Reply(.ok, block, body: Favicon.bytes) },
            handle: { (_) throws(Refusal) in Reply(.ok, block, body: Favicon.bytes) })
    }

    /// The links at the top of a page.
    private static func links(_ configuration: HTTPConfiguration, base: String) -> [String] {
        let overview = "<a href=\"\(base.isEmpty ? "./" : base)\">Overview</a>"
        let routes = "<a href=\"\(base)docs\">All routes</a>"
        return (configuration.exposesOverview ? [overview] : []) + (configuration.exposesDocumentation ? [routes] : [])
    }

    private var healthEndpoint: Endpoint {
        let version = configuration.version
        let answer: @Sendable (Call) -> Reply = { call in
            call.replies.json { body in
                body.member("status", "healthy")
                body.member("version", version)
            }
        }
        return Endpoint(
            method: .get, path: "/health", operationID: "health", tag: .operations,
            summary: "Liveness check", access: .anyone, limit: .none,
            description:
                "Ignores the state of the database, so that an orchestrator does not restart the process for it.",
            replies: [.json(.ok, "Alive", .component("Health"), example: ["status": "healthy"])],
            immediate: { answer($0) }, handle: { (call) throws(Refusal) in answer(call) })
    }

    private var storeHealthEndpoint: Endpoint {
        Endpoint(
            method: .get, path: "/health/database", operationID: "healthDatabase", tag: .operations,
            summary: "Readiness check", access: .anyone, limit: .none,
            description:
                "Clients that ask from this host, and not through a proxy, also see the connections to the database (`pool`).",
            replies: [
                .json(
                    .ok, "Ready", .component("Health"), example: ["status": "healthy", "database": "connected"])
            ],
            problems: [.unavailable, .shuttingDown],
            handle: { [reference, description] (call) throws(Refusal) in
                guard !description.current.isShuttingDown else { throw Refusal(.shuttingDown) }
                let service = reference.service
                try await mapErrors { () throws(AuthError) in try await service.checkStore() }
                guard service.changeFeed.isFresh || service.settings.acceptsTokensOnSilentFeed else {
                    throw Refusal(.unavailable)
                }
                return call.replies.json { body in
                    body.member("status", "healthy")
                    body.member("database", "connected")
                    // An address of a private network says nothing: network address translation in front of a container gives
                    // one to every client of the internet.
                    guard call.client?.isLocal == true, let pool = description.current.databasePool() else { return }
                    body.member(
                        "pool",
                        object: { numbers in
                            numbers.member("open", Int64(pool.open))
                            numbers.member("idle", Int64(pool.idle))
                            numbers.member("waiting", Int64(pool.waiting))
                            numbers.member("limit", Int64(pool.limit))
                        })
                }
            })
    }

    private var keySetEndpoint: Endpoint {
        let jwksSeconds =
            switch reference {
            case .live(let service): service.keys.jwksLifetime.components.seconds
            case .described: Int64(0)
            }
        let block = replies.publicBlock(
            contentType: "application/json",
            cacheControl: "public, max-age=\(jwksSeconds)")
        let answer: @Sendable (Call) -> Reply = { [reference] call in
            let keys = reference.service.keys.jwks
            let tag = EntityTag.of(keys)
            guard !EntityTag.isNamed(tag, inNoneMatch: call.request.fields("if-none-match")) else {
                return Reply(.notModified, block, fields: [("etag", tag)])
            }
            return Reply(.ok, block, fields: [("etag", tag)], body: keys)
        }
        return Endpoint(
            method: .get, path: "/.well-known/jwks.json", operationID: "jwks", tag: .operations,
            summary: "Read the public keys of access tokens", access: .anyone, limit: .none,
            description: "Empty if access tokens are signed with a shared secret.",
            replies: [.json(.ok, "A JWK set (RFC 7517)", .anyObject), .empty(.notModified, "Not changed")],
            immediate: { answer($0) }, handle: { (call) throws(Refusal) in answer(call) })
    }

    private var metricsEndpoint: Endpoint {
        let block = replies.publicBlock(contentType: PrometheusText.contentType, cacheControl: "no-store")
        return Endpoint(
            method: .get, path: "/metrics", operationID: "metrics", tag: .operations,
            summary: "Read the metrics in Prometheus' text format", access: .anyone, limit: .none,
            description: "Contains no personal data, but must not be exposed to the internet.",
            replies: [
                ReplyDescription(
                    status: .ok, description: "Metrics",
                    content: .init(mediaType: PrometheusText.contentType, schema: .string()))
            ],
            handle: { [description, reference] (_) throws(Refusal) in
                let service = reference.service
                let content = description.current
                let text =
                    PrometheusText.render(content.metrics) + PrometheusText.render(service.gauges)
                    + PrometheusText.render(service.changeFeed.health)
                    + PrometheusText.render(service.limits.noticedAttacks)
                    + PrometheusText.render(service.mail.dropped)
                    + PrometheusText.render(service.outbox.health, at: service.now)
                    + PrometheusText.render(service.clockHealth)
                    + PrometheusText.render(removedRegistrations: service.users.removedRegistrationCount)
                    + PrometheusText.render(service.audit.health) + PrometheusText.render(content.settlements())
                    + PrometheusText.render(content.processMetrics())
                    + PrometheusText.render(content.databasePool())
                return Reply(.ok, block, body: Array(text.utf8))
            })
    }

    private var problemEndpoint: Endpoint {
        let block = replies.publicBlock(
            contentType: "application/json", cacheControl: "public, max-age=3600", isNegotiated: true)
        let pageBlock = replies.publicBlock(
            contentType: Page.contentType, cacheControl: "public, max-age=3600", policy: Page.policy, isNegotiated: true
        )
        let configuration = configuration
        return Endpoint(
            method: .get, path: "/problems/{slug}", operationID: "describeProblem", tag: .operations,
            summary: "Describe a problem type", access: .anyone, limit: .none,
            description: "Browsers, which prefer `text/html`, get a page.",
            replies: [
                .json(
                    .ok, "The problem",
                    .object([
                        .required("code", .string()), .required("status", .integer()), .required("title", .string()),
                        .required("detail", .string()), .required("advice", .string()),
                    ]))
            ],
            problems: [.notFound],
            handle: { [description] (call) throws(Refusal) in
                guard
                    let kind = description.current.problems.first(where: {
                        $0.slug.hasSameOctets(as: call.parameters["slug"] ?? "")
                    })
                else {
                    throw Refusal(.notFound)
                }
                guard !call.prefersPage else {
                    let base = Page.base(of: call.request.target, depth: 2, prefix: configuration.prefix)
                    let page = Page(title: kind.title, links: Self.links(configuration, base: base))
                    return Reply(
                        .ok, pageBlock, body: page.html(base: base, content: ProblemText.content(kind)))
                }
                var writer = JSONWriter()
                writer.object { body in
                    body.member("code", kind.code)
                    body.member("status", Int64(kind.status.rawValue))
                    body.member("title", kind.title)
                    body.member("detail", kind.detail)
                    body.member("advice", kind.advice)
                }
                return Reply(.ok, block, body: writer.bytes)
            })
    }
}
