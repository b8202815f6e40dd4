// SPDX-License-Identifier: Apache-2.0

/// The answer of ``AccessPolicy``.
public enum AccessDecision: Hashable, Sendable {
    /// The action is permitted.
    case allow
    /// The action is denied, and why.
    case deny(AccessDenial)
}

/// Decides who may do what: deny by default, from the token's scope ∩ what the user's role grants now and the user has beside
/// it.
public struct AccessPolicy: Hashable, Sendable {
    /// The meaning of the roles.
    public let roles: RoleTable

    /// Makes a policy over a table of roles.
    public init(roles: RoleTable = .standard) {
        self.roles = roles
    }

    /// What `subject` may do at most: its token's scope ∩ what its role grants and it has beside the role.
    public func authority(of subject: AccessSubject) -> Scope {
        subject.tokenScope.intersection(granted(to: subject.role, and: subject.permissions))
    }

    /// What a user of a role who has permissions beside it may do at most, whatever the token.
    public func granted(to role: Role, and permissions: Scope) -> Scope {
        roles.scope(of: role).union(permissions)
    }

    /// Decides without building the intersection: a permission is in it exactly if both sides cover it.
    public func decide(_ requirement: AccessRequirement, for subject: AccessSubject?) -> AccessDecision {
        if requirement.isOpenToAnyone { return .allow }
        guard let subject else { return .deny(.unauthenticated) }
        return denial(of: requirement, for: subject).map { .deny($0) } ?? .allow
    }

    /// `nil` if the requirement is met.
    private func denial(of requirement: AccessRequirement, for subject: AccessSubject) -> AccessDenial? {
        switch requirement {
        case .anyone, .authenticated:
            return nil
        case .service:
            return .notAService
        case .permission(let permission):
            return denial(of: permission, for: subject)
        case .scope(let scope):
            return scope.permissions.lazy.compactMap { denial(of: $0, for: subject) }.first
        case .role(let required):
            guard subject.role == required else { return .wrongRole(required: required, held: subject.role) }
            // A role's routes are its full power, so a token that was narrowed below the role does not open them.
            let missing = roles.scope(of: required).permissions.first { !subject.tokenScope.covers($0) }
            return missing.map { .tokenLacks($0, scope: subject.tokenScope) }
        case .verifiedAddress:
            return subject.hasVerifiedAddress ? nil : .addressNotVerified
        case .anyOf(let alternatives):
            var denials: [AccessDenial] = []
            for alternative in alternatives {
                guard let reason = denial(of: alternative, for: subject) else { return nil }
                denials.append(reason)
            }
            return .noneOf(denials)
        }
    }

    private func denial(of permission: Permission, for subject: AccessSubject) -> AccessDenial? {
        guard roles.scope(of: subject.role).covers(permission) || subject.permissions.covers(permission) else {
            return .roleLacks(permission, role: subject.role)
        }
        guard subject.tokenScope.covers(permission) else {
            return .tokenLacks(permission, scope: subject.tokenScope)
        }
        return nil
    }

    /// One sentence that names the decision and the rule behind it, for an operator or a developer; one for each
    /// alternative where a requirement names several.
    ///
    /// It names roles and permissions and nothing about the user, but is not meant for the caller whose request was
    /// denied.
    public func explain(_ requirement: AccessRequirement, for subject: AccessSubject?) -> String {
        switch decide(requirement, for: subject) {
        case .allow: "Allowed: " + grounds(of: requirement, for: subject)
        case .deny(let denial): "Denied: " + grounds(of: denial)
        }
    }

    private func grounds(of requirement: AccessRequirement, for subject: AccessSubject?) -> String {
        switch requirement {
        case .anyone: "the action is open to anyone."
        case .authenticated: "the caller presented a valid token."
        case .permission(let permission): "the role grants '\(permission)' and the token's scope covers it."
        case .scope(let scope): "the role grants '\(scope)' and the token's scope covers it."
        case .role(let role): "the user holds the role '\(role)' and the token covers what it grants."
        case .verifiedAddress: "the user's address is verified."
        case .service: "the caller is a service."
        case .anyOf(let alternatives):
            alternatives.first { decide($0, for: subject) == .allow }.map { grounds(of: $0, for: subject) } ?? ""
        }
    }

    private func grounds(of denial: AccessDenial) -> String {
        switch denial {
        case .unauthenticated:
            "the action needs a valid token and none was presented."
        case .roleLacks(let permission, let role):
            "the role '\(role)' grants '\(roles.scope(of: role))', which does not cover '\(permission)'."
        case .tokenLacks(let permission, let scope):
            "the role would grant '\(permission)', but the token's scope '\(scope)' does not cover it."
        case .wrongRole(let required, let held):
            "the action is for the role '\(required)' and the user holds '\(held)'."
        case .addressNotVerified:
            "the action needs a verified address, and the user's is not verified."
        case .notAService:
            "the action is for services, and no user's token opens it."
        case .noneOf(let denials):
            denials.isEmpty
                ? "no requirement is named, and so none is met."
                : "none of the alternatives is met: " + denials.map { grounds(of: $0) }.joined(separator: " ")
        }
    }
}
