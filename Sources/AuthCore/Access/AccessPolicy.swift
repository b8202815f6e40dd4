// SPDX-License-Identifier: Apache-2.0

/// What a caller must hold before an action is permitted.
public enum AccessRequirement: Hashable, Sendable {
    /// Any caller, with or without a token.
    case anyone
    /// A valid access token, whatever it allows.
    case authenticated
    /// A valid access token whose authority covers the permission.
    case permission(Permission)
    /// A valid access token of a user who holds the role now.
    case role(Role)
    /// One of the operator's own services, known by a secret of its own; a user's token is never accepted.
    case service
}

/// The caller, as far as access rules need to know it.
public struct AccessSubject: Hashable, Sendable {
    /// The user.
    public let userID: UserID
    /// The role that the user holds now, whatever the token says.
    public let role: Role
    /// The scope that the token carries.
    public let tokenScope: Scope

    /// Describes a caller whose token has been verified.
    public init(userID: UserID, role: Role, tokenScope: Scope) {
        self.userID = userID
        self.role = role
        self.tokenScope = tokenScope
    }
}

/// Why an action is denied.
public enum AccessDenial: Hashable, Sendable {
    /// No token was presented.
    case unauthenticated
    /// The role that the user holds does not grant the permission.
    case roleLacks(Permission, role: Role)
    /// The role would grant the permission, but the token was issued for less.
    case tokenLacks(Permission, scope: Scope)
    /// The user holds another role than the one required.
    case wrongRole(required: Role, held: Role)
    /// The action is reserved to services, and the caller is a user.
    case notAService
}

/// The answer of ``AccessPolicy``.
public enum AccessDecision: Hashable, Sendable {
    /// The action is permitted.
    case allow
    /// The action is denied, and why.
    case deny(AccessDenial)
}

/// Decides who may do what: deny by default, from the token's scope ∩ what the user's role grants now.
public struct AccessPolicy: Hashable, Sendable {
    /// The meaning of the roles.
    public let roles: RoleTable

    /// Makes a policy over a table of roles.
    public init(roles: RoleTable = .standard) {
        self.roles = roles
    }

    /// What `subject` may do at most: its token's scope ∩ what its role grants.
    public func authority(of subject: AccessSubject) -> Scope {
        subject.tokenScope.intersection(roles.scope(of: subject.role))
    }

    /// Decides without building the intersection: a permission is in it exactly if both sides cover it.
    public func decide(_ requirement: AccessRequirement, for subject: AccessSubject?) -> AccessDecision {
        if requirement == .anyone { return .allow }
        guard let subject else { return .deny(.unauthenticated) }
        switch requirement {
        case .anyone, .authenticated:
            return .allow
        case .service:
            return .deny(.notAService)
        case .permission(let permission):
            guard roles.scope(of: subject.role).covers(permission) else {
                return .deny(.roleLacks(permission, role: subject.role))
            }
            guard subject.tokenScope.covers(permission) else {
                return .deny(.tokenLacks(permission, scope: subject.tokenScope))
            }
            return .allow
        case .role(let required):
            guard subject.role == required else { return .deny(.wrongRole(required: required, held: subject.role)) }
            // A role's routes are its full power, so a token that was narrowed below the role does not open them.
            guard let missing = roles.scope(of: required).permissions.first(where: { !subject.tokenScope.covers($0) })
            else { return .allow }
            return .deny(.tokenLacks(missing, scope: subject.tokenScope))
        }
    }

    /// One sentence that names the decision and the rule behind it, for an operator or a developer.
    ///
    /// It names roles and permissions and nothing about the user, but is not meant for the caller whose request was
    /// denied.
    public func explain(_ requirement: AccessRequirement, for subject: AccessSubject?) -> String {
        switch decide(requirement, for: subject) {
        case .allow:
            switch requirement {
            case .anyone: "Allowed: the action is open to anyone."
            case .authenticated: "Allowed: the caller presented a valid token."
            case .permission(let permission):
                "Allowed: the role grants '\(permission)' and the token's scope covers it."
            case .role(let role): "Allowed: the user holds the role '\(role)' and the token covers what it grants."
            case .service: "Allowed: the caller is a service."
            }
        case .deny(.unauthenticated):
            "Denied: the action needs a valid token and none was presented."
        case .deny(.roleLacks(let permission, let role)):
            "Denied: the role '\(role)' grants '\(roles.scope(of: role))', which does not cover '\(permission)'."
        case .deny(.tokenLacks(let permission, let scope)):
            "Denied: the role would grant '\(permission)', but the token's scope '\(scope)' does not cover it."
        case .deny(.wrongRole(let required, let held)):
            "Denied: the action is for the role '\(required)' and the user holds '\(held)'."
        case .deny(.notAService):
            "Denied: the action is for services, and no user's token opens it."
        }
    }
}
