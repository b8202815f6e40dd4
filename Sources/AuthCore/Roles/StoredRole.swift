// SPDX-License-Identifier: Apache-2.0

/// A role as stored.
public struct StoredRole: Hashable, Sendable {
    /// By what a stored role is kept up to date.
    public enum Origin: String, Hashable, Sendable, CaseIterable {
        /// The operator's file, which alone changes the role.
        case file
        /// Administrators and commands.
        case data
    }

    /// The role's name.
    public let role: Role
    /// What the role is for.
    public var description: RoleDescription
    /// What it grants.
    public var permissions: Scope
    /// By what it is kept up to date.
    public var origin: Origin
    /// Raised whenever the role grants less than before.
    public var epoch: RoleEpoch
    /// When any of the above last changed.
    public var updatedAt: Timestamp

    /// Describes a role as stored; nothing is checked.
    public init(
        role: Role, description: RoleDescription, permissions: Scope, origin: Origin, epoch: RoleEpoch,
        updatedAt: Timestamp
    ) {
        self.role = role
        self.description = description
        self.permissions = permissions
        self.origin = origin
        self.epoch = epoch
        self.updatedAt = updatedAt
    }

    /// Whether the role is what a definition says.
    func matches(_ definition: RoleDefinition) -> Bool {
        permissions == definition.permissions && description == definition.description
    }
}
