// SPDX-License-Identifier: Apache-2.0

/// Why an action is denied.
public enum AccessDenial: Hashable, Sendable {
    /// No token was presented.
    case unauthenticated
    /// The role that the user holds does not grant the permission, and the user does not have it beside the role.
    case roleLacks(Permission, role: Role)
    /// The role would grant the permission, but the token was issued for less.
    case tokenLacks(Permission, scope: Scope)
    /// The user holds another role than the one required.
    case wrongRole(required: Role, held: Role)
    /// The user's address is not verified, or the user has none.
    case addressNotVerified
    /// The action is reserved to services, and the caller is a user.
    case notAService
    /// Each alternative is denied, and why, in the order of the requirement.
    case noneOf([AccessDenial])

    /// The permission that the caller lacks; of several alternatives, that of the first one that is about a permission.
    public var missingPermission: Permission? {
        switch self {
        case .roleLacks(let permission, _), .tokenLacks(let permission, _): permission
        case .unauthenticated, .wrongRole, .addressNotVerified, .notAService: nil
        case .noneOf(let denials): denials.lazy.compactMap(\.missingPermission).first
        }
    }
}
