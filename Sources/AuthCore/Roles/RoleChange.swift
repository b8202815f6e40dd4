// SPDX-License-Identifier: Apache-2.0

/// A change of the stored roles.
public enum RoleChange: Hashable, Sendable {
    /// Makes a role, or gives it another description and other permissions.
    case define(RoleDefinition)
    /// Removes a role that no user holds.
    case remove(Role)
    /// Takes over the roles of the operator's file, which lists them all.
    case load([RoleDefinition])
}

/// Why a change of roles is rejected.
public enum RoleChangeRefusal: String, Hashable, Sendable, CaseIterable {
    /// There is no such role.
    case notFound = "not_found"
    /// ``Role/admin`` grants everything, and the roles that the program has itself cannot be removed.
    case builtIn = "role_built_in"
    /// The operator's file defines the role.
    case fromFile = "role_from_file"
    /// Users hold the role.
    case held = "role_held"
    /// There would be more roles than ``RoleRules/maximumCount``.
    case tooMany = "too_many_roles"
    /// No role may have this name: ``Role/isReserved``.
    case reserved = "role_reserved"
}

/// The outcome of a change of roles.
public enum RoleChangeOutcome: Hashable, Sendable {
    /// Done, or nothing to do.
    case done(RoleChangeResult)
    /// A rule forbids it.
    case refused(RoleChangeRefusal)
}

/// What a change of roles came to.
public struct RoleChangeResult: Hashable, Sendable {
    /// The stored roles afterwards, by name.
    public let roles: [StoredRole]
    /// Which roles were written, by name.
    public let written: [Role]
    /// Which roles were removed, by name.
    public let removed: [Role]
    /// Which roles a file no longer lists and users hold: they stay as they are, and administrators may change them.
    public let kept: [Role]

    /// Describes a result.
    public init(roles: [StoredRole], written: [Role] = [], removed: [Role] = [], kept: [Role] = []) {
        self.roles = roles
        self.written = written
        self.removed = removed
        self.kept = kept
    }
}
