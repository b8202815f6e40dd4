// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Signing in with a password, as JSON and as a form.
struct SignInEndpoints: EndpointGroup {
    let reference: ServiceReference
    let devices: KnownDevice
    let browsers: CookieSessions

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/login", operationID: "login", tag: .authentication,
                summary: "Sign in", access: .anyone, limit: .signIn, holder: holder,
                description: """
                    `username` takes a username or an email address; `email` may be sent instead. A successful sign-in issues
                    a device token, in a cookie, or in the response if the request has `device_token`. A device that presents
                    it is not slowed down by brute force from elsewhere. With `X-Auth-Mode: cookie` the tokens are set as
                    cookies instead of being in the body, and the browser's previous session is revoked.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("SignIn"),
                    examples: [
                        ("By name", ["username": "john_doe", "password": "SecurePass123"]),
                        ("By address", ["email": "user@example.com", "password": "secretpass123"]),
                    ]),
                replies: [Self.replyToEither],
                problems: Self.problems + CookieSessions.problems,
                handle: signIn),
            form("/auth/login/form", "loginForm", "Sign in with a form"),
            form("/auth/token", "token", "Sign in with the form of OAuth 2"),
            form("/token", "tokenAlias", "Sign in with the form of OAuth 2 (alias)"),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [
            ("Tokens", TokenRepresentation.schema), ("SignedIn", Self.signedInSchema),
            ("CookieTokens", TokenRepresentation.cookieSchema), ("CookieSignedIn", Self.cookieSignedInSchema),
            ("SignIn", Self.schema), ("SignInForm", Self.formSchema),
        ]
    }

    var problems: [ProblemKind] { ProblemKind.signIn }

    private var service: AuthService { reference.service }

    static let schema = Schema.object([
        .optional("username", .string("A username or an email address.")),
        .optional("email", .string(format: "email")),
        .required("password", .string(format: "password")),
        .optional(
            "scope", .string("Permissions separated by spaces, at most 512 octets; all that the role grants if absent.")
        ),
        KnownDevice.requestProperty,
        .optional("remember_me", .boolean("With cookies: whether they outlive the browser; true if absent.")),
    ])

    static let formSchema = Schema.object([
        .optional("grant_type", .string(choices: ["password"])),
        .required("username", .string("A username or an email address.")),
        .required("password", .string(format: "password")),
        .optional(
            "scope", .string("Permissions separated by spaces, at most 512 octets; all that the role grants if absent.")
        ),
    ])

    static let reply = ReplyDescription.json(
        .ok, "Tokens of a new session, and whose it is", .component("SignedIn"), example: example)

    private static let replyToEither = ReplyDescription.json(
        .ok, "Tokens of a new session, and whose it is",
        .oneOf([.component("SignedIn"), .component("CookieSignedIn")]), example: example)

    static let example: JSONValue = [
        "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9…", "refresh_token": "art_…",
        "token_type": "bearer", "expires_in": 1800, "scope": "items me", "user": UserRepresentation.example,
    ]

    static let signedInSchema = Schema.object(
        TokenRepresentation.properties + [.required("user", .component("User")), KnownDevice.replyProperty])

    static let cookieSignedInSchema = Schema.object(
        TokenRepresentation.cookieProperties + [.required("user", .component("User"))])

    private static let problems: [ProblemKind] = [
        .invalidCredentials, .emailNotVerified, .secondFactorRequired, .sessionLimitReached, .invalidScope,
        .overloaded, .unavailable,
    ]

    private func form(_ path: PathTemplate, _ operationID: String, _ summary: String) -> Endpoint {
        Endpoint(
            method: .post, path: path, operationID: operationID, tag: .authentication, summary: summary,
            access: .anyone, limit: .signIn,
            description: "A first-party sign-in with the form of RFC 6749 §4.3. It sets no cookie.",
            body: RequestBody(
                formats: [.form], schema: .component("SignInForm"),
                examples: [
                    ("By name", ["grant_type": "password", "username": "john_doe", "password": "SecurePass123"])
                ]),
            replies: [Self.reply], problems: Self.problems + [.unsupportedGrantType], handle: signInByForm)
    }

    /// The known device that ``signIn(_:)`` will find, as long as it signs its own user in.
    private func holder(of request: Request, from client: ClientAddress) -> HolderClaim? {
        let isInBody = HolderClaim.mayHold("adt_", request.body)
        guard isInBody || devices.isCookie(in: request, from: client),
            request.body.count <= HolderClaim.longestBody,
            var fields = try? Call.fields(of: request, [.json])
        else { return nil }
        let identifier = fields.has("username") ? fields.text("username") : fields.text("email")
        guard let identifier, let token = devices.presented(by: request, from: client, &fields),
            let holder = service.limits.holder(of: token)
        else { return nil }
        return HolderClaim(holder: holder) { await service.limits.isDevice(token, of: identifier) }
    }

    private func signIn(_ call: Call) async throws(Refusal) -> Reply {
        let inCookies = try browsers.isAsked(by: call)
        var fields = try call.fields([.json])
        // Without either, `username` is the field to add.
        let isByAddress = !fields.has("username") && fields.has("email")
        let identifier = fields.requiredText(isByAddress ? "email" : "username")
        let isRemembered = fields.bool("remember_me") ?? true
        let device = devices.channel(call, &fields)
        guard inCookies else {
            return TokenRepresentation.signedIn(try await open(&fields, identifier, call, device), device, by: call)
        }
        let held = browsers.held(in: call.request)
        let pair = try await open(&fields, identifier, call, device, replacing: held?.refreshToken)
        return TokenRepresentation.signedIn(pair, device, in: (browsers, isRemembered), by: call)
    }

    private func signInByForm(_ call: Call) async throws(Refusal) -> Reply {
        var fields = try call.fields([.form])
        if let grant = fields.text("grant_type"), !grant.isEmpty, !grant.hasSameOctets(as: "password") {
            throw Refusal(.unsupportedGrantType)
        }
        let pair = try await open(&fields, fields.requiredText("username"), call, nil)
        return TokenRepresentation.signedIn(pair, nil, by: call)
    }

    private func open(
        _ fields: inout FieldReader, _ identifier: String?, _ call: Call, _ device: KnownDevice.Channel?,
        replacing refreshToken: String? = nil
    ) async throws(Refusal) -> TokenPair {
        let password = fields.required("password", Password.init)
        let scope = try fields.requestedScope()
        try fields.check()
        guard let identifier, let password else { throw fields.refusal }
        let attempt = SignInAttempt(
            identifier: identifier, password: password, scope: scope, deviceToken: device?.presented)
        let outcome = try await mapErrors { () throws(AuthError) in
            try await service.signIn.withPassword(attempt, replacing: refreshToken, from: call.context)
        }
        switch outcome {
        case .signedIn(let pair): return pair
        case .pending: throw Refusal(.secondFactorRequired)
        }
    }
}

extension FieldReader {
    /// The field `scope`; `nil` where it is missing or empty.
    ///
    /// - Throws: `.invalidScope`, before anything is said of other fields.
    mutating func requestedScope() throws(Refusal) -> Scope? {
        guard let text = text("scope"), !text.isEmpty else { return nil }
        guard let scope = Scope(requested: text) else { throw Refusal(.invalidScope) }
        return scope
    }
}
