// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// A role as the interface shows one.
enum RoleRepresentation {
    static func write(_ role: Role, in table: RoleTable, into writer: inout JSONWriter) {
        writer.object { body in
            body.member("name", role.name)
            body.member("description", table.description(of: role).text)
            body.member("permissions", table.scope(of: role).permissions.map(\.name))
            body.member("origin", (table.origin(of: role) ?? .data).rawValue)
            body.member(orNull: "updated_at", table.updatedAt(of: role)?.rfc3339)
        }
    }

    static func bytes(_ role: Role, in table: RoleTable) -> [UInt8] {
        var writer = JSONWriter()
        write(role, in: table, into: &writer)
        return writer.bytes
    }

    static let schema = Schema.object([
        .required("name", .string("What a user's `role` says.")),
        .required("description", .string("Empty if there is none.")),
        .required("permissions", .array(of: .string())),
        .required(
            "origin",
            .string(
                "`file` for the operator's file, which alone changes the role; `data` for administrators and commands.",
                choices: RoleOrigin.allCases.map(\.rawValue))),
        .required("updated_at", .string("Null for a role of the program itself.", format: "date-time").nullable),
    ])

    static let example: JSONValue = [
        "name": "editor", "description": "Writes notes.", "permissions": ["me", "notes"], "origin": "data",
        "updated_at": "2026-03-01T12:00:00.000000Z",
    ]
}
