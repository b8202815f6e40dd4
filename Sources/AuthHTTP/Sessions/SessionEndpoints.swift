// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Refreshing, listing and ending sessions.
struct SessionEndpoints: EndpointGroup {
    /// Which sessions a sign-out ends.
    enum Extent: String, CaseIterable {
        case this, others, all
    }

    let reference: ServiceReference
    let browsers: CookieSessions

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/refresh", operationID: "refresh", tag: .authentication,
                summary: "Refresh the tokens", access: .anyone, limit: .refresh,
                holder: holder,
                description: """
                    Exchanges a refresh token for a new pair, once. Presenting it again within the grace period returns the
                    same successor; later reuse revokes the session, because the token may have been stolen. With
                    `X-Auth-Mode: cookie` the token is read from its cookie, the new pair is set as cookies, and the body is
                    ignored.
                    """,
                body: RequestBody(
                    formats: [.json, .form], schema: .component("Refresh"),
                    // In cookie mode there is none.
                    examples: [("Refresh token", ["refresh_token": "art_…"])], isRequired: false),
                replies: [
                    .json(
                        .ok, "The next pair", .oneOf([.component("Tokens"), .component("CookieTokens")]),
                        example: TokenRepresentation.example)
                ],
                problems: CookieSessions.problems + [
                    .invalidRefreshToken, .refreshReused, .invalidScope, .unavailable,
                ],
                handle: refresh),
            Endpoint(
                method: .post, path: "/auth/logout", operationID: "logout", tag: .authentication,
                summary: "Sign out", access: .authenticated, proof: .ofSomeRequests, limit: .none,
                description: """
                    Both tokens of a revoked session are rejected from the next request on. In cookie mode the cookies are
                    cleared, unless only other sessions are revoked. Revoking other sessions, or all, needs a recent sign-in;
                    refreshing does not count as one.
                    """,
                query: [
                    QueryParameter(
                        name: "sessions",
                        schema: .string("Which sessions to revoke.", choices: Extent.allCases.map(\.rawValue)))
                ],
                replies: [MessageRepresentation.reply("Logged out successfully.")],
                openWhilePending: [.passwordChange, .emailVerification], handle: signOut),
            Endpoint(
                method: .get, path: "/auth/sessions", operationID: "listSessions", tag: .authentication,
                summary: "List my sessions", access: .authenticated, limit: .read,
                replies: [SessionRepresentation.reply], handle: list),
            Endpoint(
                method: .delete, path: "/auth/sessions/{id}", operationID: "endSession", tag: .authentication,
                summary: "Revoke one of my sessions", access: .authenticated, proof: .ofSomeRequests, limit: .write,
                description: "Revoking a session other than that of the token needs a recent sign-in.",
                replies: [.empty(.noContent, "The session is revoked")],
                problems: [.notFound], handle: end),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("Refresh", Self.refreshSchema), ("Session", SessionRepresentation.schema)]
    }

    var problems: [ProblemKind] { ProblemKind.sessions }

    private var service: AuthService { reference.service }

    static let refreshSchema = Schema.object([.required("refresh_token", .string())])

    private func refresh(_ call: Call) async throws(Refusal) -> Reply {
        if try browsers.isAsked(by: call) { return try await refreshCookies(call) }
        var fields = try call.fields([.json, .form])
        let token = fields.requiredText("refresh_token")
        try fields.check()
        guard let token else { throw fields.refusal }
        let pair = try await mapErrors { () throws(AuthError) in
            try await service.sessions.refresh(token, from: call.context)
        }
        return call.replies.json { TokenRepresentation.write(pair, into: &$0) }
    }

    /// The session of the token that ``refresh(_:)`` will find.
    private func holder(of request: Request, from client: ClientAddress) -> HolderClaim? {
        let token: String?
        if !request.fields("x-auth-mode").isEmpty {
            token = browsers.held(in: request)?.refreshToken
        } else {
            guard HolderClaim.mayHold("art_", request.body),
                var fields = try? Call.fields(of: request, [.json, .form])
            else { return nil }
            token = fields.text("refresh_token")
        }
        return token.flatMap { service.limits.holder(ofRefreshToken: $0) }.map { HolderClaim(holder: $0) }
    }

    private func refreshCookies(_ call: Call) async throws(Refusal) -> Reply {
        guard let held = browsers.held(in: call.request) else { throw Refusal(.invalidRefreshToken) }
        let pair = try await mapErrors { () throws(AuthError) in
            try await service.sessions.refresh(held.refreshToken, from: call.context)
        }
        var reply = call.replies.json { TokenRepresentation.write(pair, inCookies: true, into: &$0) }
        reply.fields += browsers.fields(for: pair, isRemembered: held.isRemembered)
        return reply
    }

    private func signOut(_ call: Call) async throws(Refusal) -> Reply {
        var query = try call.queryFields(["sessions"])
        let extent = query.choice("sessions", of: Extent.self) ?? .this
        try query.check()
        let principal = try call.principal()
        try await mapErrors { () throws(AuthError) in
            switch extent {
            case .this: try await service.sessions.signOut(principal, from: call.context)
            case .others: _ = try await service.sessions.signOutOthers(principal, from: call.context)
            case .all: _ = try await service.sessions.signOutEverywhere(principal, from: call.context)
            }
        }
        var reply = call.replies.message("Logged out successfully.")
        if call.isByCookie, extent != .others { reply.fields += browsers.clearingFields }
        return reply
    }

    private func list(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let sessions = try await mapErrors { () throws(AuthError) in try await service.sessions.list(of: principal) }
        return call.replies.json(SessionRepresentation.bytes(sessions, current: principal.sessionID))
    }

    private func end(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let id = try call.pathID("id") { SessionID(parsing: $0) }
        let isEnded = try await mapErrors { () throws(AuthError) in
            try await service.sessions.end(id, of: principal, from: call.context)
        }
        guard isEnded else { throw Refusal(.notFound) }
        return call.replies.empty()
    }
}
