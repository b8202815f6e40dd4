// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Signing in by an identity provider, as far as an application goes: with the code of a callback, or with an id token that
/// the application got itself.
struct ProviderTokenEndpoints: EndpointGroup {
    let channel: ProviderChannel

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/providers/exchange", operationID: "exchangeProviderCode", tag: .providers,
                summary: "Sign in with the code of a callback", access: .anyone, limit: .redeem,
                description: """
                    The code came to `return_to`; it is valid for 60 seconds, once, and with the verifier of its challenge
                    alone. With `X-Auth-Mode: cookie` the tokens are set as cookies, and the browser's previous session is
                    revoked.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("ProviderExchange"),
                    examples: [("Code", ["code": "apc_…", "code_verifier": Self.verifierExample])]),
                replies: [Self.reply], problems: [.providerFlowInvalid] + Self.signInProblems, handle: exchange),
            Endpoint(
                method: .post, path: "/auth/providers/{name}/nonce", operationID: "makeProviderNonce", tag: .providers,
                summary: "Get a nonce for an id token", access: .anyone, limit: .read,
                description: """
                    For an app that asks the provider itself: the id token must carry this nonce, or its SHA-256 in lower-case
                    hexadecimal, as the provider's SDK does it. It is valid for ten minutes, and for one sign-in.
                    """,
                replies: [
                    .json(
                        .ok, "The nonce", .component("ProviderNonce"), example: ["nonce": "…", "expires_in": 600])
                ],
                problems: [.notFound, .unavailable], handle: nonce),
            Endpoint(
                method: .post, path: "/auth/providers/{name}/token", operationID: "signInWithIDToken", tag: .providers,
                summary: "Sign in with an id token", access: .anyone, limit: .signIn,
                description: """
                    The id token must be for one of the configured client ids, at most ten minutes old, and is accepted once. An
                    access token of the provider proves nothing; where it is sent along, it must fit the id token's `at_hash`.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("IDTokenSignIn"),
                    examples: [("Id token", ["id_token": "eyJhbGciOiJSUzI1NiJ9…", "nonce": "…"])]),
                replies: [Self.reply], problems: [.notFound] + Self.signInProblems, handle: signIn),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [
            ("ProviderExchange", Self.exchangeSchema), ("ProviderNonce", Self.nonceSchema),
            ("IDTokenSignIn", Self.signInSchema),
        ]
    }

    private var service: AuthService { channel.service }

    private static let verifierExample: JSONValue = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    private static let reply = ReplyDescription.json(
        .ok, "Tokens of a new session, and whose it is",
        .oneOf([.component("SignedIn"), .component("CookieSignedIn")]), example: SignInEndpoints.example)

    private static let signInProblems: [ProblemKind] = [
        .providerInvalidResponse, .providerError, .providerUnavailable, .providerFlowExpired, .signInToLink,
        .registrationClosed, .domainNotAllowed, .emailNotVerified, .providerUserDisabled, .secondFactorRequired,
        .sessionLimitReached, .invalidScope, .csrfRefused, .cookieModeUnavailable, .ambiguousCredentials, .unavailable,
    ]

    private static let rememberProperty = Schema.Property.optional(
        "remember_me", .boolean("With cookies: whether they outlive the browser; true if absent."))

    static let exchangeSchema = Schema.object([
        .required("code", .string("As it came to `return_to`.")),
        .required("code_verifier", .string("What `code_challenge` is the SHA-256 of.", lengths: 43...128)),
        KnownDevice.requestProperty, rememberProperty,
    ])

    static let nonceSchema = Schema.object([
        .required("nonce", .string("To be handed to the provider's SDK, and sent along with the id token.")),
        .required("expires_in", .integer("Its lifetime in seconds.")),
    ])

    static let signInSchema = Schema.object([
        .required("id_token", .string("As the provider's SDK has it.")),
        .required("nonce", .string("As this interface gave it out.")),
        .optional("access_token", .string("The provider's, to be compared with `at_hash`.")),
        .optional(
            "scope", .string("Permissions separated by spaces, at most 512 octets; all that the role grants if absent.")
        ),
        KnownDevice.requestProperty, rememberProperty,
    ])

    private func exchange(_ call: Call) async throws(Refusal) -> Reply {
        let inCookies = try channel.browsers.isAsked(by: call)
        var fields = try call.fields([.json])
        let code = fields.requiredText("code")
        let verifier = fields.requiredText("code_verifier")
        let isRemembered = fields.bool("remember_me") ?? true
        let device = channel.devices.channel(call, &fields)
        try fields.check()
        guard let code, let verifier else { throw fields.refusal }
        let held = inCookies ? channel.held(in: call) : nil
        let outcome = try await mapErrors { () throws(AuthError) in
            try await service.providers.exchange(
                code: code, verifier: verifier, held: held, device: device.presented, from: call.context)
        }
        return try channel.signedIn(outcome, inCookies: inCookies, isRemembered: isRemembered, device, call)
    }

    private func nonce(_ call: Call) async throws(Refusal) -> Reply {
        let name = try channel.provider("name", of: call)
        let nonce = try await mapErrors { () throws(AuthError) in try service.providers.nonce(for: name) }
        return call.replies.json { body in
            body.member("nonce", nonce.text)
            body.member("expires_in", nonce.lifetime.components.seconds)
        }
    }

    private func signIn(_ call: Call) async throws(Refusal) -> Reply {
        let inCookies = try channel.browsers.isAsked(by: call)
        var fields = try call.fields([.json])
        let idToken = fields.requiredText("id_token")
        let nonce = fields.requiredText("nonce")
        let accessToken = fields.text("access_token")
        let isRemembered = fields.bool("remember_me") ?? true
        let device = channel.devices.channel(call, &fields)
        let scope = try fields.requestedScope()
        try fields.check()
        guard let idToken, let nonce else { throw fields.refusal }
        let name = try channel.provider("name", of: call)
        let held = inCookies ? channel.held(in: call) : nil
        let outcome = try await mapErrors { () throws(AuthError) in
            try await service.providers.signIn(
                name, idToken: idToken, nonce: nonce, accessToken: accessToken, scope: scope, replacing: held,
                device: device.presented, from: call.context)
        }
        return try channel.signedIn(outcome, inCookies: inCookies, isRemembered: isRemembered, device, call)
    }
}
