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
    /// The rules as they are now: what roles grant is data.
    private let policy: @Sendable () -> AccessPolicy
    private let cors: CORSPolicy
    private let proxies: ProxyTrust
    private let credentials: CredentialReader
    let limiter: RateLimiter
    private let requestIDs: RequestIDSource
    private let now: @Sendable () -> Timestamp
    private let log: AccessLog
    private let notices: RefusalNotices
    /// Whether replies tell how long they took.
    private let showsTime: Bool
    /// Requests that led to no route are counted together: what they asked for is the client's text.
    private let unrouted = RouteMetrics(method: "other", route: "none")
    /// Refusals of requests for routes outside of the table.
    private let guarded = RouteMetrics(method: "other", route: "own")

    init(
        endpoints: [Endpoint], authenticator: Authenticator, configuration: HTTPConfiguration,
        policy: @escaping @Sendable () -> AccessPolicy = { AccessPolicy() }, requestIDSeed: UInt64,
        now: @escaping @Sendable () -> Timestamp,
        settle: RateLimiter.Settle? = nil, logger: Logger
    ) {
        self.router = Router(endpoints, prefix: configuration.prefix)
        self.replies = ReplyFactory(configuration)
        self.authenticator = authenticator
        self.policy = policy
        self.cors = CORSPolicy(origins: configuration.allowedOrigins, exposesTime: configuration.isDevelopment)
        self.proxies = configuration.proxies
        self.credentials = CredentialReader(configuration)
        self.limiter = RateLimiter(limits: configuration.limits, now: now, settle: settle)
        self.requestIDs = RequestIDSource(seed: requestIDSeed)
        self.now = now
        self.log = AccessLog(configuration, logger: logger)
        self.notices = RefusalNotices(configuration, logger: logger)
        self.showsTime = configuration.isDevelopment
    }

    /// Everything that is counted.
    var metrics: [RouteMetrics] { router.routes.map(\.metrics) + [unrouted, guarded] }

    // MARK: The head, on the event loop

    func admit(_ head: Request) -> RequestDecision {
        let start = NIODeadline.now()
        let match = router.match(head.method, head.target)
        if head.isBodyTooLarge, !match.ignoresBody {
            guard router.form(of: head.target) != nil else { return .answered(refuse(.bodyTooLarge)) }
            let fields = ParsedHeaders(head)
            let context = RequestContext(head, fields, id: identify(fields), start: start)
            return .answered(refuse(Refusal(.bodyTooLarge), context))
        }
        let fields = ParsedHeaders(head)
        let context = RequestContext(head, fields, id: identify(fields), start: start)
        switch match {
        case .route(let route, let parameters, let query):
            guard let reply = respondFromMemory(route, parameters, query, context) else {
                return .deferred(
                    admitted(Admission(route: route, parameters: parameters, query: query, context: context)))
            }
            return .answered(finish(reply, context, route.metrics, route: route))
        case .otherMethods(let methods):
            let reply =
                head.method == .options ? options(context, methods) : refusal(ofMethod: methods, context)
            return .answered(finish(reply, context, unrouted, route: nil))
        case .nothing:
            return .answered(refuse(Refusal(.notFound), context))
        case .malformed:
            return .answered(refuse(Refusal(.malformedRequest), context))
        }
    }

    private func respondFromMemory(
        _ route: Route, _ parameters: [String], _ query: String?, _ context: RequestContext
    ) -> Reply? {
        let endpoint = route.endpoint
        var caller: Caller?
        var isByCookie = false
        do throws(Refusal) {
            if endpoint.access == .service {
                try checkService(context)
            } else if endpoint.access != .anyone {
                let credential = try credentials.credential(of: context, isQuestion: endpoint.answersAnyMethod)
                guard endpoint.limit == .none, endpoint.immediate != nil,
                    let result = authenticator.callerNow(bearing: credential.accessToken)
                else { return nil }
                isByCookie = credential.isCookie
                let found = try result.get()
                try check(endpoint.access, for: found, openWhilePending: endpoint.openWhilePending)
                if endpoint.proof == .recent { try authenticator.requireRecentProof(of: found) }
                caller = found
            }
        } catch {
            return refused(error, context, as: endpoint.errorForm)
        }
        guard endpoint.limit == .none, let immediate = endpoint.immediate else { return nil }
        return immediate(
            Call(
                request: context.request, id: context.id,
                parameters: PathParameters(names: route.parameterNames, values: parameters), query: query,
                caller: caller, client: nil, now: now(), replies: replies, isByCookie: isByCookie))
    }

    // MARK: The whole request, in a task

    private func admitted(_ admission: Admission) -> AdmittedRequest {
        let endpoint = admission.route.endpoint
        return AdmittedRequest(
            cancelsOnDisconnect: endpoint.cancelsOnDisconnect, ignoresBody: endpoint.answersAnyMethod
        ) { [self] body in
            await respond(to: body, under: admission)
        }
    }

    private func respond(to body: [UInt8], under admission: Admission) async -> Reply {
        let admission = admission.completed(by: body)
        let route = admission.route
        let request = admission.context.request
        let client = ClientAddress(request, trust: proxies)
        if !client.isDirect { notices.lookAtForwarding(of: request) }
        var limitFields: [(name: String, value: String)] = []
        var reply: Reply
        do throws(Refusal) {
            let verdict = try await count(request, for: route.endpoint, from: client)
            limitFields = verdict?.fields ?? []
            try checkLimit(verdict)
            let now = now()
            let (caller, isByCookie) = try await authenticate(route.endpoint, admission.context)
            reply = try await route.endpoint.handle(
                Call(
                    request: request, id: admission.context.id,
                    parameters: PathParameters(names: route.parameterNames, values: admission.parameters),
                    query: admission.query, caller: caller, client: client, now: now, replies: replies,
                    isByCookie: isByCookie,
                    countAlso: { (limitClass) throws(Refusal) in
                        try await self.countAlso(limitClass, from: client)
                    }))
        } catch {
            reply = refused(error, admission.context, as: route.endpoint.errorForm)
        }
        reply.fields += limitFields
        return finish(reply, admission.context, route.metrics, route: route)
    }

    /// Counts a request, against the session or known device that it presents or else against its source; `nil` if it is
    /// not limited.
    private func count(
        _ request: Request, for endpoint: Endpoint, from client: ClientAddress
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
        try checkLimit(await verdict(try limiter.admit(limitClass, from: client)))
    }

    /// Lets a request pass that is within its limit, or has none.
    ///
    /// - Throws: `.rateLimited`.
    private func checkLimit(_ verdict: RateLimiter.Verdict?) throws(Refusal) {
        if case .refused(let delay)? = verdict?.outcome { throw Refusal(.rateLimited, retryAfter: delay) }
    }

    private func authenticate(
        _ endpoint: Endpoint, _ context: RequestContext
    ) async throws(Refusal) -> (caller: Caller?, isByCookie: Bool) {
        guard endpoint.access != .anyone else { return (nil, false) }
        guard endpoint.access != .service else {
            try checkService(context)
            return (nil, false)
        }
        let credential = try credentials.credential(of: context, isQuestion: endpoint.answersAnyMethod)
        let caller = try await authenticator.caller(bearing: credential.accessToken)
        try check(endpoint.access, for: caller, openWhilePending: endpoint.openWhilePending)
        if endpoint.proof == .recent { try authenticator.requireRecentProof(of: caller) }
        return (caller, credential.isCookie)
    }

    // MARK: Routes outside of the table

    /// Whether the table has the path of a request, whatever the method.
    func serves(_ method: RequestMethod?, _ target: String) -> Bool {
        switch router.match(method, target) {
        case .route, .otherMethods: true
        case .nothing, .malformed: false
        }
    }

    /// Decides about a request for a route outside of the table, as about one for a route of the table with this access and
    /// limit.
    func authenticate(
        _ head: Request, requiring requirement: AccessRequirement, limit: LimitClass
    ) async -> RequestAuthentication {
        let start = NIODeadline.now()
        let fields = ParsedHeaders(head)
        let context = RequestContext(head, fields, id: identify(fields), start: start)
        var limitFields: [(name: String, value: String)] = []
        do throws(Refusal) {
            if limit != .none {
                let client = ClientAddress(head, trust: proxies)
                if !client.isDirect { notices.lookAtForwarding(of: head) }
                let verdict = await verdict(try limiter.admit(limit, from: client))
                limitFields = verdict?.fields ?? []
                try checkLimit(verdict)
            }
            let credential = try credentials.credential(of: context, isQuestion: false)
            let caller = try await authenticator.caller(bearing: credential.accessToken)
            try check(requirement, for: caller, openWhilePending: [])
            guard let principal = caller.principal else { throw Refusal(.unauthenticated) }
            return .admitting(principal, fields: limitFields + cors.outsideFields(for: fields.origin))
        } catch {
            var reply = refused(error, context, as: .problem)
            reply.fields += limitFields
            return .refusing(finish(reply, context, guarded, route: nil))
        }
    }

    /// The answer to a browser that asks whether a page may send a request to a route outside of the table; `nil` where the
    /// request asks nothing of the kind, or comes from a page that may not read replies.
    func preflight(_ head: Request) -> Reply? {
        guard head.method == .options, !head.fields("access-control-request-method").isEmpty,
            let origin = ParsedHeaders(head).origin
        else { return nil }
        let fields = cors.preflightFields(for: origin, methods: RequestMethod.allCases.filter { $0 != .options })
        guard !fields.isEmpty else { return nil }
        var reply = replies.empty()
        reply.fields += fields
        return reply
    }

    // MARK: Both

    func refuse(_ failure: TransportFailure) -> Reply {
        let id = requestIDs.next()
        var reply = replies.problem(Refusal(ProblemKind(failure)), id: id)
        reply.requestID = id
        unrouted.record(reply.status, nanoseconds: 0)
        return reply
    }

    /// Lets services pass.
    ///
    /// - Throws: `.unauthenticated`, `.invalidToken` whatever else is presented; `.malformedRequest`.
    private func checkService(_ context: RequestContext) throws(Refusal) {
        guard let secret = try BearerToken.find(in: context.fields) else { throw Refusal(.unauthenticated) }
        guard authenticator.authenticatesService(bearing: secret) else { throw Refusal(.invalidToken) }
    }

    private func check(
        _ requirement: AccessRequirement, for caller: Caller, openWhilePending: Set<PendingDuty>
    ) throws(Refusal) {
        if let duty = caller.pendingDuty, !openWhilePending.contains(duty) { throw Refusal(duty.problem) }
        // A caller whose token is good meets this one, whatever roles grant.
        if requirement == .authenticated { return }
        if case .deny(let denial) = policy().decide(requirement, for: caller.subject) {
            throw Refusal(denied: denial)
        }
    }

    private func identify(_ fields: ParsedHeaders) -> RequestID {
        fields.requestID.flatMap { RequestID(received: $0) } ?? requestIDs.next()
    }

    private func options(_ context: RequestContext, _ methods: [RequestMethod]) -> Reply {
        var reply = replies.empty()
        reply.fields.append(("allow", methods.map(\.rawValue).joined(separator: ", ")))
        guard let origin = context.fields.origin else { return reply }
        let form = router.form(of: context.request.target)?.crossOrigin ?? .configured
        let fields = cors.preflightFields(for: origin, methods: methods, as: form)
        reply.fields += fields
        if fields.isEmpty, form == .configured, !context.request.fields("access-control-request-method").isEmpty {
            reply.reason = "origin_not_allowed"
            notices.tell(.foreignOrigin, context.request)
        }
        return reply
    }

    /// The answer to a refused request, of which the operator is told where a setting is the cause.
    private func refused(_ refusal: Refusal, _ context: RequestContext, as form: ErrorForm) -> Reply {
        notices.look(at: refusal, of: context.request)
        return replies.refusal(refusal, id: context.id, as: form, for: context.request)
    }

    private func refusal(ofMethod allowed: [RequestMethod], _ context: RequestContext) -> Reply {
        let form = router.form(of: context.request.target)?.error ?? .problem
        var reply = replies.refusal(Refusal(.methodNotAllowed), id: context.id, as: form, for: context.request)
        reply.fields.append(("allow", allowed.map(\.rawValue).joined(separator: ", ")))
        return reply
    }

    /// Refuses a request that led to no route.
    private func refuse(_ refusal: Refusal, _ context: RequestContext) -> Reply {
        let form = router.form(of: context.request.target)?.error ?? .problem
        let reply = replies.refusal(refusal, id: context.id, as: form, for: context.request)
        return finish(reply, context, unrouted, route: nil)
    }

    private func finish(_ reply: Reply, _ context: RequestContext, _ metrics: RouteMetrics, route: Route?) -> Reply {
        var reply = reply
        reply.requestID = context.id
        if let origin = context.fields.origin, context.request.method != .options {
            let form = route?.endpoint.crossOrigin ?? router.form(of: context.request.target)?.crossOrigin
            reply.fields += cors.fields(for: origin, as: form ?? .configured)
        }
        let nanoseconds = NIODeadline.now().uptimeNanoseconds &- context.start.uptimeNanoseconds
        if showsTime, route?.endpoint.showsTime == true {
            reply.fields.append((ProcessTime.field, ProcessTime.text(nanoseconds: nanoseconds)))
        }
        metrics.record(reply.status, nanoseconds: nanoseconds)
        log.record(reply, context, route, nanoseconds: nanoseconds)
        return reply
    }
}
