// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
package import AuthService

/// Signing in by an identity provider, as far as a browser goes: to the provider, and back.
struct ProviderEndpoints: EndpointGroup {
    let channel: ProviderChannel

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/auth/providers", operationID: "listProviders", tag: .providers,
                summary: "List the identity providers", access: .anyone, limit: .read,
                description: "Those that are configured, in the order of `PROVIDERS`; none where there are none.",
                replies: [
                    .json(
                        .ok, "The providers", .component("ProviderList"),
                        example: ["items": [["name": "google", "display_name": "Google"]]])
                ],
                handle: list),
            Endpoint(
                method: .get, path: "/auth/providers/{name}/start", operationID: "startProviderSignIn", tag: .providers,
                summary: "Begin a sign-in by a provider", access: .anyone, limit: .read,
                description: """
                    For a browser to be sent to: it gets a cookie and goes on to the provider. Without `code_challenge` the
                    callback opens the session in cookies. With it, the application gets `code` at `return_to`, and exchanges
                    it. A `ticket` links an identity to the user of a session. What goes wrong from here on is told at
                    `return_to`, as `error`.
                    """,
                query: Self.startParameters,
                replies: [.empty(.found, "To the provider; the cookie of the flow")],
                problems: [
                    .notFound, .methodNotAllowed, .cookieModeUnavailable, .invalidScope, .validationFailed,
                    .providerFlowInvalid, .providerUnavailable, .unavailable,
                ],
                handle: start),
            Endpoint(
                method: .get, path: "/auth/providers/{name}/callback", operationID: "finishProviderSignIn",
                tag: .providers, summary: "Come back from a provider", access: .anyone, limit: .signIn,
                description: """
                    Where the provider sends the browser. It counts only in the browser that began the flow, once, and within
                    ten minutes. The answer leads to `return_to`: with the cookies of the session, with `code`, or with `error`.
                    """,
                query: Self.callbackParameters,
                replies: [.empty(.seeOther, "To `return_to`; with cookies where none was asked to be exchanged")],
                problems: [.notFound, .methodNotAllowed, .providerFlowInvalid, .unavailable], handle: finish),
            Endpoint(
                method: .post, path: "/auth/providers/{name}/callback", operationID: "receiveProviderForm",
                tag: .providers, summary: "Come back from a provider with a form", access: .anyone, limit: .write,
                description: """
                    For providers that answer with a form of theirs (`response_mode=form_post`), with which browsers send no
                    cookie. What it holds is kept for five minutes, sealed and for one use, and the browser comes again with
                    GET, with its cookie.
                    """,
                body: RequestBody(
                    formats: [.form], schema: .component("ProviderForm"),
                    examples: [("A code", ["state": "…", "code": "…"])]),
                replies: [.empty(.seeOther, "To the same address, to be fetched with GET")],
                problems: [.notFound, .providerFlowInvalid, .unavailable], handle: receive),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [
            ("Provider", Self.providerSchema),
            ("ProviderList", .object([.required("items", .array(of: .component("Provider")))])),
            ("ProviderForm", Self.formSchema),
        ]
    }

    var problems: [ProblemKind] { ProblemKind.providers }

    private var service: AuthService { channel.service }

    static let providerSchema = Schema.object([
        .required("name", .string("As it stands in paths.")),
        .required("display_name", .string("For a button.")),
    ])

    static let formSchema = Schema.object([
        .required("state", .string()),
        .optional("code", .string()),
        .optional("error", .string()),
        .optional("iss", .string()),
        .optional("user", .string("What Apple tells of the user, once.")),
    ])

    private static let startParameters: [QueryParameter] = [
        QueryParameter(
            name: "return_to",
            schema: .string("One of `PROVIDER_RETURN_TO`, or an address below it; the first of them if absent.")),
        QueryParameter(
            name: "code_challenge", schema: .string("The SHA-256 of the verifier in base64url (RFC 7636).")),
        QueryParameter(name: "code_challenge_method", schema: .string(choices: ["S256"])),
        QueryParameter(name: "scope", schema: .string("Permissions separated by spaces.")),
        QueryParameter(
            name: "remember_me", schema: .boolean("With cookies: whether they outlive the browser; true if absent.")),
        QueryParameter(name: "ticket", schema: .string("Of `POST /auth/identities/{provider}/start`.")),
    ]

    /// Those that are read; providers send others, too.
    private static let callbackParameters: [QueryParameter] = [
        QueryParameter(name: "state", schema: .string()),
        QueryParameter(name: "code", schema: .string()),
        QueryParameter(name: "error", schema: .string()),
        QueryParameter(name: "iss", schema: .string("The issuer, where the provider sends it (RFC 9207).")),
    ]

    private func list(_ call: Call) async throws(Refusal) -> Reply {
        let providers = service.providers.list()
        return call.replies.json { body in
            body.member(
                "items",
                array: { list in
                    for provider in providers {
                        list.object { item in
                            item.member("name", provider.name.text)
                            item.member("display_name", provider.displayName)
                        }
                    }
                })
        }
    }

    private func start(_ call: Call) async throws(Refusal) -> Reply {
        let name = try channel.provider("name", of: call)
        if let refused = channel.refuseHead(call, allowing: "GET, OPTIONS") { return refused }
        try channel.requireCookies(for: call)
        var query = try call.queryFields(Self.startParameters.map(\.name))
        let returnTo = query.text("return_to")
        let scope = try query.requestedScope()
        let isRemembered = query.bool("remember_me") ?? true
        let mode = Self.mode(&query)
        try query.check()
        guard let mode else { throw query.refusal }
        let request = ProviderStart(
            returnTo: returnTo, mode: mode, scope: scope, isRemembered: isRemembered,
            redirectURI: channel.redirectURI(of: name, call))
        let departure = try await mapErrors { () throws(AuthError) in
            try await service.providers.start(name, request, from: call.context)
        }
        var reply = try channel.redirect(to: departure.url, status: .found, call)
        reply.fields += channel.cookies.fields(
            for: departure.flow.value, suffix: departure.flow.suffix, in: call.request)
        return reply
    }

    /// How the flow is to end; `nil` leaves a violation behind.
    private static func mode(_ query: inout FieldReader) -> ProviderStart.Mode? {
        if let method = query.text("code_challenge_method"), !method.hasSameOctets(as: "S256") {
            query.refuse("code_challenge_method", code: "unknown_value", "This must be S256.")
        }
        if query.has("ticket") { return query.requiredText("ticket").map { .link(ticket: $0) } }
        guard query.has("code_challenge") else { return .cookie }
        return query.requiredText("code_challenge").map { .code(challenge: $0) }
    }

    private func finish(_ call: Call) async throws(Refusal) -> Reply {
        let name = try channel.provider("name", of: call)
        if let refused = channel.refuseHead(call, allowing: "GET, POST, OPTIONS") { return refused }
        guard let callback = ProviderCallback(query: call.query) else { return invalid(nil, call) }
        let outcome = await service.providers.finish(
            name, callback, cookie: channel.cookies.value(of: callback.state, in: call.request),
            held: channel.held(in: call), redirectURI: channel.redirectURI(of: name, call), from: call.context)
        var reply: Reply
        switch outcome {
        case .signedIn(let pair, let target, let isRemembered):
            reply = try channel.redirect(to: target, call)
            reply.fields += channel.browsers.fields(for: pair, isRemembered: isRemembered)
            if let token = pair.deviceToken, let field = channel.devices.field(for: token, call) {
                reply.fields.append(field)
            }
        case .redirect(let target):
            reply = try channel.redirect(to: target, call)
        case .invalid:
            return invalid(callback.state, call)
        }
        reply.fields += channel.cookies.clearingFields(of: callback.state, in: call.request)
        return reply
    }

    /// The answer to a callback that belongs to no flow of this browser, so that there is nowhere to go.
    private func invalid(_ state: String?, _ call: Call) -> Reply {
        var reply = call.replies.problem(Refusal(.providerFlowInvalid), id: call.id)
        if let state { reply.fields += channel.cookies.clearingFields(of: state, in: call.request) }
        return reply
    }

    private func receive(_ call: Call) async throws(Refusal) -> Reply {
        var fields = try call.fields([.form])
        let name = try channel.provider("name", of: call)
        guard let callback = ProviderCallback(&fields) else { throw Refusal(.providerFlowInvalid) }
        let state = try await mapErrors { () throws(AuthError) in
            try await service.providers.park(name, callback, from: call.context)
        }
        return try channel.redirect(to: "\(channel.redirectURI(of: name, call))?state=\(state)", call)
    }
}

extension ProviderCallback {
    /// Reads what a provider has put into the query, and passes over what else it says; `nil` for a query that is malformed,
    /// has a name twice, or no `state`.
    package init?(query: String?) {
        guard let pairs = try? FormReader.read((query ?? "")[...]) else { return nil }
        var fields = FieldReader(pairs)
        self.init(&fields)
    }

    /// The same from a form.
    package init?(_ fields: inout FieldReader) {
        guard let state = fields.text("state"), !state.isEmpty else { return nil }
        self.init(
            code: fields.text("code"), error: fields.text("error"), iss: fields.text("iss"), state: state,
            user: fields.text("user"))
    }
}
