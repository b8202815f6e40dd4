// SPDX-License-Identifier: Apache-2.0

/// What a caller must hold before an action is permitted.
///
/// A program spells roles, permissions and scopes out: `.permission("notes:write")`, `.role("editor")`,
/// `.anyOf(.role("admin"), .role("editor"))`.
public enum AccessRequirement: Hashable, Sendable {
    /// Any caller, with or without a token.
    case anyone
    /// A valid access token, whatever it allows.
    case authenticated
    /// A valid access token whose authority covers the permission.
    case permission(Permission)
    /// A valid access token whose authority covers every permission of the scope; the empty one asks as much as
    /// ``authenticated``.
    case scope(Scope)
    /// A valid access token of a user who holds the role now.
    case role(Role)
    /// A valid access token of a user whose address is verified now.
    case verifiedAddress
    /// One of the operator's own services, known by a secret of its own; a user's token is never accepted.
    case service
    /// One of these, whichever the caller meets; an empty list is met by no caller.
    case anyOf([AccessRequirement])

    /// One of these, whichever the caller meets.
    public static func anyOf(_ first: AccessRequirement, _ others: AccessRequirement...) -> AccessRequirement {
        .anyOf([first] + others)
    }

    /// Whether a caller without a token meets the requirement.
    public var isOpenToAnyone: Bool {
        switch self {
        case .anyone: true
        case .authenticated, .permission, .scope, .role, .verifiedAddress, .service: false
        case .anyOf(let alternatives): alternatives.contains(where: \.isOpenToAnyone)
        }
    }
}
