// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import Logging
internal import NIOCore

/// What every request passes, in this order: routing, limit, authentication, access, and only then the route's own work,
/// which begins with reading the body.
struct Gate<Authenticator: CallerAuthenticating>: RequestHandler {
    let router: Router
    let replies: ReplyFactory
    private let authenticator: Authenticator
    private let policy: AccessPolicy
    private let cors: CORSPolicy
    private let proxies: ProxyTrust
    private let browsers: CookieSessions
    let limiter: RateLimiter
    private let requestIDs: RequestIDSource
    private let now: @Sendable () -> Timestamp
    private let log: AccessLog
    private let notices: ForwardingNotices
    /// Requests that led to no route are counted together: what they asked for is the client's text.
    private let unrouted = RouteMetrics(method: "other", route: "none")

    init(
        endpoints: [Endpoint], authenticator: Authenticator, configuration: HTTPConfiguration,
        policy: AccessPolicy = AccessPolicy(), requestIDSeed: UInt64, now: @escaping @Sendable () -> Timestamp,
        settle: RateLimiter.Settle? = nil, logger: Logger
    ) {
        self.router = Router(endpoints, prefix: configuration.prefix)
        self.replies = ReplyFactory(configuration)
        self.authenticator = authenticator
        self.policy = policy
        self.cors = CORSPolicy(origins: configuration.allowedOrigins)
        self.proxies = configuration.proxies
        self.browsers = CookieSessions(configuration)
        self.limiter = RateLimiter(limits: configuration.limits, now: now, settle: settle)
        self.requestIDs = RequestIDSource(seed: requestIDSeed)
        self.now = now
        self.log = AccessLog(logger: logger)
        self.notices = ForwardingNotices(trust: configuration.proxies, logger: logger)
    }

    /// Everything that is counted.
    var metrics: [RouteMetrics] { router.routes.map(\.metrics) + [unrouted] }

    // MARK: The door on the event loop

    func respondFromMemory(_ request: Request) -> Reply? {
        let start = NIODeadline.now()
        let fields = ParsedHeaders(request)
        let context = RequestContext(request, fields, id: identify(fields), start: start)
        switch router.match(request.method, request.target) {
        case .route(let route, let parameters, let query):
            guard let reply = respondFromMemory(context, route, parameters: parameters, query: query) else {
                return nil
            }
            return finish(reply, context, route.metrics, route: route)
        case .otherMethods(let methods):
            let reply =
                request.method == .options
                ? options(fields, methods) : refusal(ofMethod: methods, id: context.id)
            return finish(reply, context, unrouted, route: nil)
        case .nothing:
            return finish(replies.problem(Refusal(.notFound), id: context.id), context, unrouted, route: nil)
        case .malformed:
            return finish(replies.problem(Refusal(.malformedRequest), id: context.id), context, unrouted, route: nil)
        }
    }

    private func respondFromMemory(_ context: RequestContext, _ route: Route, parameters: [String], query: String?)
        -> Reply?
    {
        let endpoint = route.endpoint
        var caller: Caller?
        var isByCookie = false
        do throws(Refusal) {
            if endpoint.access == .service {
                try checkService(context)
            } else if endpoint.access != .anyone {
                let credential = try credential(context, for: endpoint)
                guard endpoint.limit == .none, endpoint.immediate != nil,
                    let result = authenticator.callerNow(bearing: credential.accessToken)
                else { return nil }
                isByCookie = credential.isCookie
                let found = try result.get()
                try check(endpoint, for: found)
                caller = found
            }
        } catch {
            return replies.refusal(error, id: context.id, as: endpoint.errorForm)
        }
        guard endpoint.limit == .none, let immediate = endpoint.immediate else { return nil }
        return immediate(
            Call(
                request: context.request, id: context.id,
                parameters: PathParameters(names: route.parameterNames, values: parameters), query: query,
                caller: caller,
                client: nil, now: now(), replies: replies, isByCookie: isByCookie))
    }

    // MARK: The asynchronous door

    func respond(to request: Request) async -> Reply {
        let start = NIODeadline.now()
        let fields = ParsedHeaders(request)
        let context = RequestContext(request, fields, id: identify(fields), start: start)
        guard case .route(let route, let parameters, let query) = router.match(request.method, request.target) else {
            // The event loop's door has answered every request without a route.
            return replies.problem(Refusal(.notFound), id: context.id)
        }
        let client = ClientAddress(request, trust: proxies)
        if !client.isDirect { notices.look(at: request) }
        var limitFields: [(name: String, value: String)] = []
        var reply: Reply
        do throws(Refusal) {
            if let verdict = try await admit(request, to: route.endpoint, from: client) {
                limitFields = verdict.fields
                if case .refused(let delay) = verdict.outcome { throw Refusal(.rateLimited, retryAfter: delay) }
            }
            let now = now()
            let (caller, isByCookie) = try await authenticate(route.endpoint, context)
            reply = try await route.endpoint.handle(
                Call(
                    request: request, id: context.id,
                    parameters: PathParameters(names: route.parameterNames, values: parameters), query: query,
                    caller: caller,
                    client: client, now: now, replies: replies, isByCookie: isByCookie,
                    countAlso: { (limitClass) throws(Refusal) in
                        try await self.countAlso(limitClass, from: client)
                    }))
        } catch {
            reply = replies.refusal(error, id: context.id, as: route.endpoint.errorForm)
        }
        reply.fields += limitFields
        return finish(reply, context, route.metrics, route: route)
    }

    /// Counts a request, against the session or known device that it presents or else against its source; `nil` if it is
    /// not limited.
    private func admit(
        _ request: Request, to endpoint: Endpoint, from client: ClientAddress
    ) async throws(Refusal) -> RateLimiter.Verdict? {
        if endpoint.limit != .none, let claim = endpoint.holder?(request, client) {
            let verdict = await verdict(limiter.admit(endpoint.limit, of: claim.holder))
            guard let isOwn = claim.isOwn, case .admitted = verdict?.outcome else { return verdict }
            if await isOwn() { return verdict }
        }
        return await verdict(try limiter.admit(endpoint.limit, from: client))
    }

    private func verdict(_ admission: RateLimiter.Admission) async -> RateLimiter.Verdict? {
        switch admission {
        case .unlimited: nil
        case .decided(let verdict): verdict
        case .mustSettle(let claim, let key): await limiter.settleAndAdmit(claim, at: key)
        }
    }

    /// Counts a request that does what another class of requests does, beside its own class.
    ///
    /// - Throws: `.rateLimited`.
    private func countAlso(_ limitClass: LimitClass, from client: ClientAddress) async throws(Refusal) {
        let verdict = await self.verdict(try limiter.admit(limitClass, from: client))
        if case .refused(let delay)? = verdict?.outcome {
            throw Refusal(.rateLimited, retryAfter: delay)
        }
    }

    private func authenticate(
        _ endpoint: Endpoint, _ context: RequestContext
    ) async throws(Refusal) -> (caller: Caller?, isByCookie: Bool) {
        guard endpoint.access != .anyone else { return (nil, false) }
        guard endpoint.access != .service else {
            try checkService(context)
            return (nil, false)
        }
        let credential = try credential(context, for: endpoint)
        let caller = try await authenticator.caller(bearing: credential.accessToken)
        try check(endpoint, for: caller)
        return (caller, credential.isCookie)
    }

    // MARK: What both doors share

    func cancelsOnDisconnect(_ method: RequestMethod?, _ target: String) -> Bool {
        guard case .route(let route, _, _) = router.match(method, target) else { return false }
        return route.endpoint.cancelsOnDisconnect
    }

    func ignoresBody(_ method: RequestMethod?, _ target: String) -> Bool {
        guard case .route(let route, _, _) = router.match(method, target) else { return false }
        return route.endpoint.answersAnyMethod
    }

    func refuse(_ failure: TransportFailure) -> Reply {
        let id = requestIDs.next()
        var reply = replies.problem(Refusal(ProblemKind(failure)), id: id)
        reply.requestID = id
        unrouted.record(reply.status, nanoseconds: 0)
        return reply
    }

    /// The access token of a request, from the one place where it stands.
    ///
    /// - Throws: `.unauthenticated`; `.ambiguousCredentials` where a bearer token and cookies name two callers, perhaps
    ///   different ones; `.csrfRefused`; whatever ``BearerToken`` throws. Only `.unauthenticated` and `.invalidToken` for
    ///   an endpoint that answers any method: to a proxy that asks, everything else is a fault of the site.
    private func credential(_ context: RequestContext, for endpoint: Endpoint) throws(Refusal) -> Credential {
        guard endpoint.answersAnyMethod else { return try credential(context, isQuestion: false) }
        do throws(Refusal) {
            return try credential(context, isQuestion: true)
        } catch {
            guard error.kind.status != .unauthorized else { throw error }
            var refusal = Refusal(.unauthenticated)
            refusal.reason = error.kind.code
            throw refusal
        }
    }

    private func credential(_ context: RequestContext, isQuestion: Bool) throws(Refusal) -> Credential {
        if let token = try BearerToken.find(in: context.fields) {
            guard !context.fields.hasCookie || !browsers.isHeld(in: context.request) else {
                throw Refusal(.ambiguousCredentials)
            }
            return Credential(accessToken: token, isCookie: false)
        }
        guard context.fields.hasCookie, let token = browsers.accessToken(in: context.request),
            browsers.isOffered(to: ClientAddress(context.request, trust: proxies))
        else { throw Refusal(.unauthenticated) }
        guard isQuestion || browsers.maySend(context.request) else { throw Refusal(.csrfRefused) }
        return Credential(accessToken: token, isCookie: true)
    }

    /// Lets services pass.
    ///
    /// - Throws: `.unauthenticated`, `.invalidToken` whatever else is presented; `.malformedRequest`.
    private func checkService(_ context: RequestContext) throws(Refusal) {
        guard let secret = try BearerToken.find(in: context.fields) else { throw Refusal(.unauthenticated) }
        guard authenticator.authenticatesService(bearing: secret) else { throw Refusal(.invalidToken) }
    }

    private func check(_ endpoint: Endpoint, for caller: Caller) throws(Refusal) {
        if let duty = caller.pendingDuty, !endpoint.openWhilePending.contains(duty) { throw Refusal(duty.problem) }
        if case .deny(let denial) = policy.decide(endpoint.access, for: caller.subject) {
            throw Refusal(denied: denial)
        }
    }

    private func identify(_ fields: ParsedHeaders) -> RequestID {
        fields.requestID.flatMap { RequestID(received: $0) } ?? requestIDs.next()
    }

    private func options(_ fields: ParsedHeaders, _ methods: [RequestMethod]) -> Reply {
        var reply = replies.empty()
        reply.fields.append(("allow", methods.map(\.rawValue).joined(separator: ", ")))
        if let origin = fields.origin {
            reply.fields += cors.preflightFields(for: origin, methods: methods)
        }
        return reply
    }

    private func refusal(ofMethod allowed: [RequestMethod], id: RequestID) -> Reply {
        var reply = replies.problem(Refusal(.methodNotAllowed), id: id)
        reply.fields.append(("allow", allowed.map(\.rawValue).joined(separator: ", ")))
        return reply
    }

    private func finish(_ reply: Reply, _ context: RequestContext, _ metrics: RouteMetrics, route: Route?) -> Reply {
        var reply = reply
        reply.requestID = context.id
        if let origin = context.fields.origin, context.request.method != .options {
            reply.fields += cors.fields(for: origin)
        }
        let nanoseconds = NIODeadline.now().uptimeNanoseconds &- context.start.uptimeNanoseconds
        metrics.record(reply.status, nanoseconds: nanoseconds)
        log.record(reply, context, route, nanoseconds: nanoseconds)
        return reply
    }
}

/// An access token, and where it stood.
private struct Credential {
    let accessToken: String
    let isCookie: Bool
}

/// A request on its way through the gate.
struct RequestContext {
    let request: Request
    let fields: ParsedHeaders
    let id: RequestID
    let start: NIODeadline

    init(_ request: Request, _ fields: ParsedHeaders, id: RequestID, start: NIODeadline) {
        self.request = request
        self.fields = fields
        self.id = id
        self.start = start
    }
}
