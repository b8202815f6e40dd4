// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Reading and changing one's own record.
struct OwnProfileEndpoints: EndpointGroup {
    let reference: ServiceReference
    let flows: FlowChannel
    /// Whether every change counts as a sign-in.
    let countsAsSignIn: Bool

    var endpoints: [Endpoint] {
        [
            read("/auth/me", "currentUser", .authentication), read("/users/me", "ownProfile", .users),
            change(.put, "replaceOwnProfile", "Update my profile (same as PATCH)"),
            change(.patch, "updateOwnProfile", "Update my profile"),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("ProfileChange", Self.schema), ("ChangedUser", UserRepresentation.registeredSchema)]
    }

    private var service: AuthService { reference.service }

    /// What changing one's own record needs: a token that was narrowed to something else must not move the address to
    /// which a password reset is mailed.
    static let write: Permission = "me:write"

    private func read(_ path: PathTemplate, _ operationID: String, _ tag: Endpoint.Tag) -> Endpoint {
        Endpoint(
            method: .get, path: path, operationID: operationID, tag: tag, summary: "Read my profile",
            access: .authenticated, limit: .none,
            replies: [.json(.ok, "The user", .component("User"), example: UserRepresentation.example)],
            openWhilePending: [.passwordChange, .emailVerification],
            immediate: { call in
                // Rendered once for each token, so that answering is copying.
                (call.caller?.principal).map { call.replies.json($0.rendered(by: UserRepresentation.bytes)) }
            },
            handle: { (call) throws(Refusal) in
                call.replies.json(try call.principal().rendered(by: UserRepresentation.bytes))
            })
    }

    private func change(_ method: RequestMethod, _ operationID: String, _ summary: String) -> Endpoint {
        Endpoint(
            method: method, path: "/users/me", operationID: operationID, tag: .users, summary: summary,
            access: .permission(Self.write), proof: .ofSomeRequests, limit: countsAsSignIn ? .signIn : .write,
            description: """
                Only the fields in the request are changed; `null` removes a field. Of `user_metadata` the members that are sent
                are set, or removed if they are `null`; it has at most 8 KiB and 8 levels, and grants nothing. Password, role,
                permissions, `app_metadata` and verification cannot be changed here. A new address needs `current_password`,
                because its owner can reset the password; a user without a password needs a recent proof
                (`POST /auth/reauthenticate`). It also counts against the limit `mail`. Where mail is configured
                the current address stays in use, and the new one is `new_email`, until the mail to it is confirmed at
                `/auth/email/change/confirm`, with the `handle` of this answer and the code, or with the token of the link. The
                answer is the same for free and taken addresses. Without mail the new address counts at once, unverified.
                With `REGISTRATION_PRIVACY` changes of the username are limited per user, to prevent user enumeration.
                """,
            body: RequestBody(
                formats: [.json], schema: .component("ProfileChange"),
                examples: [
                    ("Another name", ["full_name": "John Q. Doe"]),
                    ("Metadata", ["user_metadata": ["theme": "dark", "beta": nil]]),
                ]),
            replies: [.json(.ok, "The user", .component("ChangedUser"), example: UserRepresentation.example)],
            problems: [
                .usernameTaken, .emailTaken, .wrongPassword, .mailUnavailable, .overloaded, .cookieModeUnavailable,
            ],
            handle: update)
    }

    static let schema = Schema.object([
        .optional("username", .string(lengths: 3...50).nullable),
        .optional("email", .string(format: "email").nullable),
        .optional("full_name", .string(lengths: 1...255).nullable),
        .optional("user_metadata", Schema.anyObject.described("Members to set, or to remove if `null`.")),
        .optional("locale", .string("The language of mails, as BCP 47 names it.", lengths: 2...35).nullable),
        .optional(
            "current_password",
            .string("Required if the address changes and the user has a password.", format: "password")),
    ])

    private func update(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let inCookies = call.isByCookie ? true : try flows.browsers.isAsked(by: call)
        var fields = try call.fields([.json])
        let change = fields.profileChange()
        let password = fields.optional("current_password", Password.init)
        try fields.check()
        if password != nil, !countsAsSignIn { try await call.countAlso?(.signIn) }
        // It writes to an address that the caller chooses, as the routes of that class do.
        if let email = change.email, let email, email.canonical != principal.user.email?.canonical {
            try await call.countAlso?(.mail)
        }
        let update = try await mapErrors { () throws(AuthError) in
            try await service.users.updateProfile(of: principal, by: change, confirmedBy: password, from: call.context)
        }
        let text = update.flow?.revealed
        var reply = call.replies.json(UserRepresentation.bytes(update.user, handle: inCookies ? nil : text))
        if inCookies, let text { reply.fields.append(flows.cookies.field(text, of: .changeAddress)) }
        return reply
    }
}

extension FieldReader {
    /// The profile fields that were sent; one sent as `null` is to be removed.
    mutating func profileChange() -> ProfileChange {
        ProfileChange(
            username: change("username", Username.init), email: change("email", EmailAddress.init),
            fullName: change("full_name", FullName.init), userMetadata: metadata("user_metadata"),
            locale: change("locale", LanguageTag.init(typed:)))
    }

    private mutating func change<Value>(
        _ name: String, _ parse: (String) throws(ValidationError) -> Value
    ) -> Value?? {
        guard isPresent(name) else { return .none }
        guard has(name) else { return .some(nil) }
        return optional(name, parse).map { .some($0) }
    }
}
