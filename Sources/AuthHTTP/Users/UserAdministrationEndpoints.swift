// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Making, reading, changing and removing users.
///
/// Reading needs a permission that any role can be given. Changing needs the role of administrator: a user who may set
/// roles or create users could otherwise become one.
struct UserAdministrationEndpoints: EndpointGroup {
    let reference: ServiceReference

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/users", operationID: "createUser", tag: .users, summary: "Create a user",
                access: .role(.admin), limit: .write,
                description: """
                    With a password, the user must change it after the first sign-in. Without one the address is mailed an invitation
                    to set one, where mail can be sent; the user stays whether or not it is accepted.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("UserCreation"),
                    examples: [
                        (
                            "A colleague",
                            [
                                "username": "jane_doe", "email": "jane@example.com", "password": "FirstPassword12",
                                "role": "user",
                            ]
                        )
                    ]),
                replies: [.json(.created, "The new user", .component("User"), example: UserRepresentation.example)],
                problems: [.usernameTaken, .emailTaken, .overloaded], handle: create),
            Endpoint(
                method: .get, path: "/users/{id}", operationID: "getUser", tag: .users, summary: "Read a user",
                access: .authenticated, limit: .read,
                description: "Users may read their own record. Reading other users needs `users:read`.",
                replies: [.json(.ok, "The user", .component("User"), example: UserRepresentation.example)],
                problems: [.notFound, .insufficientScope], handle: read),
            Endpoint(
                method: .patch, path: "/users/{id}", operationID: "updateUser", tag: .users, summary: "Update a user",
                access: .authenticated, proof: .ofSomeRequests, limit: .write,
                description: """
                    Changing your own profile needs `me:write`; your address is changed at `/users/me`. Changing other users,
                    `app_metadata` or `is_active` needs the role `admin`. `is_active` is changed first, and stays changed if the
                    profile is then rejected. Of `user_metadata` and `app_metadata` the members that are sent are set, or removed if
                    they are `null`.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("UserChange"),
                    examples: [("Deactivate", ["is_active": false])]),
                replies: [.json(.ok, "The user", .component("User"), example: UserRepresentation.example)],
                problems: [
                    .notFound, .insufficientScope, .usernameTaken, .emailTaken, .ownUser, .lastAdmin,
                ],
                handle: update),
            Endpoint(
                method: .delete, path: "/users/{id}", operationID: "deleteUser", tag: .users, summary: "Delete a user",
                access: .role(.admin), limit: .write,
                replies: [.empty(.noContent, "The user is deleted")], problems: [.notFound, .ownUser, .lastAdmin],
                handle: delete),
            Endpoint(
                method: .put, path: "/users/{id}/role", operationID: "setRole", tag: .users,
                summary: "Change a user's role", access: .role(.admin), limit: .write,
                description:
                    "The user's access tokens are revoked at the next request. Refreshing gives new ones.",
                body: RequestBody(
                    formats: [.json], schema: .component("RoleChange"), examples: [("Promote", ["role": "admin"])]),
                replies: [.json(.ok, "The user", .component("User"), example: UserRepresentation.example)],
                problems: [.notFound, .ownUser, .lastAdmin], handle: setRole),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("UserCreation", Self.creationSchema), ("UserChange", Self.changeSchema), ("RoleChange", Self.roleSchema)]
    }

    private var service: AuthService { reference.service }

    static let creationSchema = Schema.object([
        .optional("username", .string(lengths: 3...50)),
        .optional("email", .string(format: "email")),
        .optional(
            "password",
            .newPassword("Without one, the user sets it by the mailed invitation, or by a reset.")),
        .optional("full_name", .string(lengths: 1...255)),
        .optional("role", .string("`user` if absent.")),
        .optional("is_verified", .boolean("Whether the address counts as verified.")),
    ])

    static let changeSchema = Schema.object([
        .optional("username", .string(lengths: 3...50).nullable),
        .optional("email", .string(format: "email").nullable),
        .optional("full_name", .string(lengths: 1...255).nullable),
        .optional("locale", .string("The language of mails, as BCP 47 names it.", lengths: 2...35).nullable),
        .optional("is_active", .boolean()),
        .optional("user_metadata", Schema.anyObject.described("Members to set, or to remove if `null`.")),
        .optional("app_metadata", Schema.anyObject.described("Members to set, or to remove if `null`.")),
    ])

    static let roleSchema = Schema.object([.required("role", .string())])

    private func create(_ call: Call) async throws(Refusal) -> Reply {
        let administrator = try call.principal()
        var fields = try call.fields([.json])
        let username = fields.optional("username", Username.init)
        let email = fields.optional("email", EmailAddress.init)
        let fullName = fields.optional("full_name", FullName.init)
        let password = fields.optional("password", Password.init)
        let role = fields.has("role") ? fields.role() : .user
        let isVerified = fields.bool("is_verified") ?? false
        try fields.check()
        guard let role else { throw fields.refusal }
        let draft = UserDraft(
            username: username, email: email, fullName: fullName, password: password, role: role, isVerified: isVerified
        )
        let user = try await mapErrors { () throws(AuthError) in
            try await service.users.create(draft, by: .user(administrator), from: call.context)
        }
        return call.replies.json(UserRepresentation.bytes(user), status: .created)
    }

    private func read(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        // Access is decided before it is said that no user can have this id.
        let id = try? call.userID()
        if id != principal.user.id { try call.authorize(.permission(UserListEndpoints.read), by: service) }
        guard let id else { throw Refusal(.notFound) }
        let user = try await mapErrors { () throws(AuthError) in try await service.users.user(withID: id) }
        return call.replies.json(UserRepresentation.bytes(user))
    }

    private func update(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let id = try? call.userID()
        try call.authorize(
            id == principal.user.id ? .permission(OwnProfileEndpoints.write) : .role(.admin), by: service)
        guard let id else { throw Refusal(.notFound) }
        var fields = try call.fields([.json])
        let isActive = fields.bool("is_active")
        var change = fields.profileChange()
        let appMetadata = fields.metadata("app_metadata")
        try fields.check()
        if appMetadata != nil { try call.authorize(.role(.admin), by: service) }
        if let isActive {
            try call.authorize(.role(.admin), by: service)
            _ = try await perform(.setActive(isActive), on: id, by: principal, call)
        }
        guard id == principal.user.id else {
            change.appMetadata = appMetadata
            let asked = change
            let user = try await mapErrors { () throws(AuthError) in
                try await service.users.update(id, by: asked, administrator: .user(principal), from: call.context)
            }
            return call.replies.json(UserRepresentation.bytes(user))
        }
        let own = change
        let user = try await mapErrors { () throws(AuthError) in
            let changed = try await service.users.updateProfile(of: principal, by: own, from: call.context).user
            guard let appMetadata else { return changed }
            return try await service.users.update(
                id, by: ProfileChange(appMetadata: appMetadata), administrator: .user(principal), from: call.context)
        }
        return call.replies.json(UserRepresentation.bytes(user))
    }

    private func delete(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let id = try call.userID()
        _ = try await perform(.delete, on: id, by: principal, call)
        return call.replies.empty()
    }

    private func setRole(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let id = try call.userID()
        var fields = try call.fields([.json])
        let role = fields.role()
        try fields.check()
        guard let role else { throw fields.refusal }
        let user = try await perform(.setRole(role), on: id, by: principal, call)
        return call.replies.json(UserRepresentation.bytes(user))
    }

    private func perform(
        _ action: AdministrativeAction, on id: UserID, by principal: Principal, _ call: Call
    ) async throws(Refusal) -> User {
        try await mapErrors { () throws(AuthError) in
            try await service.users.perform(action, on: id, by: .user(principal), from: call.context)
        }
    }
}

extension FieldReader {
    /// The name of a role, which must be there; whether the role is defined is for the service to say.
    mutating func role() -> Role? {
        guard let name = requiredText("role") else { return nil }
        guard let role = Role(name) else {
            refuse("role", code: "malformed", "This is not a role's name.")
            return nil
        }
        return role
    }
}
