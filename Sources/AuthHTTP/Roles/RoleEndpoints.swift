// SPDX-License-Identifier: Apache-2.0

import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Reading, defining and removing roles.
///
/// Changing needs the role of administrator: a user who may define roles could otherwise give themselves everything.
struct RoleEndpoints: EndpointGroup {
    let reference: ServiceReference

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/roles", operationID: "listRoles", tag: .roles, summary: "List roles",
                access: .permission(Self.read), limit: .read,
                replies: [
                    .json(
                        .ok, "All roles, by name", .object([.required("items", .array(of: .component("Role")))]),
                        example: ["items": [RoleRepresentation.example]])
                ],
                handle: list),
            Endpoint(
                method: .get, path: "/roles/{name}", operationID: "getRole", tag: .roles, summary: "Read a role",
                access: .permission(Self.read), limit: .read,
                replies: [.json(.ok, "The role", .component("Role"), example: RoleRepresentation.example)],
                problems: [.notFound], handle: show),
            Endpoint(
                method: .put, path: "/roles/{name}", operationID: "putRole", tag: .roles,
                summary: "Define a role", access: .role(.admin), limit: .write,
                description: """
                    Makes the role, or replaces its description and permissions. Its holders get less from the next request on, in
                    every daemon within a second, and more with their next access token. Access tokens that carry what the role no
                    longer grants are revoked for services that follow the change feed.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("RoleDefinition"),
                    examples: [("Editors", ["description": "Writes notes.", "permissions": ["me", "notes"]])]),
                replies: [
                    .json(.ok, "The role", .component("Role"), example: RoleRepresentation.example),
                    .json(.created, "The new role", .component("Role"), example: RoleRepresentation.example),
                ],
                problems: [.notFound, .roleBuiltIn, .roleFromFile, .roleReserved, .tooManyRoles], handle: define),
            Endpoint(
                method: .delete, path: "/roles/{name}", operationID: "deleteRole", tag: .roles,
                summary: "Remove a role", access: .role(.admin), limit: .write,
                description: "A role that users hold, or that the program itself defines, is not removed.",
                replies: [.empty(.noContent, "The role is removed")],
                problems: [.notFound, .roleBuiltIn, .roleFromFile, .roleHeld], handle: remove),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("Role", RoleRepresentation.schema), ("RoleDefinition", Self.definitionSchema)]
    }

    var problems: [ProblemKind] { ProblemKind.roles }

    private var service: AuthService { reference.service }

    static let read: Permission = "roles:read"

    static let definitionSchema = Schema.object([
        .optional("description", .string("What the role is for.", lengths: 0...255)),
        .required("permissions", .array(of: .string()).described(FieldReader.permissionsRule)),
    ])

    private func list(_ call: Call) async throws(Refusal) -> Reply {
        let table = service.roles.table
        return call.replies.json { body in
            body.member(
                "items",
                array: { list in
                    for role in table.roles { RoleRepresentation.write(role, in: table, into: &list) }
                })
        }
    }

    private func show(_ call: Call) async throws(Refusal) -> Reply {
        let role = try call.role()
        let table = service.roles.table
        guard table.defines(role) else { throw Refusal(.notFound) }
        return call.replies.json(RoleRepresentation.bytes(role, in: table))
    }

    private func define(_ call: Call) async throws(Refusal) -> Reply {
        let administrator = try call.principal()
        let role = try call.role()
        var fields = try call.fields([.json])
        let description = fields.optional("description", RoleDescription.init) ?? RoleDescription.none
        let permissions = fields.permissions()
        try fields.check()
        guard let permissions,
            let definition = try? RoleDefinition(role, description: description, permissions: permissions)
        else { throw fields.refusal }
        let isNew = try await mapErrors { () throws(AuthError) in
            try await service.roles.define(definition, by: .user(administrator), from: call.context)
        }
        return call.replies.json(
            RoleRepresentation.bytes(role, in: service.roles.table), status: isNew ? .created : .ok)
    }

    private func remove(_ call: Call) async throws(Refusal) -> Reply {
        let administrator = try call.principal()
        let role = try call.role()
        try await mapErrors { () throws(AuthError) in
            try await service.roles.remove(role, by: .user(administrator), from: call.context)
        }
        return call.replies.empty()
    }
}

extension Call {
    /// The role that the path names as `{name}`.
    ///
    /// - Throws: `.notFound` for text that no role can have as its name.
    fileprivate func role() throws(Refusal) -> Role {
        try pathID("name") { Role($0) }
    }
}

extension FieldReader {
    /// What a list of permissions may have, for descriptions of fields.
    static let permissionsRule =
        "Up to \(Scope.maximumGrantCount) names such as `notes:write`, \(Scope.maximumGrantBytes) characters in all; `notes` covers "
        + "`notes:write`, and `*` belongs to `admin` alone."

    /// The permissions of the field `permissions`, which must be there; `nil` leaves a violation behind.
    mutating func permissions() -> Scope? {
        guard let names = requiredTexts("permissions") else { return nil }
        do throws(PermissionListFault) {
            return try Scope(granting: names)
        } catch {
            refuse("permissions", code: error.code, error.message)
            return nil
        }
    }
}
