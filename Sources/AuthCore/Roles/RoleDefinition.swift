// SPDX-License-Identifier: Apache-2.0

/// A role as an administrator or the operator's file defines it.
public struct RoleDefinition: Hashable, Sendable {
    /// The role's name.
    public let role: Role
    /// What the role is for.
    public let description: RoleDescription
    /// What it grants: at most what ``Scope/isGrantable`` says.
    public let permissions: Scope

    /// Describes a role.
    ///
    /// - Throws: `.everything` or `.tooMany` for permissions that a role cannot grant.
    public init(
        _ role: Role, description: RoleDescription = .none, permissions: Scope
    ) throws(PermissionListFault) {
        guard !permissions.covers(Permission.everything) else { throw .everything(index: 0) }
        guard permissions.isGrantable else { throw .tooMany }
        self.role = role
        self.description = description
        self.permissions = permissions
    }
}
