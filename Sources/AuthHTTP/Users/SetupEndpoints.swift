// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Making the first administrator, with the token of `authd setup-link`.
struct SetupEndpoints: EndpointGroup {
    let reference: ServiceReference

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/setup", operationID: "createFirstAdministrator", tag: .authentication,
                summary: "Create the first administrator", access: .anyone, limit: .redeem,
                description: """
                    Needs the token that `authd setup-link` prints, valid for a day and void as soon as there is an
                    administrator. Give a username, an email address, or both. The user can sign in at once, or after verifying
                    the address with `REQUIRE_VERIFIED_EMAIL`.
                    """,
                body: RequestBody(formats: [.json], schema: .component("Setup"), examples: Self.examples),
                replies: [
                    .json(.created, "The first administrator", .component("User"), example: UserRepresentation.example)
                ],
                problems: [.badToken, .usernameTaken, .emailTaken, .overloaded, .unavailable, .mailUnavailable],
                handle: create)
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("Setup", Self.schema)]
    }

    private var service: AuthService { reference.service }

    static let schema = Schema.object([
        .required("token", .string("As `authd setup-link` prints it.")),
        .optional(
            "username", .string("Letters, digits, `.`, `_` and `-`; case-insensitive.", lengths: 3...50)),
        .optional("email", .string(format: "email", lengths: 3...254)),
        .required("password", .newPassword()),
        .optional("full_name", .string(lengths: 1...255)),
    ])

    private static let examples: [(title: String, value: JSONValue)] = [
        (
            "With username",
            [
                "token": "aot_…", "username": "admin", "email": "admin@example.com",
                "password": "correct horse battery staple",
            ]
        )
    ]

    private func create(_ call: Call) async throws(Refusal) -> Reply {
        var fields = try call.fields([.json])
        let token = fields.requiredText("token")
        let username = fields.optional("username", Username.init)
        let email = fields.optional("email", EmailAddress.init)
        let fullName = fields.optional("full_name", FullName.init)
        let password = fields.required("password", Password.init)
        try fields.check()
        guard let token, let password else { throw fields.refusal }
        let draft = FirstAdministrator(username: username, email: email, password: password, fullName: fullName)
        let user = try await mapErrors { () throws(AuthError) in
            try await service.users.createFirstAdministrator(draft, with: token, from: call.context)
        }
        return call.replies.json(UserRepresentation.bytes(user), status: .created)
    }
}
