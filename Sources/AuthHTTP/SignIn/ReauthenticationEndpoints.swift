// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Proving again, in a live session, who the user is: before actions that a token alone does not allow.
struct ReauthenticationEndpoints: EndpointGroup {
    let reference: ServiceReference
    let browsers: CookieSessions

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/reauthenticate/options", operationID: "reauthenticationOptions",
                tag: .authentication, summary: "List the ways in which I can confirm who I am", access: .authenticated,
                limit: .read,
                description: "`methods` is empty for a user who has neither a password nor a verified address.",
                replies: [
                    .json(
                        .ok, "The methods, the preferred one first", .component("ReauthenticationOptions"),
                        example: ["methods": ["password", "mail"]])
                ],
                handle: options),
            Endpoint(
                method: .post, path: "/auth/reauthenticate/mail", operationID: "requestReauthentication",
                tag: .authentication, summary: "Request a code to confirm who I am", access: .authenticated,
                limit: .mail,
                description: """
                    Mails a code to the user's verified address. It is valid for 10 minutes, and only together with the handle in
                    the response. The email has no link.
                    """,
                replies: [
                    .json(
                        .ok, Self.requested, .component("FlowStarted"),
                        example: ["message": .string(Self.requested), "success": true, "handle": "afh_…"])
                ],
                problems: [
                    .reauthenticationUnavailable, .noReauthenticationMethod, .mailUnavailable, .rateLimited,
                    .unavailable,
                ],
                handle: request),
            Endpoint(
                method: .post, path: "/auth/reauthenticate", operationID: "reauthenticate", tag: .authentication,
                summary: "Confirm who I am", access: .authenticated, limit: .signIn,
                description: """
                    Takes the current password, or the handle and the code of an email. The session stays the same; the response
                    carries tokens with a new `auth_time`, in cookies if the request was authorized by cookies. Routes that need
                    a recent proof accept the new access token.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("Reauthentication"),
                    examples: [
                        ("Password", ["password": "SecurePass123"]),
                        ("Code", ["handle": "afh_…", "code": "K7QF-2MXD"]),
                    ]),
                replies: [
                    .json(
                        .ok, "Tokens of the same session", .oneOf([.component("Tokens"), .component("CookieTokens")]),
                        example: TokenRepresentation.example)
                ],
                problems: [
                    .wrongPassword, .wrongCode, .badToken, .reauthenticationUnavailable, .noReauthenticationMethod,
                    .overloaded,
                ],
                handle: reauthenticate),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("ReauthenticationOptions", Self.optionsSchema), ("Reauthentication", Self.schema)]
    }

    var problems: [ProblemKind] { ProblemKind.reauthentication }

    private var service: AuthService { reference.service }

    static let optionsSchema = Schema.object([
        .required(
            "methods",
            .array(of: .string(choices: ReauthenticationMethod.allCases.map(\.rawValue))))
    ])

    static let schema = Schema.object([
        .optional("password", .string("The current password.", format: "password")),
        .optional("handle", .string("The handle of the response that requested the code.")),
        .optional("code", .string("The code of the email.")),
    ])

    private static let requested = "A code was sent to your address"

    private func options(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let methods = try await mapErrors { () throws(AuthError) in
            try await service.signIn.reauthenticationMethods(of: principal)
        }
        return call.replies.json { body in
            body.name("methods")
            body.array { list in
                for method in methods { list.string(method.rawValue) }
            }
        }
    }

    private func request(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let handle = try await mapErrors { () throws(AuthError) in
            try await service.signIn.requestReauthentication(of: principal, from: call.context)
        }
        return call.replies.json { body in
            body.member("message", Self.requested)
            body.member("success", true)
            body.member("handle", handle.revealed)
        }
    }

    private func reauthenticate(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        var fields = try call.fields([.json])
        let answer = answer(in: &fields)
        try fields.check()
        guard let answer else { throw fields.refusal }
        let pair = try await mapErrors { () throws(AuthError) in
            try await service.signIn.reauthenticate(principal, with: answer, from: call.context)
        }
        var reply = call.replies.json { TokenRepresentation.write(pair, inCookies: call.isByCookie, into: &$0) }
        if call.isByCookie {
            reply.fields += browsers.fields(
                for: pair, isRemembered: browsers.held(in: call.request)?.isRemembered ?? false)
        }
        return reply
    }

    /// The code where the body has one, and otherwise the password, which is the field to add to a body without either.
    private func answer(in fields: inout FieldReader) -> ReauthenticationAnswer? {
        guard fields.has("handle") || fields.has("code") else {
            return fields.required("password", Password.init).map { .password($0) }
        }
        guard let handle = fields.requiredText("handle"), let code = fields.requiredText("code") else { return nil }
        return .mail(ActionProof(handle: handle, code: code))
    }
}
