// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport

/// One route as a client knows it: who may call it, what it reads, and a request that it answers.
struct RouteCase: Sendable {
    /// Who a route is for.
    enum Caller: Sendable {
        case anyone, user, administrator, service
    }

    /// What a route reads besides its path.
    enum Body: String, Sendable {
        case json = "application/json"
        case form = "application/x-www-form-urlencoded"
    }

    /// A request, but for who sends it.
    struct Request: Sendable {
        var path: String
        var body: String?
        /// A token other than that of the caller whom the stage has ready.
        var token: String?

        init(_ path: String, _ body: String? = nil, token: String? = nil) {
            self.path = path
            self.body = body
            self.token = token
        }
    }

    /// The method and the path, as the OpenAPI document writes them.
    let method: String
    let template: String
    let status: Int
    let caller: Caller
    /// What it reads, the preferred format first.
    let bodies: [Body]
    /// Whether a body without any field is refused.
    let hasRequiredFields: Bool
    /// Makes a request that is answered with `status`, and what must exist for it.
    let request: @Sendable (RouteStage) async throws -> Request

    var operation: String { "\(method) \(template)" }
    var hasParameter: Bool { template.contains("{") }

    init(
        _ method: String, _ template: String, _ status: Int = 200, for caller: Caller = .anyone,
        reading bodies: [Body] = [],
        requiresFields hasRequiredFields: Bool = true,
        _ request: (@Sendable (RouteStage) async throws -> Request)? = nil
    ) {
        self.method = method
        self.template = template
        self.status = status
        self.caller = caller
        self.bodies = bodies
        self.hasRequiredFields = hasRequiredFields && !bodies.isEmpty
        self.request = request ?? { _ in Request(template) }
    }
}

/// The daemon, and people to call its routes as.
struct RouteStage: Sendable {
    /// A secret by which services follow the change feed.
    static let serviceSecret = "6f1d2b9e4c7a8053e2d1c4b7a6958f3021436587"

    let daemon: RunningDaemon
    let administrator: SignedIn
    /// A user whom no other route has touched.
    let user: SignedIn

    /// The token that a caller sends.
    func token(of caller: RouteCase.Caller) -> String? {
        switch caller {
        case .anyone: nil
        case .user: user.access
        case .administrator: administrator.access
        case .service: RouteStage.serviceSecret
        }
    }

    /// Sends the request that a route answers with success.
    func send(_ route: RouteCase) async throws -> Response {
        let request = try await route.request(self)
        return try await send(route, request, body: request.body, token: request.token ?? token(of: route.caller))
    }

    /// Sends a request to a route with another body, as another caller or under another path.
    func send(
        _ route: RouteCase, _ request: RouteCase.Request, body: String?, token: String?, prefix: String = "",
        type: String? = nil
    ) async throws -> Response {
        let type = type ?? route.bodies.first?.rawValue
        let fields = body == nil ? [] : ["Content-Type: \(type ?? "")"]
        return try await daemon.exchange(route.method, prefix + request.path, token: token, form: body, fields: fields)
    }
}
