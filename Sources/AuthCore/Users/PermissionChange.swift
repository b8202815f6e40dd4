// SPDX-License-Identifier: Apache-2.0

/// A change of what a user may do beside the role.
public enum PermissionChange: Hashable, Sendable {
    /// These and no others.
    case replace(Scope)
    /// These too.
    case grant(Scope)
    /// Without these and what they cover; a permission that covers more stays whole.
    case revoke(Scope)

    /// The permissions after the change.
    func applied(to permissions: Scope) -> Scope {
        switch self {
        case .replace(let scope): scope
        case .grant(let scope): permissions.union(scope)
        case .revoke(let scope): permissions.subtracting(scope)
        }
    }
}
