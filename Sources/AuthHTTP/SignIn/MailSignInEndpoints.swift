// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Signing in with a link or a code from a mail.
struct MailSignInEndpoints: EndpointGroup {
    let reference: ServiceReference
    let devices: KnownDevice
    let flows: FlowChannel

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/login/mail/request", operationID: "requestMailSignIn", tag: .authentication,
                summary: "Request a sign-in email", access: .anyone, limit: .mail,
                description: """
                    Only with `SIGN_IN_BY_MAIL`; otherwise the route does not exist. To prevent user enumeration, the response
                    is the same for known and unknown addresses.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("MailRequest"),
                    examples: [("Address", ["email": "user@example.com"])]),
                replies: [FlowChannel.reply(Self.requested)],
                problems: CookieSessions.problems + [.notFound, .mailUnavailable, .overloaded, .unavailable],
                handle: request),
            Endpoint(
                method: .post, path: "/auth/login/mail/confirm", operationID: "confirmMailSignIn", tag: .authentication,
                summary: "Sign in with the email", access: .anyone, limit: .redeem,
                description: """
                    Needs `handle` and `code`, `token` and `handle` of the same flow, or `token` and `code`: the token alone
                    opens no session. The session opens for the client that sends this request, and for no other. A password
                    that was set without a proof of the address, such as one of a stranger who registered with it, is removed
                    with its sessions.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("MailSignIn"),
                    examples: [
                        ("Handle and code", ["handle": "afh_…", "code": "K7QF-2MXD"]),
                        ("Link and code", ["token": "aot_…", "code": "K7QF-2MXD"]),
                    ]),
                replies: [
                    .json(
                        .ok, "Tokens of a new session, and whose it is",
                        .oneOf([.component("SignedIn"), .component("CookieSignedIn")]), example: SignInEndpoints.example
                    )
                ],
                problems: CookieSessions.problems + [
                    .badToken, .wrongCode, .invalidCredentials, .secondFactorRequired, .sessionLimitReached,
                    .invalidScope, .notFound, .overloaded, .unavailable,
                ],
                handle: confirm),
        ]
    }

    var schemas: [(name: String, schema: Schema)] { [("MailSignIn", Self.schema)] }

    static let schema = Schema.object(
        FlowChannel.proofProperties + [
            .optional(
                "scope",
                .string("Permissions separated by spaces, at most 512 octets; all that the role grants if absent.")),
            KnownDevice.requestProperty,
            .optional("remember_me", .boolean("With cookies: whether they outlive the browser; true if absent.")),
        ])

    private static let requested = "If the email exists, a sign-in link has been sent"

    private var service: AuthService { reference.service }

    private func request(_ call: Call) async throws(Refusal) -> Reply {
        let asked = try flows.asked(call, devices: devices)
        let handle = try await mapErrors { () throws(AuthError) in
            try await service.signIn.requestMail(to: asked.email, device: asked.device, from: call.context)
        }
        return flows.started(handle, of: .signIn, Self.requested, inCookies: asked.inCookies, by: call)
    }

    private func confirm(_ call: Call) async throws(Refusal) -> Reply {
        var shown = try flows.presented(call, .signIn, completesByLink: false)
        let isRemembered = shown.fields.bool("remember_me") ?? true
        let device = devices.channel(call, &shown.fields)
        let scope = try shown.fields.requestedScope()
        let proof = try shown.checkedProof()
        let inCookies = shown.inCookies
        let held = inCookies ? flows.browsers.held(in: call.request)?.refreshToken : nil
        let outcome = try await mapErrors { () throws(AuthError) in
            try await service.signIn.withMail(
                proof, scope: scope, device: device.presented, replacing: held, from: call.context)
        }
        guard case .signedIn(let pair) = outcome else { throw Refusal(.secondFactorRequired) }
        var reply = TokenRepresentation.signedIn(
            pair, device, in: inCookies ? (flows.browsers, isRemembered) : nil, by: call)
        flows.finish(&reply, shown)
        return reply
    }
}
