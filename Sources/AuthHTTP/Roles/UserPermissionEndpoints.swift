// SPDX-License-Identifier: Apache-2.0

import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// What users may do beside their role.
struct UserPermissionEndpoints: EndpointGroup {
    let reference: ServiceReference

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/users/{id}/permissions", operationID: "getUserPermissions", tag: .roles,
                summary: "Read what a user may do", access: .permission(UserListEndpoints.read), limit: .read,
                replies: [Self.reply], problems: [.notFound], handle: show),
            Endpoint(
                method: .put, path: "/users/{id}/permissions", operationID: "setUserPermissions", tag: .roles,
                summary: "Set what a user may do beside the role", access: .role(.admin), limit: .write,
                description: """
                    Replaces the list. Like another role, it revokes the user's access tokens at the next request; refreshing gives
                    new ones.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("PermissionChange"),
                    examples: [("One permission", ["permissions": ["reports:read"]])]),
                replies: [Self.reply], problems: [.notFound], handle: replace),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("UserPermissions", Self.schema), ("PermissionChange", Self.changeSchema)]
    }

    private var service: AuthService { reference.service }

    static let schema = Schema.object([
        .required("role", .string()),
        .required("permissions", .array(of: .string()).described("Beside the role.")),
        .required("granted", .array(of: .string()).described("With those of the role.")),
    ])

    static let changeSchema = Schema.object([
        .required("permissions", .array(of: .string()).described(FieldReader.permissionsRule))
    ])

    private static let reply = ReplyDescription.json(
        .ok, "The user's permissions", .component("UserPermissions"),
        example: ["role": "user", "permissions": ["reports:read"], "granted": ["items", "me", "reports:read"]])

    private func show(_ call: Call) async throws(Refusal) -> Reply {
        let id = try call.userID()
        return reply(call, try await mapErrors { () throws(AuthError) in try await service.users.user(withID: id) })
    }

    private func replace(_ call: Call) async throws(Refusal) -> Reply {
        let administrator = try call.principal()
        let id = try call.userID()
        var fields = try call.fields([.json])
        let permissions = fields.permissions()
        try fields.check()
        guard let permissions else { throw fields.refusal }
        let user = try await mapErrors { () throws(AuthError) in
            try await service.users.perform(
                .changePermissions(.replace(permissions)), on: id, by: .user(administrator), from: call.context)
        }
        return reply(call, user)
    }

    private func reply(_ call: Call, _ user: User) -> Reply {
        let granted = service.policy.granted(to: user.role, and: user.permissions)
        return call.replies.json { body in
            body.member("role", user.role.name)
            body.member("permissions", user.permissions.permissions.map(\.name))
            body.member("granted", granted.permissions.map(\.name))
        }
    }
}
