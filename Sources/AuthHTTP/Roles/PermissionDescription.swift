// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// What a permission allows, in a line for the OpenAPI document.
enum PermissionDescription {
    /// The permissions that authd's own routes ask for, and those that cover them.
    static let own: [(permission: Permission, text: String)] = [
        ("*", "Everything."),
        ("audit:read", "Read the audit log."),
        ("items", "Read, write and delete items."),
        ("items:delete", "Delete items."),
        ("items:read", "Read items."),
        ("items:write", "Create items."),
        ("me", "Read and change one's own record."),
        ("me:read", "Read one's own record."),
        ("me:write", "Change one's own record."),
        ("roles:read", "Read the roles and what they grant."),
        ("users", "Read all users and their sessions."),
        ("users:read", "Read all users and their sessions."),
    ]

    /// The text for a permission: authd's own words, or else which roles grant it and what they are for.
    static func text(for permission: Permission, in roles: RoleTable) -> String {
        if let known = own.first(where: { $0.permission == permission }) { return known.text }
        let granting = roles.roles.filter { $0 != .admin && roles.scope(of: $0).covers(permission) }
        guard !granting.isEmpty else { return "Granted to single users." }
        return "Granted to "
            + granting.map { role in
                let description = roles.description(of: role).text
                return description.isEmpty ? role.name : "\(role.name) (\(description))"
            }.joined(separator: ", ") + "."
    }
}
