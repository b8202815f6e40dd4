// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Registering a user.
struct RegistrationEndpoints: EndpointGroup {
    let reference: ServiceReference
    let flows: FlowChannel

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/register", operationID: "register", tag: .authentication,
                summary: "Register a new user", access: .anyone, limit: .register,
                description: """
                    Give a username, an email address, or both. Fields that would grant privileges, such as `role`, are
                    ignored. `REGISTRATION` decides who may register. With `REGISTRATION_PRIVACY` every valid request is
                    answered 202, and the outcome is sent by email, which prevents user enumeration. Where an email is sent that
                    verifies the address, `handle` completes that together with its code.
                    """,
                body: RequestBody(formats: [.json], schema: .component("Registration"), examples: Self.examples),
                replies: [
                    .json(.created, "The new user", .component("RegisteredUser"), example: UserRepresentation.example),
                    FlowChannel.reply(Self.privateAnswer, status: .accepted),
                ],
                problems: [
                    .registrationClosed, .usernameTaken, .emailTaken, .overloaded, .unavailable, .mailUnavailable,
                ] + CookieSessions.problems,
                handle: register)
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [
            ("User", UserRepresentation.schema), ("RegisteredUser", UserRepresentation.registeredSchema),
            ("Message", MessageRepresentation.schema), ("Registration", Self.schema),
        ]
    }

    var problems: [ProblemKind] { ProblemKind.users }

    private var service: AuthService { reference.service }

    static let schema = Schema.object([
        .optional(
            "username", .string("Letters, digits, `.`, `_` and `-`; case-insensitive.", lengths: 3...50)),
        .optional("email", .string(format: "email", lengths: 3...254)),
        .required("password", .newPassword()),
        .optional("full_name", .string(lengths: 1...255)),
        .optional(
            "locale",
            .string(
                "The language of mails, as BCP 47 names it; that of `Accept-Language` if absent.", lengths: 2...35)),
    ])

    private static let examples: [(title: String, value: JSONValue)] = [
        (
            "With username",
            [
                "username": "john_doe", "email": "user@example.com", "password": "SecurePass123",
                "full_name": "John Doe",
            ]
        ),
        ("By address alone", ["email": "user@example.com", "password": "secretpass123", "full_name": "John Doe"]),
    ]

    private static let privateAnswer = "Check your mailbox to continue."

    private func register(_ call: Call) async throws(Refusal) -> Reply {
        let inCookies = try flows.browsers.isAsked(by: call)
        var fields = try call.fields([.json])
        let username = fields.optional("username", Username.init)
        let email = fields.optional("email", EmailAddress.init)
        let fullName = fields.optional("full_name", FullName.init)
        let locale = fields.optional("locale", LanguageTag.init(typed:))
        let password = fields.required("password", Password.init)
        try fields.check()
        guard let password else { throw fields.refusal }
        let accepted = call.request.field("accept-language").flatMap { LanguageTag(mostWantedIn: $0) }
        let registration = Registration(
            username: username, email: email, password: password, fullName: fullName,
            locale: locale ?? accepted)
        let outcome = try await mapErrors { () throws(AuthError) in
            try await service.users.register(registration, from: call.context)
        }
        switch outcome {
        case .registered(let user, let handle):
            let text = handle?.revealed
            var reply = call.replies.json(
                UserRepresentation.bytes(user, handle: inCookies ? nil : text), status: .created)
            if inCookies, let text { reply.fields.append(flows.cookies.field(text, of: .verifyAddress)) }
            return reply
        case .accepted(let handle):
            return flows.started(
                handle, of: .verifyAddress, Self.privateAnswer, inCookies: inCookies, status: .accepted, by: call)
        }
    }
}
