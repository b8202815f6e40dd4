// SPDX-License-Identifier: Apache-2.0

/// Why a list of permissions can be given neither to a role nor to a user.
public enum PermissionListFault: Error, Hashable, Sendable {
    /// The name at this place, counted from 0, is not one of a permission.
    case malformed(name: String, index: Int)
    /// The name at this place is `*`, which the role `admin` alone grants.
    case everything(index: Int)
    /// The permissions are more, or longer, than an access token has room for.
    case tooMany
}

extension PermissionListFault {
    /// The stable word for programs.
    public var code: String {
        switch self {
        case .malformed: "malformed"
        case .everything: "reserved"
        case .tooMany: "too_long"
        }
    }

    /// One English sentence for people; never contains what was sent.
    public var message: String {
        switch self {
        case .malformed(name: _, let index):
            "Number \(index + 1) is no permission: segments of a–z, 0–9, _, - and . joined by colons, such as notes:write."
        case .everything: "The permission * belongs to the role admin alone."
        case .tooMany:
            "At most \(Scope.maximumGrantCount) permissions of \(Scope.maximumGrantBytes) characters in all are allowed."
        }
    }
}

extension Scope {
    /// The most permissions that a role, or a user beside the role, may be given.
    public static let maximumGrantCount = 50
    /// The longest text in octets that they may have as a scope.
    ///
    /// What a role and a user are given stands together in access tokens, which must fit into a cookie of 4 KiB.
    public static let maximumGrantBytes = 512

    /// Reads the permissions that a role or a user is to be given.
    ///
    /// - Throws: The first fault.
    public init(granting names: [String]) throws(PermissionListFault) {
        guard names.count <= Self.maximumGrantCount else { throw .tooMany }
        var permissions: [Permission] = []
        for (index, name) in names.enumerated() {
            guard let permission = Permission(name) else { throw .malformed(name: name, index: index) }
            guard permission != .everything else { throw .everything(index: index) }
            permissions.append(permission)
        }
        self.init(permissions)
        guard isGrantable else { throw .tooMany }
    }

    /// Whether a role or a user may be given all of it.
    public var isGrantable: Bool {
        permissions.count <= Self.maximumGrantCount && description.utf8.count <= Self.maximumGrantBytes
            && !covers(Permission.everything)
    }

    /// What either scope allows.
    public func union(_ other: Scope) -> Scope {
        other.permissions.isEmpty ? self : Scope(permissions + other.permissions)
    }

    /// What is left without the permissions that `other` covers; a permission that covers more than `other` stays whole.
    public func subtracting(_ other: Scope) -> Scope {
        Scope(permissions.filter { !other.covers($0) })
    }
}
