// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// The identities at providers by which the caller may sign in: listing, linking, and removing them.
struct IdentityEndpoints: EndpointGroup {
    let channel: ProviderChannel

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/auth/identities", operationID: "listIdentities", tag: .providers,
                summary: "List my identities at providers", access: .authenticated, limit: .read,
                replies: [
                    .json(
                        .ok, "The identities, the oldest first", .component("IdentityList"),
                        example: ["items": [IdentityRepresentation.example]])
                ],
                problems: [.unavailable], handle: list),
            Endpoint(
                method: .post, path: "/auth/identities/{provider}/start", operationID: "startLinkingIdentity",
                tag: .providers, summary: "Begin to link an identity", access: .authenticated, proof: .recent,
                limit: .write,
                description: """
                    Answers with an address that the browser is to be sent to within ten minutes. It comes back to `return_to`
                    with `code`, which `POST /auth/identities` takes in the same session: nothing is linked before. A session
                    that is used with an access token needs `code_challenge`.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("IdentityLinkStart"),
                    examples: [
                        (
                            "With a challenge",
                            [
                                "return_to": "https://app.example.com/settings",
                                "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                            ]
                        )
                    ]),
                replies: [
                    .json(
                        .ok, "Where the browser is to be sent", .component("IdentityLinkAddress"),
                        example: ["url": "https://id.example.com/auth/providers/google/start?ticket=…"])
                ],
                problems: [.notFound, .cookieModeUnavailable, .tooManyIdentities, .providerFlowInvalid, .unavailable],
                handle: start),
            Endpoint(
                method: .post, path: "/auth/identities", operationID: "linkIdentity", tag: .providers,
                summary: "Link an identity", access: .authenticated, limit: .redeem,
                description: """
                    Takes the code that came to `return_to`, in the session that began it. With an access token the verifier
                    is needed; where the session is in cookies they stand for it. The link is told to the user by mail.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("IdentityLink"),
                    examples: [
                        (
                            "Code",
                            [
                                "code": "apc_…",
                                "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                            ]
                        )
                    ]),
                replies: [
                    .json(
                        .created, "The identity", .component("Identity"), example: IdentityRepresentation.example)
                ],
                problems: [
                    .providerFlowInvalid, .identityTaken, .sessionChanged, .tooManyIdentities, .unavailable,
                ],
                handle: link),
            Endpoint(
                method: .delete, path: "/auth/identities/{id}", operationID: "unlinkIdentity", tag: .providers,
                summary: "Remove one of my identities", access: .authenticated, proof: .recent, limit: .write,
                description: """
                    Sessions that were opened by it stay. It is refused for the last way in that works now: a password with a
                    username or an address, a verified address where sign-in by mail is on, or another identity of a configured
                    provider.
                    """,
                replies: [.empty(.noContent, "The identity is removed")],
                problems: [.notFound, .lastWayIn, .unavailable], handle: unlink),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [
            ("Identity", IdentityRepresentation.schema),
            ("IdentityList", .object([.required("items", .array(of: .component("Identity")))])),
            ("IdentityLinkStart", Self.startSchema),
            ("IdentityLinkAddress", .object([.required("url", .string("For the browser.", format: "uri"))])),
            ("IdentityLink", Self.linkSchema),
        ]
    }

    private var service: AuthService { channel.service }

    static let startSchema = Schema.object([
        .optional(
            "return_to", .string("One of `PROVIDER_RETURN_TO`, or an address below it; the first of them if absent.")),
        .optional("code_challenge", .string("The SHA-256 of the verifier in base64url (RFC 7636).")),
        .optional("code_challenge_method", .string(choices: ["S256"])),
    ])

    static let linkSchema = Schema.object([
        .required("code", .string("As it came to `return_to`.")),
        .optional("code_verifier", .string("What `code_challenge` is the SHA-256 of.", lengths: 43...128)),
    ])

    private func list(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let identities = try await mapErrors { () throws(AuthError) in
            try await service.providers.identities(of: principal)
        }
        return call.replies.json { body in
            body.member(
                "items",
                array: { list in
                    for identity in identities { IdentityRepresentation.write(identity, into: &list) }
                })
        }
    }

    private func start(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        var fields = try call.fields([.json])
        let returnTo = fields.text("return_to")
        let challenge = fields.text("code_challenge")
        if let method = fields.text("code_challenge_method"), !method.hasSameOctets(as: "S256") {
            fields.refuse("code_challenge_method", code: "unknown_value", "This must be S256.")
        }
        if challenge == nil, !call.isByCookie {
            fields.refuse("code_challenge", code: "missing", "This field is required with an access token.")
        }
        try fields.check()
        let name = try channel.provider("provider", of: call)
        try channel.requireCookies(for: call)
        let url = try await mapErrors { () throws(AuthError) in
            try await service.providers.startLinking(
                name, by: principal, returnTo: returnTo, challenge: challenge,
                startURL: "\(channel.base(of: call))/auth/providers/\(name.text)/start")
        }
        return call.replies.json { $0.member("url", url) }
    }

    private func link(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        var fields = try call.fields([.json])
        let code = fields.requiredText("code")
        let verifier = call.isByCookie ? fields.text("code_verifier") : fields.requiredText("code_verifier")
        try fields.check()
        guard let code else { throw fields.refusal }
        let identity = try await mapErrors { () throws(AuthError) in
            try await service.providers.link(code: code, verifier: verifier, by: principal, from: call.context)
        }
        return call.replies.json(IdentityRepresentation.bytes(identity), status: .created)
    }

    private func unlink(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let id = try call.pathID("id") { IdentityID(parsing: $0) }
        try await mapErrors { () throws(AuthError) in
            try await service.providers.unlink(id, by: principal, from: call.context)
        }
        return call.replies.empty()
    }
}
